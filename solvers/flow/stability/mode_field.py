"""Velocity and vorticity of a mode at arbitrary points, complex."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.mirror import unfold_even, unfold_state
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.fields.flow_field import FlowField
from fusiform.solvers.flow.stability.base_flow import base_problem
from fusiform.solvers.flow.stability.leading_mode import LeadingMode


@dataclass(frozen=True)
class ModeValues:
    """Complex amplitudes of a mode at points: velocities `u`, `v` and `vorticity`, of the shape of the points."""

    u: ComplexArray
    v: ComplexArray
    vorticity: ComplexArray


class ModeField:
    """A disturbance Re[q̂(x, y) e^{2πi t/T}] of the steady flow, T its period; its largest vorticity at a node is 1.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve, stability
    >>> mode = stability(solve(Body.circle(), FlowConditions(reynolds=60.0))).mode
    >>> values = mode.at([3.0 + 0.5j, 3.0 - 0.5j])  # behind the circle, above and below the axis
    >>> bool(abs(values.v[0] - values.v[1]) < 1e-9), bool(abs(values.u[0] + values.u[1]) < 1e-9)
    (True, True)
    """

    def __init__(self, leading: LeadingMode) -> None:
        self._leading = leading

    def at(self, points: ComplexArray) -> ModeValues:
        """The amplitudes at complex points x + iy of any shape, in d; NaN in the body and beyond the elements."""
        rest, cosine, sine = self._fields
        flat = np.array(points, dtype=np.complex128).ravel()
        finite = np.isfinite(flat)
        zeta = np.full(flat.shape, np.nan, dtype=np.complex128)
        zeta[finite] = rest.inverse_map(flat[finite])
        zeta[np.abs(zeta) > np.exp(rest.xi_max)] = np.nan
        steady, *parts = (field.at_images(zeta) for field in (rest, cosine, sine))
        shape = np.shape(points)
        values = (
            sum(
                factor * (getattr(part, name) - getattr(steady, name))
                for factor, part in zip((1.0, 1j), parts, strict=True)
            )
            for name in ("u", "v", "vorticity")
        )
        return ModeValues(*(np.asarray(value).reshape(shape) for value in values))

    @cached_property
    def _fields(self) -> tuple[FlowField, FlowField, FlowField]:
        """The flow, and the flow with the real and with the imaginary part of the mode, on the whole plane."""
        base, mode = self._leading.base, self._leading.mode
        assert mode is not None
        problem, state, right = base.problem, base.state, mode.right
        with torch.inference_mode(False), torch.no_grad():
            if problem.domain is Domain.HALF_PLANE:
                resolution = problem.layout.resolution
                problem = base_problem(base.coefficients, base.reynolds, resolution, Domain.PLANE)
                state, right = unfold_state(state), unfold_even(right)
            parts = (State(*(part(t) for t in vars(right).values())) for part in (torch.real, torch.imag))
            states = (state, *(state + part for part in parts))
            first, second, third = (FlowField(problem, s, base.coefficients) for s in states)
        return first, second, third
