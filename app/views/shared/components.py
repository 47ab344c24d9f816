"""The page's own components: the drawing, the plots along the wall, and the sketch of an optimisation."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, cast

import streamlit as st

SCRIPTS = {  # of each component, put together in this order
    "drawing": ("drawing_shapes", "drawing_colours", "drawing_picture", "drawing"),
    "curves": ("curves",),
    "constraint_sketch": ("constraint_sketch",),
}


@cache
def _source(name: str) -> dict[str, str]:
    folder = files("fusiform.app.drawings")
    scripts = [folder.joinpath(f"{script}.js").read_text() for script in SCRIPTS[name]]
    parts = {kind: folder.joinpath(f"{name}.{kind}").read_text() for kind in ("html", "css")}
    return parts | {"js": "\n".join(scripts)}


def picture(svg: str, key: str) -> None:
    """Show an SVG drawing that cannot be dragged; `svg` must be made by the page, because nothing checks it."""
    component("constraint_sketch")(key=key, data={"svg": svg, "scale": 1.0, "version": 0})


def component(name: str) -> Any:
    """The component `name`, one of `SCRIPTS`, ready to be mounted in this run."""
    return st.components.v2.component(f"fusiform_{name}", **cast(Any, _source(name)))
