"""The sources of the page's own components: their scripts in one, markup and style sheet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

SCRIPTS = {  # of each component, put together in this order; the last has the name of its markup and its style sheet
    "drawing": ("drawing_shapes", "drawing_colours", "drawing_picture", "drawing"),
    "curves": ("curves",),
    "constraint_sketch": ("constraint_sketch",),
    "space": ("drawing_colours", "space/surface", "space/scene", "space/space"),
}


@cache
def component_sources(name: str) -> dict[str, str]:
    """`js`, `html` and `css` of a component, one of `SCRIPTS`."""
    folder, scripts = files("fusiform.app.drawings"), SCRIPTS[name]
    parts = {kind: folder.joinpath(f"{scripts[-1]}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css")}
    js = "\n".join(folder.joinpath(f"{script}.js").read_text(encoding="utf-8") for script in scripts)
    return parts | {"js": js}
