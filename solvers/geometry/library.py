"""Bodies by name: `load_body("naca2412")`, a sample from the package, or a file.

A name or file that is wrong is refused before torch is imported, which takes more than a second.
"""

from __future__ import annotations

import difflib
import os
import re
from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require, require_kind, shown
from fusiform.solvers.geometry.formats.meridian_files import find_section_in
from fusiform.solvers.geometry.formats.outline_files import SUFFIXES, find_outline_in
from fusiform.solvers.geometry.limits import (
    DEFAULT_MODES,
    LARGEST_FIT_ERROR,
    require_fineness,
    require_max_fit_error,
    require_modes,
)
from fusiform.solvers.geometry.meridians.named_meridians import NAMED_MERIDIANS
from fusiform.solvers.geometry.named_outlines import require_naca_digits

if TYPE_CHECKING:
    from fusiform.solvers.geometry.body import Body  # imports torch

LONGEST_NAME = 200  # characters of a wrong name in a sentence
_NUMBER = r"[0-9]*\.?[0-9]+"


def sample_names() -> list[str]:
    """Names of the sample outlines in the package, sorted.

    Returns
    -------
    list of str
        Each is a `spec` of `load_body`.

    Examples
    --------
    >>> from fusiform.solvers.geometry import sample_names
    >>> "teardrop" in sample_names()
    True
    """
    entries = files("fusiform.assets").joinpath("bodies").iterdir()
    return sorted(Path(entry.name).stem for entry in entries if Path(entry.name).suffix in SUFFIXES)


def load_body(
    spec: str,
    *,
    modes: int = DEFAULT_MODES,
    max_fit_error: float | None = LARGEST_FIT_ERROR,
    part: str | int | None = None,
    axis: str = "z",
    at: float | None = None,
    revolution: bool = False,
) -> Body:
    """The body with a name or in a file.

    Parameters
    ----------
    spec : str
        "circle"; "ellipse:2" (length over height, 0.1 to 20); "naca0012" (four digits); the name of a sample
        (`sample_names`); or the path of an outline file (see `read_outline`). Bodies of revolution: "sphere";
        "spheroid:3" (length over diameter, 0.1 to 20); "myring", "sears-haack", "von-karman", "capsule:3", "teardrop:3"
        (a number after a colon: length over diameter); "suboff"; "raindrop:4" (diameter in mm, 2 to 6). Case matters in
        paths only.
    modes : int
        Number of coefficients, 1 to 64.
    max_fit_error : float or None
        `InputError` for a body that differs from its outline by more than that, over d; None allows any.
    part, axis, at : str, int, float or None
        The curve of a drawing, and the plane that cuts a mesh, as in `Body.from_file`.
    revolution : bool
        True for the body of revolution in a file, as in `Body.from_file`, and for the one whose meridian is the upper
        half of a plane section with a name: "capsule" is a section, and "capsule:3" of revolution anyway.

    Returns
    -------
    Body
        Exact for circle, ellipse, sphere and spheroid; else the nearest body, see its `fit_error`.

    Raises
    ------
    InputError
        For anything else; the sentence names the possibilities and the nearest names.

    Examples
    --------
    >>> from fusiform import load_body
    >>> body = load_body("ellipse:2")
    >>> round(body.length / body.height, 6)
    2.0
    >>> round(load_body("spheroid:3").wetted_area, 6) == round(load_body("ellipse:3").revolved().wetted_area, 6)
    False
    >>> load_body("elipse:2")
    Traceback (most recent call last):
        ...
    fusiform.solvers.common.errors.InputError: expected circle, ... did you mean ellipse:2?
    """
    require(isinstance(spec, str), f"expected the name of a body or of a file, got {shown(spec)}; give a string")
    name = spec.strip().lower()
    require_modes(modes)
    require_max_fit_error(max_fit_error)
    is_file = Path(spec).suffix.lower() in SUFFIXES or os.path.isfile(spec)
    require(
        is_file or (part is None and axis == "z" and at is None),
        f"expected a drawing or a mesh to choose a part or a plane of, got {shown(spec)}; leave part, axis and at out",
    )
    require_kind(revolution, bool, "give True for a body of revolution")
    if name == "sphere":
        return _body_class().sphere(modes=modes)
    if match := re.fullmatch(rf"spheroid:({_NUMBER})", name):
        require_fineness(float(match[1]))
        return _body_class().spheroid(float(match[1]), modes=modes)
    if (points := _meridian(name)) is not None:
        return _body_class().from_meridian(points, name=name, modes=modes, max_fit_error=max_fit_error)
    section = _section(name, modes, max_fit_error)
    if section is not None:
        return section.revolved() if revolution else section
    if is_file:
        find = find_section_in if revolution else find_outline_in
        found = find(spec, part=part, axis=axis, at=at)  # before torch is imported
        make = _body_class().from_section if revolution else _body_class().from_outline
        return make(found.points, name=Path(spec).stem, modes=modes, max_fit_error=max_fit_error, source=found.source)
    raise InputError(_unknown(spec, name))


