"""The start of a search: a given body in the variables of the search, and a first call of the user's functions."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry import Body, is_valid, laurent
from fusiform.solvers.inverse.problem.constraints.user_constraint import UserConstraint
from fusiform.solvers.inverse.search.variables import LIMITS, Variables


@dataclass(frozen=True)
class Rounding:
    """Steps by which a start with edges too sharp for the search is blended towards the circle."""

    steps: int = 40
    """Equal steps from the body to the circle."""
    outline_points: int = 257
    """Points at which the sharpness of the edges is measured."""


ROUNDING = Rounding()


def start_variables(variables: Variables, body: Body) -> FloatArray:
    """Variables (n,) of `body` with the model's modes, blended towards the circle until its edges keep the margin."""
    reduced = body.with_modes(variables.modes)
    coefficients = reduced.coefficients
    if variables.symmetric:
        coefficients = torch.complex(coefficients.real, torch.zeros_like(coefficients.real))
    angle = torch.linspace(0.0, 2.0 * torch.pi, ROUNDING.outline_points, dtype=torch.float64)
    circle = torch.polar(torch.ones_like(angle), angle)[None]
    for step in range(ROUNDING.steps + 1):
        trial = coefficients * (1.0 - step / ROUNDING.steps)
        slope = laurent.z_prime(trial[None], circle) / laurent.conformal_radius(trial[None])
        if bool(is_valid(trial[None])) and float(slope.abs().min()) >= LIMITS.margin:
            break
    return variables.pack(trial, reduced.origin)


def check_user_constraints(variables: Variables, x: FloatArray) -> None:
    """Evaluate the user's own constraints at x (n,) once; `InputError` for one that fails or returns a wrong shape."""
    shape = variables.shape(torch.from_numpy(x)[None])
    for constraint in variables.constraints:
        if isinstance(constraint, UserConstraint):
            try:
                residual = constraint.residual(shape, constraint.start(shape))
            except InputError:
                raise
            except Exception as error:
                raise InputError(
                    f"expected the constraint {constraint.name!r} to work on points (batch, n), got "
                    f"{type(error).__name__}: {error}; correct its function"
                ) from error
            require(
                isinstance(residual, torch.Tensor) and residual.dim() == 2 and len(residual) == 1,
                f"expected the constraint {constraint.name!r} to return (batch, m), got "
                f"{tuple(getattr(residual, 'shape', ()))}; return one row a body",
            )
