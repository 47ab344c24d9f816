"""Bodies by name: `load_body("naca2412")`, a sample from the package, or a file."""

from __future__ import annotations

import difflib
import os
import re
from importlib.resources import as_file, files
from pathlib import Path

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.body import Body
from fusiform.solvers.geometry.formats.outline_files import SUFFIXES
from fusiform.solvers.geometry.outline_fitting import DEFAULT_MODES


def sample_names() -> list[str]:
    """Names of the sample outlines in the package, sorted: what `load_body` takes besides formulas and files."""
    entries = files("fusiform.assets").joinpath("bodies").iterdir()
    return sorted(Path(entry.name).stem for entry in entries if Path(entry.name).suffix in SUFFIXES)


def load_body(spec: str, *, modes: int = DEFAULT_MODES) -> Body:
    """The body that `spec` names, with `modes` coefficients.

    "circle"; "ellipse:2" (length over height, 0.1 to 20); "naca0012" (four digits); the name of a sample
    (`sample_names`); or the path of an outline file (`files.SUFFIXES`). Case does not matter but in paths.
    Raises `InputError` for anything else, with the possibilities and the nearest names.
    """
    name = spec.strip().lower()
    if name == "circle":
        return Body.circle(modes=modes)
    if match := re.fullmatch(r"ellipse:([0-9]*\.?[0-9]+)", name):
        return Body.ellipse(float(match[1]), modes=modes)
    if match := re.fullmatch(r"naca[ -]?([0-9]{4})", name):
        return Body.naca(match[1], modes=modes)
    if name in sample_names():
        return _sample(name, modes)
    if Path(spec).suffix.lower() in SUFFIXES or os.path.isfile(spec):
        return Body.from_file(spec, modes=modes)
    raise InputError(_unknown(spec, name))


def _sample(name: str, modes: int) -> Body:
    folder = files("fusiform.assets").joinpath("bodies")
    entry = next(item for item in folder.iterdir() if item.name in [name + suffix for suffix in SUFFIXES])
    with as_file(entry) as path:
        return Body.from_file(path, modes=modes)


def _unknown(spec: str, name: str) -> str:
    samples = sample_names()
    close = difflib.get_close_matches(name, ["circle", "ellipse:2", "naca0012", *samples], n=3)
    remedy = f"did you mean {' or '.join(close)}?" if close else "check the spelling or the path"
    return (
        "expected circle, ellipse:2 (length over height), naca0012 (four digits), "
        f"one of the samples {', '.join(samples)}, or the path of a {', '.join(SUFFIXES)} file, got {spec!r}; {remedy}"
    )
