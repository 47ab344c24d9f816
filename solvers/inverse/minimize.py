"""`optimize(problem)`: the whole run, from the start that is made feasible to the verified optimum.

1. Constraints that cannot hold together are told before anything is iterated (`feasibility.py`).
2. The start is moved to the nearest feasible body.
3. Local searches with the model (`search.py`), from the start and, if asked for, from the best of many random bodies
   (`starts.py`); constraints that the sampled outline misses between its points are tightened and the search goes on.
4. If asked for, the solver certifies: `certify.py`.
5. The solver solves start and optimum on the grid of verification.

A run can be stopped by its callback or its timeout, and leaves the best body so far. With a checkpoint, that body and
all that the solver has answered are on disk after each evaluation; a resumed run asks nothing twice and so goes the
same way.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.errors import require
from fusiform.solvers.files import write_json
from fusiform.solvers.geometry import Body, is_valid, laurent
from fusiform.solvers.inverse.certify import Certificate, certify
from fusiform.solvers.inverse.constraints import Constraint, Payload, Symmetry, UserConstraint
from fusiform.solvers.inverse.feasibility import contradiction, nearest_feasible
from fusiform.solvers.inverse.forces import ForceModel, Forces
from fusiform.solvers.inverse.models import DragModel, SolverModel
from fusiform.solvers.inverse.objectives import DesignPoint, ForceConstraint, Lift, LiftToDrag, Miss
from fusiform.solvers.inverse.problem import Problem, body_to_dict
from fusiform.solvers.inverse.result import (
    FORMAT,
    ConstraintReport,
    Iterate,
    OptimizationResult,
    provenance_of,
    read_project,
)
from fusiform.solvers.inverse.search import (
    FEASIBLE,
    FORCE_WEIGHT,
    STOPPED,
    Found,
    Optimality,
    Program,
    Stopped,
    better,
    optimality,
    search,
)
from fusiform.solvers.inverse.starts import global_starts
from fusiform.solvers.inverse.variables import MARGIN, Array, Variables
from fusiform.solvers.solve import Solution, solve

MISLED = 0.05
BLEND_STEPS = 40
OUTLINE_POINTS = 257
TIGHTENINGS = 5
ACTIVE_SLACK = 1e-3
RESTORED = 1e-2
ALLOWED = 2e-5
Callback = Callable[[Iterate], bool | None]


class _Run:
    """One run of `optimize`: its clock, its record, and what it leaves on disk."""

    def __init__(
        self,
        problem: Problem,
        model: DragModel,
        variables: Variables,
        callback: Callback | None,
        checkpoint: Path | None,
    ) -> None:
        self.problem, self.model, self.variables = problem, model, variables
        self._callback, self._checkpoint = callback, checkpoint
        self._ends = None if problem.timeout is None else time.monotonic() + problem.timeout
        weights = np.array([p.weight for p in problem.points])
        self.weights: Array = weights / weights.sum()
        self.forces = self._force_model(model, confidence=problem.min_confidence > 0.0)
        own = isinstance(model, SolverModel)
        self.truth = self.forces if own else self._force_model(SolverModel(modes=variables.modes), confidence=False)
        self.history: list[Iterate] = []
        self._best: tuple[float, float, Array] | None = None
        self.phase = "searching"
        self.reason = "on request"

    def _force_model(self, model: DragModel, *, confidence: bool) -> ForceModel:
        lift = self.problem.needs_lift
        return ForceModel(model, self.variables, self.problem.points, lift=lift, confidence=confidence)

    def resume(self, path: Path) -> None:
        """Take over what the solver answered in an earlier run of the same problem."""
        values = read_project(path)
        same = values["problem"] == self.problem.to_dict() and values.get("model") == self.model.name
        require(
            same and isinstance(values.get("evaluations"), list),
            f"expected the checkpoint of the same problem and model, got another in {path.name}; "
            "start without resuming, or with the problem that was stopped",
        )
        self.truth.remember(values["evaluations"])

    def pause(self) -> None:
        """Stop if the time is over."""
        if self._ends is not None and time.monotonic() > self._ends:
            self.reason = f"after {self.problem.timeout:g} s, the timeout"
            raise Stopped(self.reason)

    def enter(self, phase: str) -> None:
        """Begin a phase: its bests are counted by themselves, since another model speaks."""
        self.phase, self._best = phase, None

    def seen(self, program: Program) -> Callable[[Array, Forces, float], None]:
        """What a search calls at each evaluation."""

        def record(x: Array, forces: Forces, value: float) -> None:
            drag = float(self.weights @ forces.drag)
            lack = program.violation(x, forces)
            best = self._best
            if best is None or (max(lack, FEASIBLE), value) < (max(best[0], FEASIBLE), best[1]):
                self._best = lack, value, np.append(x, drag)
            assert self._best is not None
            coefficients = self.variables.coefficients(torch.from_numpy(x)[None])[0]
            best_drag = float(self._best[2][-1])
            iterate = Iterate(len(self.history) + 1, drag, best_drag, coefficients, self.phase, value)
            self.history.append(iterate)
            self._write()
            if self._callback is not None and self._callback(iterate):
                raise Stopped(self.reason)
            self.pause()

        return record

    def _write(self) -> None:
        if self._checkpoint is None or self._best is None:
            return
        lack, value, x = self._best
        body = self.variables.body_at(x[:-1], f"{self.problem.body.name}-best-so-far")
        content: dict[str, Any] = {
            "format": FORMAT,
            "problem": self.problem.to_dict(),
            "model": self.model.name,
            "phase": self.phase,
            "best": {"value": value, "drag_coefficient": float(x[-1]), "violation": lack, "body": body_to_dict(body)},
            "evaluations": self.truth.remembered(),
        }
        write_json(self._checkpoint, content)


def optimize(
    problem: Problem,
    *,
    model: DragModel | None = None,
    callback: Callback | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> OptimizationResult:
    """Solve `problem` with `model` (default: the flow solver itself, `SolverModel`).

    The search runs over the model's number of modes; the area is kept. `callback` is called at each evaluation and
    stops the run by returning True. `checkpoint`: a file that holds the best body and the solver's answers after every
    evaluation. `resume`: such a file of the same problem. Constraints that contradict each other give a result with
    `feasible` False, the nearest body and a sentence. `InputError` for a start that the model cannot evaluate.
    """
    begun = time.perf_counter()
    model = SolverModel() if model is None else model
    require(
        problem.min_confidence == 0.0 or hasattr(model, "confidence"),
        f"expected a model that knows its confidence, got {model.name}; use a surrogate, or leave min_confidence out",
    )
    symmetric = _is_symmetric(problem)
    variables = Variables(problem.body, model.modes, symmetric, problem.constraints)
    run = _Run(problem, model, variables, callback, None if checkpoint is None else Path(checkpoint))
    if resume is not None:
        run.resume(Path(resume))
    seen = _feasible_start(problem.body, model.modes)
    start = variables.pack(torch.complex(seen.real, 0.0 * seen.real) if symmetric else seen, problem.body.origin)
    origin = start[: variables.shape_size].copy()
    program = Program(
        variables, problem.objective, problem.force_constraints, run.weights, origin, problem.min_confidence
    )
    trouble = contradiction(problem.body, problem.constraints) or _no_lift(problem, symmetric)
    feasible = nearest_feasible(variables, start, thorough=trouble is None)
    trouble = trouble or feasible.problem
    if trouble is not None:
        return _infeasible(run, feasible.x, trouble, begun)
    first = run.forces(start)
    found = _searches(run, program, feasible.x)
    require(
        found is not None,
        f"expected a start that {model.name} can evaluate, got one it cannot; try a smoother body or other conditions",
    )
    assert found is not None
    initial_forces = first or run.forces(feasible.x)
    assert initial_forces is not None
    scale = problem.objective.size(program.value(start, initial_forces)[0])
    stopped = found.message == STOPPED
    certificate = None
    if problem.certify and not stopped and found.violation <= FEASIBLE:
        certificate = _certify(run, program, found, feasible.x, scale)
    return _finish(run, program, found, certificate, initial_forces, scale, begun)


def minimize_drag(
    body: Body,
    conditions: FlowConditions,
    *,
    model: DragModel | None = None,
    constraints: tuple[Constraint, ...] = (),
    lift: float | None = None,
    callback: Callback | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
    **options: Any,
) -> OptimizationResult:
    """The body of `body`'s area with the least drag at `conditions`, under `constraints`, at a given `lift` or any.

    Short for `optimize` with one design point; `options` are fields of `Problem`: max_iterations, tolerance, verify,
    certify, starts, seed, timeout, min_confidence. A body symmetric about the x axis at zero incidence stays so.
    """
    held: tuple[ForceConstraint, ...] = () if lift is None else (Lift(lift, lift),)
    problem = Problem(body, (DesignPoint(conditions),), constraints=constraints, force_constraints=held, **options)
    return optimize(problem, model=model, callback=callback, checkpoint=checkpoint, resume=resume)


def _is_symmetric(problem: Problem) -> bool:
    """Whether the problem is mirror-symmetric, or is told to be, so that its bodies may be taken as such."""
    if any(isinstance(c, Symmetry) for c in problem.constraints):
        return True
    loads = [c for c in problem.constraints if isinstance(c, Payload)]
    axis = problem.body.origin.imag
    corners = [complex(z.real, abs(z.imag - axis)) for c in loads for z in c.region.corners()]
    mirrored = all(sum(abs(z - w) < 1e-9 for w in corners) % 2 == 0 or abs(z.imag) < 1e-9 for z in corners)
    return (
        problem.body.is_symmetric()
        and all(p.conditions.alpha_deg == 0.0 for p in problem.points)
        and not problem.needs_lift
        and mirrored
        and not any(isinstance(c, UserConstraint) for c in problem.constraints)
    )


def _no_lift(problem: Problem, symmetric: bool) -> str | None:
    if not symmetric:
        return None
    if isinstance(problem.objective, LiftToDrag) and all(p.conditions.alpha_deg == 0.0 for p in problem.points):
        return "a symmetric body at zero incidence has no lift to make great"
    for c in problem.force_constraints:
        level = problem.points[c.point].conditions.alpha_deg == 0.0
        if isinstance(c, Lift) and level and not (c.minimum or 0.0) <= 0.0 <= (0.0 if c.maximum is None else c.maximum):
            return f"a symmetric body at zero incidence has no lift, but {c.describe()} is asked for"
    return None


def _feasible_start(body: Body, modes: int) -> Tensor:
    """The body's coefficients with `modes` modes, blended towards the circle as little as makes them feasible."""
    coefficients = body.with_modes(modes).coefficients
    angle = torch.linspace(0.0, 2.0 * torch.pi, OUTLINE_POINTS, dtype=torch.float64)
    circle = torch.polar(torch.ones_like(angle), angle)[None]
    for step in range(BLEND_STEPS):
        trial = coefficients * (1.0 - step / BLEND_STEPS)
        slope = laurent.z_prime(trial[None], circle) / laurent.conformal_radius(trial[None])
        if bool(is_valid(trial[None])) and float(slope.abs().min()) >= MARGIN:
            return trial
    return torch.zeros_like(coefficients)


