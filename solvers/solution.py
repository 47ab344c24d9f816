"""A solved flow past a body: forces, their estimated errors, gradients, and the conventions behind the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.flow import FlowAnalysis, FlowBatch, FlowField, analyse, force_vjp
from fusiform.solvers.geometry import Body, laurent


class SolveOutcome(StrEnum):
    """The outcome of a solve.

    Attributes
    ----------
    CONVERGED
        The discrete equations are solved, and the estimated errors are as small as the grid promises.
    INACCURATE
        The discrete equations are solved, but an estimated error is larger than the grid promises.
    NOT_CONVERGED
        There is no solution.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve
    >>> solve(Body.ellipse(2.0), FlowConditions(reynolds=10.0), grid="coarse").outcome.value
    'converged'
    """

    CONVERGED = "converged"
    INACCURATE = "inaccurate"
    NOT_CONVERGED = "not_converged"


FORCES = ("drag_coefficient", "drag_pressure", "drag_friction", "lift_coefficient", "drag_error", "lift_error")


@dataclass(frozen=True)
class ForceGradient:
    """Derivatives of a force coefficient, or of another number of a flow.

    Parameters
    ----------
    coefficients : Tensor
        (K,) complex, ∂C/∂Re a_k + i ∂C/∂Im a_k, by the coefficients of the body at zero incidence.
    reynolds : float
        ∂C/∂Re.
    alpha : float
        ∂C/∂α, per radian.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve
    >>> gradient = solve(Body.ellipse(2.0), FlowConditions(reynolds=10.0), grid="coarse").gradient()
    >>> gradient.reynolds < 0.0, abs(gradient.alpha) < 1e-9
    (True, True)
    """

    coefficients: Tensor
    reynolds: float
    alpha: float


@dataclass(frozen=True)
class Solution:
    """A solved flow, as `solve` returns it.

    Coefficients are forces over ½ ρ U² d per unit span, d = √(4A/π); for a body of revolution over ½ ρ U² π d²/4, d the
    diameter of the sphere of its volume. The drag points along the stream, the lift along +y.

    Parameters
    ----------
    body : Body
    conditions : FlowConditions
    grid : str
        The requested accuracy: coarse, standard, fine or auto.
    drag_coefficient, drag_pressure, drag_friction : float
        The drag and its parts, drag_coefficient = drag_pressure + drag_friction; like the lift NaN without a solution.
    lift_coefficient : float
    drag_error, lift_error : float
        Estimated moduli of the errors, of the elements and the far field's truncation together; NaN without a
        solution, and where only one level has one.
    outcome : SolveOutcome
    status : str
        A sentence for the user.
    seconds : float
        Wall-clock time.
    flow : FlowBatch
        The state and the factorised Jacobian.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve
    >>> solution = solve(Body.circle(), FlowConditions(reynolds=10.0), grid="coarse")
    >>> solution.converged, solution.accurate, solution.lift_coefficient
    (True, True, 0.0)
    >>> print(f"{solution.drag_coefficient:.2f} of which {solution.drag_friction:.2f} by friction")
    2.75 of which 1.21 by friction
    >>> print(f"the eddies behind the circle end {solution.analysis.recirculation_length:.2f} d behind it")
    the eddies behind the circle end 0.24 d behind it
    """

    body: Body
    conditions: FlowConditions
    grid: str
    drag_coefficient: float
    drag_pressure: float
    drag_friction: float
    lift_coefficient: float
    drag_error: float
    lift_error: float
    outcome: SolveOutcome
    status: str
    seconds: float
    flow: FlowBatch = dataclass_field(repr=False)

    @property
    def converged(self) -> bool:
        """True if the discrete equations are solved."""
        return self.outcome is not SolveOutcome.NOT_CONVERGED

    @property
    def accurate(self) -> bool:
        """True if the estimated errors are as small as `grid` promises."""
        return self.outcome is SolveOutcome.CONVERGED

    @cached_property
    def field(self) -> FlowField:
        """Velocity, pressure, vorticity and stream function; the body turned by the incidence, lengths in d."""
        with torch.inference_mode(False):
            return FlowField(self.flow.problem, self.flow.state, self.flow.coefficients)

    @cached_property
    def analysis(self) -> FlowAnalysis:
        """Separation, attachment, stagnation, recirculation and pressure extremes of `field`."""
        below = self.flow.below
        with torch.inference_mode(False):
            coarser = FlowField(below.problem, below.state, below.coefficients) if below else None
        return analyse(self.field, coarser)

    def gradient(self, force: str = "drag") -> ForceGradient:
        """Gradient of a force coefficient by one adjoint solve.

        Parameters
        ----------
        force : str
            "drag" or "lift".

        Returns
        -------
        ForceGradient

        Raises
        ------
        InputError
            For another force, the lift of a body of revolution, where there is no solution, and where the adjoint
            equations are not solved.

        Examples
        --------
        >>> from fusiform import Body, FlowConditions, solve
        >>> lift = solve(Body.ellipse(2.0), FlowConditions(10.0), grid="coarse").gradient("lift")
        >>> lift.alpha > 0.0
        True
        """
        require(
            isinstance(force, str) and force in ("drag", "lift"),
            f"expected the force drag or lift, got {force!r}; choose one of them",
        )
        require(
            force == "drag" or not self.body.revolution,
            "expected the force drag for a body of revolution, got lift, which is zero; ask for the drag",
        )
        require(self.converged, "expected a converged solution for a gradient, got one that is not; see its status")
        with torch.inference_mode(False):  # also turns gradients on
            return self._gradient(1.0 if force == "drag" else 1j)

    def _gradient(self, weight: complex) -> ForceGradient:
        turned, reynolds = force_vjp(self.flow, torch.full_like(self.flow.coefficients[:, 0], weight))
        require(
            bool(turned.isfinite().all() & reynolds.isfinite().all()),
            "expected a flow whose adjoint equations can be solved, got one where their residual does not fall; change "
            "the Reynolds number or the grid a little",
        )
        return self.unturned(turned, float(reynolds[0]))

    def unturned(self, turned: Tensor, reynolds: float) -> ForceGradient:
        """The gradient of a number of this flow, from that by the `turned` coefficients, (1, K), and by Re."""
        coefficients = self.body.coefficients[None].to(self.flow.coefficients).requires_grad_()
        alpha = torch.full_like(self.flow.reynolds, math.radians(self.conditions.alpha_deg)).requires_grad_()
        back = torch.autograd.grad(laurent.rotate(coefficients, alpha), (coefficients, alpha), turned)
        return ForceGradient(back[0][0], reynolds, float(back[1][0]))

    def summary(self) -> dict[str, Any]:
        """The numbers with their conventions, ready for JSON; where it converged, those of `analysis` too."""
        return {
            **{name: known_or_none(getattr(self, name)) for name in FORCES},
            **(self.analysis.summary() if self.converged else {}),
            **conventions(self.body, self.conditions),
            "grid": self.grid,
            "elements": str(self.flow.resolution),
            "converged": self.converged,
            "accurate": self.accurate,
            "status": self.status,
            "seconds": self.seconds,
        }


def known_or_none(value: float) -> float | None:
    """The number, or None where it is not one."""
    return value if math.isfinite(value) else None


def conventions(body: Body, conditions: FlowConditions) -> dict[str, Any]:
    """The reference quantities of the coefficients of an answer, for its `summary`."""
    return {
        "reynolds": conditions.reynolds,
        "alpha_deg": conditions.alpha_deg,
        "revolution": body.revolution,
        "reference_length": body.reference_length,
        "area": body.area,
        **({"volume": body.volume, "wetted_area": body.wetted_area} if body.revolution else {}),
        "fit_error": body.fit_error,
        "source": body.source or None,
    }


def turned_coefficients(body: Body, conditions: FlowConditions, device: torch.device | str = "cpu") -> Tensor:
    """The body's coefficients at incidence as a batch of one, (1, K)."""
    alpha = torch.tensor([math.radians(conditions.alpha_deg)], dtype=torch.float64)
    return laurent.rotate(body.coefficients[None], alpha).to(device)
