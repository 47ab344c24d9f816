"""The frame of the section Why: the measured numbers and the sentences that hold them."""

from __future__ import annotations

from collections.abc import Sequence

from fusiform.app.frames.shared.metric import Metric
from fusiform.app.results import measured
from fusiform.app.results.measured_methods import Conditioned, comparison

BEST_SIP, BEST_DP, BEST_SUPERVISED, HIG, BOTH = "sip-soap", "dp-adamw", "supervised-soap", "hig", "sip-hig"
FLOW = "### The flow"
_HELD_OUT = "Median |C_D/C_D* − 1| over held-out flows, median of three seeds; * is the flow solver."


def headline() -> tuple[Metric, ...]:
    """The drag errors of the start, of DP and of SIP, and the ratio of the last two."""
    methods, start = comparison().methods, comparison().start.median
    sip, dp = methods[BEST_SIP].drag.median, methods[BEST_DP].drag.median
    of_dp, of_sip = (f"{_HELD_OUT} {methods[key].label}." for key in (BEST_DP, BEST_SIP))
    return (
        Metric("Start of all", f"{start:.2%}", "held-out drag error", _HELD_OUT),
        Metric("Differentiated: DP", f"{dp:.1%}", f"{dp / start:.0f} times worse", of_dp),
        Metric("Inverted: SIP", f"{sip:.2%}", f"{start / sip:.1f} times better", of_sip),
        Metric("DP over SIP", f"{dp / sip:.0f} times", "after the same time", "Ratio of the two held-out drag errors."),
    )


def cost_words() -> str:
    """The cost of a target and of a solved flow."""
    target, flow = (comparison().methods[key].solves_per_body for key in (BEST_SIP, BEST_SUPERVISED))
    return f"a target for a new body cost {target:.1f} factorisations of $A$, a solved flow {flow:.1f}"


def conditioning_words(conditions: Sequence[float], rows: Sequence[Conditioned]) -> str:
    """The error of each method at the least and at the greatest condition number."""
    lines = [f"- **{row.label}**: error {row.errors[0]:.2f} → {row.errors[-1]:.2f}" for row in rows]
    return (
        f"The condition number of the physics grows from {conditions[0]:g} to {conditions[-1]:g}:\n\n"
        + "\n".join(lines)
        + "\n\nOnly where the physics is inverted does its scale not matter. (assets/training/conditioning.md)"
    )


def failures() -> str:
    """The methods that did not work, as a list."""
    methods, start = comparison().methods, comparison().start.median
    sip, dp, supervised = (methods[key].drag.median for key in (BEST_SIP, BEST_DP, BEST_SUPERVISED))
    hig, both = methods[HIG], methods[BOTH]
    return (
        f"- **DP gets worse**, from {start:.2%} to {dp:.1%}, while its loss falls. The residual weighs small scales at "
        "the wall above everything else; with them cut off, as in any reduced basis, its least value lies at flows "
        "other than the true ones.\n"
        f"- **Labels from full solves are behind, but not far** ({supervised:.2%}, SIP {sip:.2%}, at equal time): a "
        "target of SIP is as good as a solved flow and costs less than half, which counts as far as data, and not the "
        "optimizer, limits the network.\n"
        f"- **HIG and SIP+HIG are dear here**: {hig.steps} and {both.steps} steps in the time of "
        f"{methods[BEST_SIP].steps} of SIP. HIG still ends lower than DP on the same loss ({hig.drag.median:.1%}), and "
        "on the published toy problem and oscillators it ends lowest of all."
    )


def findings() -> list[str]:
    """The findings on the flow with all numbers, as the page of measurements lists them."""
    return [line for line in measured.bullets(measured.section(FLOW)) if line.startswith("**")]
