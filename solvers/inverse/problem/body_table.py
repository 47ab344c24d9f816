"""A body as plain values, for problem and project files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.common.tables import from_table
from fusiform.solvers.geometry import load_body
from fusiform.solvers.geometry.limits import DEFAULT_MODES, LARGEST_FIT_ERROR, require_modes

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body  # imports torch


def body_to_dict(body: Body) -> dict[str, Any]:
    """The body as plain values."""
    given = {} if body.given_outline is None else {"given_outline": body.given_outline.tolist()}
    kind = {"revolution": True} if body.revolution else {}
    return (
        given
        | {
            "name": body.name,
            "reference_length": body.reference_length,
            "origin": [body.origin.real, body.origin.imag],
            "fit_error": body.fit_error,
            "source": body.source,
            "coefficients": [[a.real, a.imag] for a in body.coefficients.tolist()],
        }
        | kind
    )


@dataclass(frozen=True)
class BodyTable:
    """The table that `body_to_dict` makes; pairs are real and imaginary part."""

    coefficients: tuple[tuple[float, ...], ...]
    reference_length: float
    name: str
    fit_error: float = 0.0
    origin: tuple[float, ...] = (0.0, 0.0)
    source: str = ""
    given_outline: tuple[tuple[float, ...], ...] | None = None
    revolution: bool = False

    def __post_init__(self) -> None:
        require(
            all(len(pair) == 2 for pair in (*self.coefficients, self.origin, *(self.given_outline or ()))),
            "expected two numbers for the origin and for each coefficient and point of the body, got another count; "
            "correct them",
        )
        require_modes(len(self.coefficients))


@dataclass(frozen=True)
class BodyFile:
    """The body nearest to an outline in a file, with the options of `Body.from_file`."""

    file: str
    modes: int = DEFAULT_MODES
    max_fit_error: float = LARGEST_FIT_ERROR
    part: str | int | None = None
    axis: str = "z"
    at: float | None = None
    revolution: bool = False


def body_from(value: Any, folder: Path) -> Body:
    """The body of `body_to_dict`, of a `BodyFile`, or of a name or path as on the command line, below `folder`."""
    if isinstance(value, Mapping) and "file" in value:
        chosen = from_table(BodyFile, value, "a body")
        options = {key: value for key, value in vars(chosen).items() if key != "file"}
        return load_body(os.path.join(folder, chosen.file), **options)
    if isinstance(value, str):
        beside = os.path.join(folder, value)
        return load_body(beside if os.path.isfile(beside) else value)
    require(
        isinstance(value, Mapping),
        "expected a body as a name, a path, or a table of coefficients and reference_length, got "
        f"{shown(value)}; see assets/problems for examples",
    )
    table = from_table(BodyTable, value, "a body")
    from fusiform.solvers.geometry import Body

    coefficients = torch.tensor([complex(*pair) for pair in table.coefficients], dtype=torch.complex128)
    rest = {key: value for key, value in vars(table).items() if key not in ("coefficients", "origin")}
    return Body(coefficients, origin=complex(*table.origin), **rest)