def _searches(run: _Run, program: Program, start: Array) -> Found | None:
    """The best of the local searches; the constraints hold between the points of the outline, too."""
    best = _tightened_search(run, program, start)
    if best is not None and best.message != STOPPED and best.violation > FEASIBLE and program.conditions:
        best = _restored(run, program, best, start)
    if best is None or best.message == STOPPED or run.problem.starts == 1:
        return best
    for other in global_starts(program, run.problem, run.model, start, run.problem.starts - 1):
        placed = nearest_feasible(run.variables, other)
        if placed.problem is not None:
            continue
        found = _tightened_search(run, program, placed.x)
        if found is not None and better(found, best):
            best = replace(found, iterations=best.iterations + found.iterations)
        if found is not None and found.message == STOPPED:
            break
    return best


def _restored(run: _Run, program: Program, found: Found, start: Array) -> Found:
    """A search that missed the force constraints, again from the body that meets them best, which may be its end."""
    miss = replace(program, objective=Miss(program.conditions), conditions=())
    nearest = _tightened_search(run, miss, start)
    if nearest is None or nearest.message == STOPPED:
        return found
    if program.violation(nearest.x, nearest.forces) > RESTORED:
        value = program.value(nearest.x, nearest.forces)[0]
        violation = program.violation(nearest.x, nearest.forces)
        return replace(nearest, value=value, violation=violation)
    return _tightened_search(run, program, nearest.x) or found