def _section(name: str, modes: int, max_fit_error: float | None) -> Body | None:
    """The plane section with that name; None for another name."""
    if name == "circle":
        return _body_class().circle(modes=modes)
    if match := re.fullmatch(rf"ellipse:({_NUMBER})", name):
        require_fineness(float(match[1]))
        return _body_class().ellipse(float(match[1]), modes=modes)
    if match := re.fullmatch(r"naca[ -]?([0-9]{4})", name):
        require_naca_digits(match[1])
        return _body_class().naca(match[1], modes=modes, max_fit_error=max_fit_error)
    if name in sample_names():
        with _sample(name) as path:
            return _body_class().from_file(path, modes=modes, max_fit_error=max_fit_error)
    return None


def _meridian(name: str) -> FloatArray | None:
    """The points of a meridian with that name, such as capsule:3; None for another name."""
    word, colon, text = name.partition(":")
    if word not in NAMED_MERIDIANS or (colon and re.fullmatch(_NUMBER, text) is None):
        return None
    kind = NAMED_MERIDIANS[word]
    if not colon:
        return None if kind.default is None else kind.points(kind.default)
    number, given = float(text), repr(name[:LONGEST_NAME])
    require(bool(kind.number), f"expected {word} without a number, got {given}; leave it out")
    require(
        kind.least <= number <= kind.greatest,
        f"expected {word} with a {kind.number} of {kind.least:g} to {kind.greatest:g}, got {given}; choose another",
    )
    return kind.points(number)


def _body_class() -> type[Body]:
    from fusiform.solvers.geometry.body import Body

    return Body


def _sample(name: str) -> AbstractContextManager[Path]:
    folder = files("fusiform.assets").joinpath("bodies")
    return as_file(next(item for item in folder.iterdir() if item.name in [name + suffix for suffix in SUFFIXES]))


def _unknown(spec: str, name: str) -> str:
    samples = sample_names()
    meridians = [kind + ("" if one.default is not None else ":3") for kind, one in NAMED_MERIDIANS.items()]
    names = ["circle", "ellipse:2", "naca0012", *samples, "sphere", "spheroid:3", *meridians]
    close = difflib.get_close_matches(name[:LONGEST_NAME], names, n=3)
    remedy = f"did you mean {' or '.join(close)}?" if close else "check the spelling or the path"
    return (
        "expected circle, ellipse:2 (length over height), naca0012 (four digits), "
        f"one of the samples {', '.join(samples)}, one of the bodies of revolution sphere, spheroid:3 (length over "
        f"diameter), {', '.join(meridians)}, or the path of a {', '.join(SUFFIXES)} file, "
        f"got {spec[:LONGEST_NAME]!r}; {remedy}"
    )
