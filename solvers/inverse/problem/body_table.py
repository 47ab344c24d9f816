"""A body as plain values, for problem and project files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.geometry import load_body

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body  # imports torch


def body_to_dict(body: Body) -> dict[str, Any]:
    """The body as plain values."""
    given = {} if body.given_outline is None else {"given_outline": body.given_outline.tolist()}
    return given | {
        "name": body.name,
        "reference_length": body.reference_length,
        "origin": [body.origin.real, body.origin.imag],
        "fit_error": body.fit_error,
        "source": body.source,
        "coefficients": [[a.real, a.imag] for a in body.coefficients.tolist()],
    }


def body_from(value: str | Mapping[str, Any], folder: Path) -> Body:
    """The body of `body_to_dict`, or of a name or path as on the command line, relative to `folder`."""
    if isinstance(value, str):
        beside = folder / value
        return load_body(str(beside) if beside.is_file() else value)
    try:
        coefficients = [complex(*pair) for pair in value["coefficients"]]
        reference_length = float(value["reference_length"])
        name, source = str(value["name"]), str(value.get("source", ""))
        fit_error, origin = float(value.get("fit_error", 0.0)), complex(*value.get("origin", (0.0, 0.0)))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "expected a body as a name, a path, or a table of coefficients and reference_length, got something else "
            f"({error}); see assets/problems for examples"
        ) from error
    from fusiform.solvers.geometry import Body

    a, given = torch.tensor(coefficients, dtype=torch.complex128), value.get("given_outline")
    return Body(a, reference_length, name, fit_error, origin, source, given)