def _tightened_search(run: _Run, program: Program, start: Array) -> Found | None:
    found = None
    for _ in range(TIGHTENINGS):
        again = search(
            program,
            run.forces,
            start if found is None else found.x,
            max_iterations=run.problem.max_iterations,
            tolerance=run.problem.tolerance,
            seen=run.seen(program),
        )
        if again is None:
            return found
        found = again if found is None else replace(again, iterations=found.iterations + again.iterations)
        if found.message == STOPPED or not run.variables.tighten(found.x):
            break
    return found


def _certify(run: _Run, program: Program, found: Found, start: Array, scale: float) -> Certificate | None:
    """Certify from the surrogate's optimum, or from the start where the solver finds that no worse."""
    run.enter("certifying")
    begin = found.x
    if run.truth is not run.forces:
        try:
            there, here = run.truth(found.x), run.truth(start)
        except Stopped:
            return None
        better = there is not None and (
            here is None
            or program.value(found.x, there)[0] <= program.value(start, here)[0]
            or found.violation > FEASIBLE
        )
        begin = found.x if better or program.conditions else start
    certificate = None
    for _ in range(TIGHTENINGS):
        certificate = certify(
            replace(program, min_confidence=0.0) if run.truth is run.forces else program,
            run.truth,
            run.forces,
            begin,
            scale=scale,
            tolerance=run.problem.certify_tolerance,
            seen=run.seen(program),
            pause=run.pause,
        )
        if certificate is None or not certificate.certified or not run.variables.tighten(certificate.x):
            break
        begin = nearest_feasible(run.variables, certificate.x).x
    return certificate


