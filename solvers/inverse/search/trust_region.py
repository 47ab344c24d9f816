"""An optimum of the solver with few solves: the surrogate, corrected to first order, inside a trust region.

At the current body x_k the solver gives the forces F and their derivatives (one adjoint solve for each). The model

    F̂(x) = F_s(x) + [F − F_s](x_k) + [F' − F_s'](x_k) (x − x_k) + ½ (x − x_k)ᵀ B (x − x_k)

has the solver's value and gradient at x_k; B, the difference of the two curvatures, is learnt by symmetric secant
updates. It is minimised under all constraints with |x − x_k|_∞ ≤ Δ; the new body is accepted where the solver's own
merit falls, and Δ follows the ratio of actual to predicted fall and the last step: the model may have better minima far
away, which are none of the solver's. First-order consistency and the trust region make the
iteration converge to an optimum of the solver whatever the surrogate is (N. Alexandrov et al., Structural Optimization
15, 1998), and a good surrogate makes it short. It ends when the optimality conditions hold with the solver's gradient.
A second-order correction of rejected steps was tried: it costs a solve each and saved none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fusiform.solvers.inverse.search.evaluations import ForceModel, Forces
from fusiform.solvers.inverse.search.slsqp import (
    FEASIBLE,
    Found,
    Optimality,
    Program,
    Stopped,
    optimality,
    search,
)
from fusiform.solvers.inverse.search.variables import Array

FIRST_RADIUS, LEAST_RADIUS, GREATEST_RADIUS = 0.2, 1e-5, 1.0
GROW, SHRINK, GOOD, POOR, ACCEPT = 2.0, 0.5, 0.75, 0.25, 1e-4
FAR, SAFE = 3.0, 0.3
MAX_STEPS = 25
SUBPROBLEM_TOLERANCE, SUBPROBLEM_ITERATIONS = 1e-10, 60
NO_FALL, STEEP, COARSE = 1e-9, 1e3, 5e-3


@dataclass(frozen=True)
class Certificate:
    """The end of a certified run: variables, value and the solver's `forces` there, its `optimality`, whether that is
    below the tolerance, and a sentence."""

    x: Array
    value: float
    forces: Forces
    violation: float
    optimality: Optimality
    certified: bool
    status: str
    stopped: bool


class _Corrected:
    """F̂ above, as a function of x; `curvature`: B for each C_D and C_L, (2, m, n, n)."""

    def __init__(self, low: ForceModel, centre: Array, high: Forces, curvature: Array) -> None:
        there = low(centre)
        assert there is not None
        self._low, self._centre, self._curvature = low, centre[: curvature.shape[-1]], curvature
        self._drag, self._lift = high.drag - there.drag, high.lift - there.lift
        self._drag_slope = high.drag_slope - there.drag_slope
        self._lift_slope = high.lift_slope - there.lift_slope

    def __call__(self, x: Array) -> Forces | None:
        forces = self._low(x)
        if forces is None:
            return None
        step = x[: len(self._centre)] - self._centre
        bend = self._curvature @ step
        return replace(
            forces,
            drag=forces.drag + self._drag + self._drag_slope @ step + 0.5 * bend[0] @ step,
            lift=forces.lift + self._lift + self._lift_slope @ step + 0.5 * bend[1] @ step,
            drag_slope=forces.drag_slope + self._drag_slope + bend[0],
            lift_slope=forces.lift_slope + self._lift_slope + bend[1],
        )


def secant_update(curvature: Array, step: Array, change: Array) -> None:
    """Make B s = y in place, r = y − B s: B += r rᵀ/(r·s), or B += (r sᵀ + s rᵀ)/s·s − (r·s) s sᵀ/(s·s)².

    The symmetric rank-one update learns fastest, but grows without bound as r·s → 0: where the angle between r and s is
    large, Powell's symmetric form of Broyden's update, the least change, takes its place (Nocedal & Wright, ch. 6).
    """
    rest, square = change - curvature @ step, float(step @ step)
    product = float(rest @ step)
    if abs(product) > SAFE * float(np.linalg.norm(rest) * np.linalg.norm(step)):
        curvature += np.outer(rest, rest) / product
    elif square > 0.0:
        curvature += (np.outer(rest, step) + np.outer(step, rest)) / square
        curvature -= (product / square**2) * np.outer(step, step)


def certify(
    program: Program,
    truth: ForceModel,
    low: ForceModel,
    start: Array,
    *,
    scale: float,
    tolerance: float,
    seen: Callable[[Array, Forces, float], None],
    pause: Callable[[], None],
) -> Certificate | None:
    """Go on from `start` (n,) until `truth`'s optimality residual, relative to `scale`, is below `tolerance`.

    `seen(x, forces, value)` is called at each solver evaluation, `pause()` often; both may raise `Stopped`, which ends
    the run with the best body. None where the solver has no flow at the start.
    """
    forces = truth(start)
    if forces is None:
        return None
    x, value = start, program.value(start, forces)[0]
    curvature = np.zeros((2, len(forces.drag), forces.drag_slope.shape[1], forces.drag_slope.shape[1]))
    radius, state = FIRST_RADIUS, optimality(program, start, forces, scale)
    violation = program.violation(start, forces)
    penalty, reason, stopped = 1.0, f"more than {MAX_STEPS} steps", False
    size = forces.drag_slope.shape[1]
    try:
        seen(x, forces, value)
        for _ in range(MAX_STEPS):
            if _holds(state, violation, tolerance):
                break
            penalty = max(penalty, 2.0 * _total(state))
            trial = _subproblem(program, _Corrected(low, x, forces, curvature), x, radius, pause)
            now = _merit(program, x, forces, penalty)
            fall = now - _merit(program, trial.x, trial.forces, penalty) if trial else 0.0
            there = truth(trial.x) if trial is not None and fall > NO_FALL * scale else None
            if trial is None or there is None:
                radius *= SHRINK
            else:
                step = trial.x - x
                _learn(curvature, low, (x, forces), (trial.x, there))
                ratio = (now - _merit(program, trial.x, there, penalty)) / fall
                length = float(np.abs(step[:size]).max())
                if ratio >= GOOD and length > 0.9 * radius:
                    radius = min(GROW * radius, GREATEST_RADIUS)
                elif ratio < POOR:
                    radius = SHRINK * min(radius, length)
                if ratio >= ACCEPT:
                    radius = min(radius, max(FAR * length, FIRST_RADIUS / 50.0))
                    x, forces, violation = trial.x, there, program.violation(trial.x, there)
                    value, state = program.value(x, forces)[0], optimality(program, x, forces, scale)
                seen(trial.x, there, program.value(trial.x, there)[0])
            if radius < LEAST_RADIUS:
                reason = "no smaller step lowers the solver's merit"
                break
    except Stopped as stop:
        reason, stopped = f"stopped {stop}", True
    done = _holds(state, violation, tolerance)
    if done:
        status = f"Certified: the solver's own optimality conditions hold to {state.residual:.1e}."
    else:
        status = (
            f"Not certified: {reason}. The optimality conditions hold to {state.residual:.1e}, and {tolerance:.1e} was "
            "asked for."
        )
    return Certificate(x, value, forces, violation, state, done, status, stopped)


def _holds(state: Optimality, violation: float, tolerance: float) -> bool:
    return state.residual <= tolerance and violation <= 10.0 * FEASIBLE


def _merit(program: Program, x: Array, forces: Forces, penalty: float) -> float:
    """The objective, with an exact penalty for the force constraints and a steep one for the shape's.

    Those count where the search samples the outline, and from `COARSE` on where it is sampled finely.
    """
    sampled, fine = -float(program.variables.values(x).min()), max(program.variables.lacks(x), default=0.0)
    shape = max(0.0, sampled - FEASIBLE, fine - COARSE)
    return program.value(x, forces)[0] + penalty * program.force_lack(x, forces) + STEEP * shape


def _total(state: Optimality) -> float:
    found = np.concatenate([state.force_multipliers, state.equality_multipliers])
    return float(np.abs(found).sum())


def _subproblem(
    program: Program, model: Callable[[Array], Forces | None], x: Array, radius: float, pause: Callable[[], None]
) -> Found | None:
    return search(
        program,
        model,
        x,
        max_iterations=SUBPROBLEM_ITERATIONS,
        tolerance=SUBPROBLEM_TOLERANCE,
        radius=radius,
        seen=lambda *_: pause(),
    )


def _learn(curvature: Array, low: ForceModel, old: tuple[Array, Forces], new: tuple[Array, Forces]) -> None:
    """Update B from the two models' gradients at both ends of a step."""
    before, after = low(old[0]), low(new[0])
    if before is None or after is None:
        return
    size = curvature.shape[-1]
    step = new[0][:size] - old[0][:size]
    pairs = (("drag_slope", curvature[0]), ("lift_slope", curvature[1]))
    for name, matrices in pairs:
        gap = (getattr(new[1], name) - getattr(after, name)) - (getattr(old[1], name) - getattr(before, name))
        for matrix, change in zip(matrices, gap, strict=True):
            secant_update(matrix, step, change)
