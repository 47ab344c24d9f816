"""Linear stability of a solved flow: would nature show it? `stability(solution)`."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from typing import Any

import torch

from fusiform.solvers.common.errors import require, require_kind, shown
from fusiform.solvers.conditions import REYNOLDS_RANGE
from fusiform.solvers.flow import LeadingMode, ModeField, critical_reynolds, leading_mode, rate_gradient, wake_flow
from fusiform.solvers.solution import ForceGradient, Solution, known_or_none
from fusiform.solvers.stability_status import StabilityOutcome, outcome_of, status_of

NUMBERS = ("growth_rate", "strouhal", "critical_reynolds")


@dataclass(frozen=True)
class Stability:
    """The linear stability of a flow, as `stability` returns it.

    Parameters
    ----------
    growth_rate : float
        Of the leading mode, in U/d; −∞ where no discrete mode was found, whose disturbances all decay.
    strouhal : float
        Its frequency f d/U; NaN without a mode.
    stable : bool or None
        False if a mode grows; None if `outcome` is unknown.
    critical_reynolds : float or None
        Re above which a mode grows, ∞ if none does up to 1000; None if it was not asked for or not found.
    mode : ModeField or None
        Velocity and vorticity of the leading mode, complex, anywhere.
    outcome : StabilityOutcome
    status : str
        A sentence for the user.
    seconds : float
        Wall-clock time.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve, stability
    >>> found = stability(solve(Body.ellipse(2.0), FlowConditions(reynolds=60.0)), critical=True)
    >>> print(f"stable: {found.stable}, up to Re {found.critical_reynolds:.0f}")
    stable: True, up to Re 108
    >>> print(f"{found.gradient('critical_reynolds').coefficients[0].real:.2g}")  # longer bodies shed later
    3.5e+02
    """

    growth_rate: float
    strouhal: float
    stable: bool | None
    critical_reynolds: float | None
    mode: ModeField | None
    outcome: StabilityOutcome
    status: str
    seconds: float
    _solution: Solution = dataclass_field(repr=False)
    _leading: LeadingMode | None = dataclass_field(repr=False)
    _threshold: LeadingMode | None = dataclass_field(repr=False)

    def gradient(self, number: str = "growth_rate") -> ForceGradient:
        """Gradient of a number by the adjoint mode and one adjoint solve.

        Parameters
        ----------
        number : str
            "growth_rate", "strouhal" or "critical_reynolds"; the last one's derivative by Re is zero.

        Returns
        -------
        ForceGradient

        Raises
        ------
        InputError
            For another number, one that was not found, and where the adjoint equations are not solved.

        Examples
        --------
        >>> from fusiform import Body, FlowConditions, solve, stability
        >>> gradient = stability(solve(Body.circle(), FlowConditions(reynolds=60.0))).gradient()
        >>> gradient.reynolds > 0.0
        True
        """
        require(
            isinstance(number, str) and number in NUMBERS,
            f"expected one of {', '.join(NUMBERS)}, got {shown(number)}; choose one of them",
        )
        at_threshold = number == "critical_reynolds"
        require(
            (self._threshold if at_threshold else self._leading) is not None,
            f"expected a stability with a {number.replace('_', ' ')}, got one without; "
            + ("ask for it by critical=True" if at_threshold else "see its status"),
        )
        with torch.inference_mode(False):
            growth, frequency = self._at_threshold if at_threshold else self._at_flow
        if number == "growth_rate":
            return growth
        if number == "strouhal":
            return _times(frequency, 0.5 / math.pi)
        reynolds = _times(growth, -1.0 / growth.reynolds)
        return ForceGradient(reynolds.coefficients, 0.0, reynolds.alpha)

    @cached_property
    def _at_flow(self) -> tuple[ForceGradient, ForceGradient]:
        assert self._leading is not None
        return self._gradients(self._leading)

    @cached_property
    def _at_threshold(self) -> tuple[ForceGradient, ForceGradient]:
        assert self._threshold is not None
        return self._gradients(self._threshold)

    def _gradients(self, leading: LeadingMode) -> tuple[ForceGradient, ForceGradient]:
        """Of growth rate and angular frequency."""
        assert leading.mode is not None
        found = rate_gradient(leading.base, leading.disturbances, leading.mode)
        require(
            bool(found.growth.isfinite().all()),
            "expected a flow whose adjoint equations can be solved, got one where their residual does not fall; change "
            "the Reynolds number a little",
        )
        return (
            self._solution.unturned(found.growth[None], found.growth_by_reynolds),
            self._solution.unturned(found.frequency[None], found.frequency_by_reynolds),
        )

    def summary(self) -> dict[str, Any]:
        """The numbers, ready for JSON; None for what is not known, and for a critical Reynolds number above 1000."""
        numbers = (self.growth_rate, self.strouhal, self.critical_reynolds)
        return {
            "stable": self.stable,
            **{n: None if x is None else known_or_none(x) for n, x in zip(NUMBERS, numbers, strict=True)},
        }


def stability(solution: Solution, critical: bool = False) -> Stability:
    """Linear stability of a solved flow to small two-dimensional disturbances.

    The eigenvalues σ of (J + σ M) q' = 0, J the Jacobian of the flow equations and M the mass matrix of ∂ω/∂t, on
    elements made for the waves of the wake, on which the flow is solved again. Where Re σ > 0 for a mode of the body's
    own, disturbances grow: nature shows vortex shedding at about the mode's frequency, and a higher mean drag. Takes
    about twice the time of the solution; growth rates are right to 0.002 U/d, critical Reynolds numbers to 1 %.

    Of a body of revolution only axisymmetric disturbances are seen. Wakes lose their axial symmetry long before, to
    disturbances of azimuthal number one: a sphere's at Re 210, and from about 270 on it sheds vortices. In the plane,
    disturbances along the span are not seen. Turbulence of the stream is not covered.

    Parameters
    ----------
    solution : Solution
        A converged one.
    critical : bool
        Also find the critical Reynolds number, up to 1000, at this incidence.

    Returns
    -------
    Stability
        Check its `outcome`.

    Raises
    ------
    InputError
        For another argument, or a solution that did not converge.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve, stability
    >>> found = stability(solve(Body.circle(), FlowConditions(reynolds=60.0)), critical=True)
    >>> print(f"grows at {found.growth_rate:.3f} U/d, f = {found.strouhal:.3f} U/d; Re_c {found.critical_reynolds:.1f}")
    grows at 0.045 U/d, f = 0.118 U/d; Re_c 47.0
    """
    begun = time.perf_counter()
    require_kind(solution, Solution, "give the result of solve")
    require(isinstance(critical, bool), f"expected critical True or False, got {shown(critical)}; give one of them")
    require(solution.converged, "expected a converged solution for its stability, got one that is not; see its status")
    flow = solution.flow
    domain, near = flow.solved.domain, (flow.solved, flow.unknowns)
    with torch.inference_mode(False), torch.no_grad():
        base = wake_flow(flow.coefficients, flow.reynolds, domain, near)
        leading = leading_mode(base) if base.solved else None
        threshold = critical_reynolds(flow.coefficients, domain, REYNOLDS_RANGE[1], near, leading) if critical else None
    reynolds = None if threshold is None or math.isnan(threshold.reynolds) else threshold.reynolds
    outcome, mode = outcome_of(leading), leading.mode if leading else None
    return Stability(
        growth_rate=math.nan if leading is None else leading.growth,
        strouhal=math.nan if mode is None else abs(mode.rate.imag) / (2.0 * math.pi),
        stable=None if outcome is StabilityOutcome.UNKNOWN else outcome is StabilityOutcome.STABLE,
        critical_reynolds=reynolds,
        mode=None if leading is None or mode is None else ModeField(leading),
        outcome=outcome,
        status=status_of(outcome, leading, reynolds, critical, solution.body.revolution),
        seconds=time.perf_counter() - begun,
        _solution=solution,
        _leading=leading if mode else None,
        _threshold=threshold.leading if threshold else None,
    )


def _times(gradient: ForceGradient, factor: float) -> ForceGradient:
    return ForceGradient(factor * gradient.coefficients, factor * gradient.reynolds, factor * gradient.alpha)