def _reports(run: _Run, x: Array, forces: Forces, program: Program, state: Optimality) -> tuple[ConstraintReport, ...]:
    """Slack, multiplier and gain of each constraint of the problem, in the order given (shape, then forces)."""
    variables, d = run.variables, run.problem.body.reference_length
    owners = np.array(variables.owners(x))
    reports = []
    for number, (constraint, slack) in enumerate(zip(variables.constraints, variables.slacks(x), strict=True)):
        total = float(state.shape_multipliers[owners == number].sum())
        rate = constraint.rate(d)
        reports.append(
            ConstraintReport(
                constraint.describe(), slack, constraint.unit, slack * rate < ACTIVE_SLACK, total, total * rate
            )
        )
    multipliers = {False: list(state.force_multipliers), True: list(state.equality_multipliers)}
    for condition in program.conditions:
        single = replace(program, conditions=(condition,), min_confidence=0.0)
        values = single.force_residuals(x, forces, condition.equality)[0]
        taken = [multipliers[condition.equality].pop(0) for _ in values]
        slack = -float(np.abs(values).max()) if condition.equality else float(values.min())
        total = float(np.sum(taken))
        reports.append(
            ConstraintReport(condition.describe(), slack, condition.unit, abs(slack) < ACTIVE_SLACK, total, total)
        )
    return tuple(reports)


def _finish(
    run: _Run,
    program: Program,
    found: Found,
    certificate: Certificate | None,
    initial: Forces,
    scale: float,
    begun: float,
) -> OptimizationResult:
    problem, stopped = run.problem, found.message == STOPPED
    if certificate is None:
        state = optimality(program, found.x, found.forces, scale)
        x, value, forces, violation = found.x, found.value, found.forces, found.violation
        status = _search_status(run, found, state)
        success = found.message.startswith("optimization terminated") and violation <= FEASIBLE
        if problem.certify and not stopped and violation <= FEASIBLE:
            status += " Not certified: the solver has no flow for this body."
            success = False
    else:
        x, value, forces = certificate.x, certificate.value, certificate.forces
        state, violation, status = certificate.optimality, certificate.violation, certificate.status
        success = certificate.certified
    missed = _missed(program, x, forces)
    feasible = not missed
    if not feasible:
        success = False
        status += f" No body was found with {' and '.join(missed)}: this one is nearest."
    predicted = run.forces(x)
    name = f"{problem.body.name}-optimized"
    result = OptimizationResult(
        problem=problem,
        body=run.variables.body_at(x, name),
        model=run.model.name,
        x=x,
        fun=value,
        jac=program.value(x, forces)[1],
        nfev=len(run.history),
        nit=found.iterations,
        predicted_drag_coefficient=float(run.weights @ (forces if predicted is None else predicted).drag),
        predicted_initial_drag_coefficient=float(run.weights @ initial.drag),
        success=success,
        feasible=feasible,
        status=status,
        kkt_residual=state.residual,
        certified=certificate is not None and certificate.certified,
        solver_solves=run.truth.solves,
        constraints=_reports(run, x, forces, program, state),
        seconds=time.perf_counter() - begun,
        history=tuple(run.history),
        provenance=provenance_of(problem),
    )
    return result if problem.verify is None else _verified(result, problem.verify)


