"""The result of a search for a pressure from the solver's check of its body, and the sentence about it."""

from __future__ import annotations

import time

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.pressure.outcome import PressureOutcome
from fusiform.solvers.inverse.pressure.pressure_match import PressureIterate, PressureMatch
from fusiform.solvers.inverse.pressure.wall_pressure import wall_pressure_of
from fusiform.solvers.solution import Solution

ATTAINED = 0.01  # misfit over the range of the target up to which it is attained
SENTENCES = {
    PressureOutcome.CONVERGED: "",
    PressureOutcome.STUCK: " The search made no more progress.",
    PressureOutcome.ITERATION_LIMIT: " The search ended before convergence: allow more iterations.",
    PressureOutcome.STOPPED: " The search was stopped on request; this is the best body so far.",
}


def match_of(
    solution: Solution,
    target: FloatArray,
    outcome: PressureOutcome,
    history: tuple[PressureIterate, ...],
    solves: int,
    begun: float,
) -> PressureMatch:
    """The result for the body of `solution`, whose pressure is compared with the target."""
    pressure = wall_pressure_of(solution, target[:, 0])
    off = np.abs(pressure - target[:, 1]) / float(np.ptp(target[:, 1]))
    misfit = float(np.sqrt(np.mean(off**2)))
    return PressureMatch(
        body=solution.body,
        conditions=solution.conditions,
        target=target,
        pressure_coefficient=pressure,
        misfit=misfit,
        largest_misfit=float(off.max()),
        attained=misfit <= ATTAINED and solution.converged,
        converged=outcome is PressureOutcome.CONVERGED,
        outcome=outcome,
        status=_status(target, off, outcome, solution),
        iterations=len(history),
        solves=solves,
        seconds=time.perf_counter() - begun,
        history=history,
        solution=solution,
    )


def _status(target: FloatArray, off: FloatArray, outcome: PressureOutcome, solution: Solution) -> str:
    """The sentence for differences `off` (n,) from the target, over its range."""
    modes = solution.body.modes
    misfit, worst = float(np.sqrt(np.mean(off**2))), int(off.argmax())
    doubt = "" if solution.accurate else f" The solver's check: {solution.status}"
    numbers = f"{misfit:.2%} of the target's range (rms), most at s = {target[worst, 0]:.3g}, by {off[worst]:.2%}"
    if misfit <= ATTAINED:
        return f"The body attains the target: its pressure differs by {numbers}.{SENTENCES[outcome]}{doubt}"
    return (
        f"The target is not attained: the pressure of the nearest body found differs by {numbers}. Probably no body of "
        f"{modes} modes has this pressure here; check where s begins, the reference of C_p, the Reynolds number and "
        f"the incidence, or raise the number of modes.{SENTENCES[outcome]}{doubt}"
    )
