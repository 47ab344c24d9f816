"""The outcome of a stability computation, and its sentence."""

from __future__ import annotations

import math
from enum import StrEnum

from fusiform.solvers.flow import LeadingMode

ACCURACY = 0.002  # of growth rates, in U/d


class StabilityOutcome(StrEnum):
    """The outcome of `stability`.

    Attributes
    ----------
    STABLE
        All small disturbances decay: nature shows this flow.
    UNSTABLE
        One grows: nature shows another flow, which sheds vortices.
    UNKNOWN
        The flow was not solved on the elements for its disturbances, or only waves grow that depend on the elements.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve, stability
    >>> stability(solve(Body.circle(), FlowConditions(reynolds=60.0))).outcome.value
    'unstable'
    """

    STABLE = "stable"
    UNSTABLE = "unstable"
    UNKNOWN = "unknown"


def outcome_of(leading: LeadingMode | None) -> StabilityOutcome:
    """Of the leading mode; None where the flow was not solved."""
    if leading is None:
        return StabilityOutcome.UNKNOWN
    if leading.growth > 0.0:
        return StabilityOutcome.UNSTABLE
    return StabilityOutcome.UNKNOWN if leading.waves else StabilityOutcome.STABLE


def status_of(
    outcome: StabilityOutcome, leading: LeadingMode | None, reynolds: float | None, critical: bool, revolution: bool
) -> str:
    """The sentence on a leading mode and the critical `reynolds`, if `critical` asked for it; of plane bodies, or of
    `revolution`."""
    if outcome is StabilityOutcome.UNKNOWN or leading is None:
        why = "only waves grow that depend on the elements" if leading else "it was not solved on elements for them"
        return f"It is not known whether this flow is steady in nature: {why}."
    above = _threshold_words(reynolds, critical)
    if outcome is StabilityOutcome.STABLE:
        text = f"Steady in nature: all small disturbances decay{above}."
        if revolution:
            text = (
                "All axisymmetric disturbances decay. Others, by which wakes lose their axial symmetry (a sphere's "
                "at Re 210), are not computed."
            )
    else:
        assert leading.mode is not None
        frequency = abs(leading.mode.rate.imag) / (2.0 * math.pi)
        text = (
            f"In nature this flow sheds vortices at about f = {frequency:.3f} U/d{above}, and its mean drag is higher "
            "than this steady value."
        )
    if abs(leading.growth) < ACCURACY:
        text += " It is so close to the threshold that this is within the accuracy of the computation."
    return text


def _threshold_words(reynolds: float | None, critical: bool) -> str:
    if not critical:
        return ""
    if reynolds is None:
        return " (the critical Reynolds number was not found)"
    return " (up to Re 1000)" if math.isinf(reynolds) else f" (the wake swings above Re {reynolds:.4g})"