def _search_status(run: _Run, found: Found, state: Optimality) -> str:
    if found.message == STOPPED:
        return f"Stopped {run.reason} after {len(run.history)} evaluations; this is the best body so far."
    if found.message.startswith("optimization terminated"):
        return f"Converged: the objective changes by less than {run.problem.tolerance:g} between iterations."
    return f"Ended before convergence ({found.message}); this is the best body so far."


def _missed(program: Program, x: Array, forces: Forces) -> list[str]:
    """Which constraints the body misses, and by how much."""
    short = []
    for c in program.conditions:
        lack = replace(program, conditions=(c,), min_confidence=0.0).force_residuals(x, forces, c.equality)[0]
        amount = float(np.abs(lack).max()) if c.equality else max(0.0, -float(lack.min()))
        if amount * FORCE_WEIGHT > ALLOWED:
            short.append(f"{c.describe()} (off by {amount:.3g})")
    d = program.variables.body.reference_length
    for constraint, slack in zip(program.variables.constraints, program.variables.slacks(x), strict=True):
        if slack * constraint.rate(d) < -ALLOWED:
            short.append(f"{constraint.describe()} (short by {-slack:.3g})")
    lowest = float(forces.confidence.min())
    if lowest < program.min_confidence - 1e-3:
        short.append(f"confidence of at least {program.min_confidence:g} (it is {lowest:.2f})")
    return short


def _infeasible(run: _Run, x: Array, trouble: str, begun: float) -> OptimizationResult:
    problem = run.problem
    variables = run.variables
    slacks = variables.slacks(x)
    d = problem.body.reference_length
    reports = tuple(
        ConstraintReport(c.describe(), s, c.unit, s * c.rate(d) < ACTIVE_SLACK, 0.0, 0.0)
        for c, s in zip(variables.constraints, slacks, strict=True)
    )
    return OptimizationResult(
        problem=problem,
        body=variables.body_at(x, f"{problem.body.name}-nearest"),
        model=run.model.name,
        x=x,
        fun=float("nan"),
        jac=np.zeros(len(x)),
        nfev=0,
        nit=0,
        predicted_drag_coefficient=float("nan"),
        predicted_initial_drag_coefficient=float("nan"),
        success=False,
        feasible=False,
        status=f"The constraints contradict each other: {trouble}.",
        kkt_residual=float("nan"),
        certified=False,
        solver_solves=0,
        constraints=reports,
        seconds=time.perf_counter() - begun,
        history=(),
        provenance=provenance_of(problem),
    )


def _verified(result: OptimizationResult, grid: str) -> OptimizationResult:
    """The result with start and optimum solved at the first design point."""
    initial = solve(result.problem.body, result.conditions, grid=grid)
    verified = solve(result.body, result.conditions, grid=grid)
    status = result.status
    if len(result.problem.points) == 1 and result.problem.objective.describe() == "least drag":
        free = not (result.problem.constraints or result.problem.force_constraints)
        status += _verification_status(initial, verified, result.predicted_drag_coefficient, free=free)
    numbers = verified.summary() | {"initial_drag_coefficient": initial.drag_coefficient if initial.converged else None}
    solves = result.solver_solves + 2
    return replace(
        result, initial=initial, verified=verified, verification=numbers, status=status, solver_solves=solves
    )


def _verification_status(initial: Solution, verified: Solution, predicted: float, *, free: bool) -> str:
    """What to add to the status where the solver could not confirm the result, or contradicts it."""
    if not (initial.converged and verified.converged):
        which = "optimum" if initial.converged else "start"
        return f" Not verified: the solver did not converge on the {which}."
    if free and verified.drag_coefficient > initial.drag_coefficient:
        return " The solver finds more drag than at the start: the model misled the search, use the solver as model."
    off = predicted / verified.drag_coefficient - 1.0
    if abs(off) > MISLED:
        return f" The model's drag is {off:+.0%} off the solver's: the optimum is only as good as the model is."
    return ""
