"""`optimize(problem)`: the whole run, from the start that is made feasible to the verified optimum.

1. Constraints that cannot hold together are told before anything is iterated (`feasibility.py`).
2. The start is moved to the nearest feasible body.
3. Local searches with the model (`searches.py`), from the start and, if asked for, from other bodies.
4. If asked for, the solver certifies: `certify.py`.
5. The solver solves start and optimum at every design point on the grid of verification: `verification.py`.

A run can be stopped by its callback or its timeout, and leaves the best body so far. With a checkpoint, that body and
all that the solver has answered are on disk after each evaluation; a resumed run asks nothing twice and so goes the
same way.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.geometry import Body, is_valid, laurent
from fusiform.solvers.inverse.problem.constraints.constraint import ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.forces import Lift
from fusiform.solvers.inverse.problem.constraints.user_constraint import UserConstraint
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.trial_shape import shape_of
from fusiform.solvers.inverse.result.constraint_report import constraint_reports, missed
from fusiform.solvers.inverse.result.optimum import ConstraintReport, OptimizationResult, provenance_of
from fusiform.solvers.inverse.result.verification import verified
from fusiform.solvers.inverse.search.drag_models import DragModel, SolverModel
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.feasibility import contradiction, nearest_feasible
from fusiform.solvers.inverse.search.restoration import TIGHTENINGS, searches
from fusiform.solvers.inverse.search.run_record import Callback, Run
from fusiform.solvers.inverse.search.slsqp import Found, Optimality, optimality
from fusiform.solvers.inverse.search.symmetry import is_symmetric, no_lift
from fusiform.solvers.inverse.search.trust_region import Certificate, certify
from fusiform.solvers.inverse.search.variables import MARGIN, Array, Variables

BLEND_STEPS = 40
OUTLINE_POINTS = 257
CONVERGED = 5e-3
PINCHED, PINCH_POINTS = 0.02, 1024


def optimize(
    problem: Problem,
    *,
    model: DragModel | None = None,
    start: Body | None = None,
    callback: Callback | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> OptimizationResult:
    """Solve `problem` with `model` (default: the flow solver itself, `SolverModel`).

    The search runs over the model's number of modes; the area is kept. It begins at `start`, a body of the same area,
    or at the problem's. `callback` is called at each evaluation and stops the run by returning True; the verification
    is not part of the run. `checkpoint`: a file that holds the best body and the solver's answers after every
    evaluation. `resume`: such a file of the same problem. Constraints that contradict each other give a result with
    `feasible` False, the nearest body and a sentence. `InputError` for a start that the model cannot evaluate.
    """
    begun = time.perf_counter()
    model = SolverModel() if model is None else model
    require(
        problem.min_confidence == 0.0 or hasattr(model, "confidence"),
        f"expected a model that knows its confidence, got {model.name}; use a surrogate, or leave min_confidence out",
    )
    symmetric = is_symmetric(problem)
    variables = Variables(problem.body, model.modes, symmetric, problem.constraints)
    given = _packed(variables, problem.body)
    first = given if start is None else _packed(variables, start)
    origin = given[: variables.shape_size].copy()
    run = Run(problem, model, variables, origin, callback, None if checkpoint is None else Path(checkpoint))
    if resume is not None:
        run.resume(Path(resume))
    _try_functions(variables, first)
    trouble = contradiction(problem.body, (*problem.constraints, *problem.force_constraints))
    trouble = trouble or no_lift(problem, symmetric)
    feasible = nearest_feasible(variables, first, thorough=trouble is None)
    if trouble is not None or feasible.problem is not None:
        words = f"The constraints contradict each other: {trouble}." if trouble else f"Infeasible: {feasible.problem}."
        return _infeasible(run, feasible.x, words, begun)
    initial = run.forces(given) or run.forces(feasible.x)
    require(
        initial is not None,
        f"expected a start that {model.name} can evaluate, got one it cannot; try a smoother body or other conditions",
    )
    assert initial is not None
    value, slope = run.program.value(given, initial)
    scale = problem.objective.size(value, float(np.linalg.norm(slope)))
    found = run.nearest(searches(run, feasible.x))
    certificate = None
    if problem.certify and not found.stopped and not missed(run.program, found.x, found.forces):
        certificate = _certify(run, found, feasible.x, scale)
    result = _result(run, found, certificate, scale, begun)
    result = replace(result, predicted_initial_drag_coefficient=_initial_drag(run, initial))
    return result if problem.verify is None else verified(result, problem.verify)


def minimize_drag(
    body: Body,
    conditions: FlowConditions,
    *,
    model: DragModel | None = None,
    constraints: tuple[ShapeConstraint, ...] = (),
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
    held = () if lift is None else (Lift(lift, lift),)
    problem = Problem(body, (DesignPoint(conditions),), constraints=constraints, force_constraints=held, **options)
    return optimize(problem, model=model, callback=callback, checkpoint=checkpoint, resume=resume)


def _packed(variables: Variables, body: Body) -> Array:
    """Variables of `body` with the model's modes, blended towards the circle as little as the margin asks for."""
    seen = body.with_modes(variables.modes)
    coefficients = seen.coefficients
    if variables.symmetric:
        coefficients = torch.complex(coefficients.real, torch.zeros_like(coefficients.real))
    angle = torch.linspace(0.0, 2.0 * torch.pi, OUTLINE_POINTS, dtype=torch.float64)
    circle = torch.polar(torch.ones_like(angle), angle)[None]
    for step in range(BLEND_STEPS + 1):
        trial = coefficients * (1.0 - step / BLEND_STEPS)
        slope = laurent.z_prime(trial[None], circle) / laurent.conformal_radius(trial[None])
        if bool(is_valid(trial[None])) and float(slope.abs().min()) >= MARGIN:
            break
    return variables.pack(trial, seen.origin)


def _try_functions(variables: Variables, x: Array) -> None:
    """Evaluate the user's own constraints once, so that a wrong one is told in a sentence."""
    for constraint in variables.constraints:
        if isinstance(constraint, UserConstraint):
            shape = variables.shape(torch.from_numpy(x)[None])
            try:
                found = constraint.residual(shape, constraint.start(shape))
            except InputError:
                raise
            except Exception as error:
                raise InputError(
                    f"expected the constraint {constraint.name!r} to work on points (batch, n), got "
                    f"{type(error).__name__}: {error}; correct its function"
                ) from error
            require(
                isinstance(found, torch.Tensor) and found.dim() == 2 and len(found) == 1,
                f"expected the constraint {constraint.name!r} to return (batch, m), got "
                f"{tuple(getattr(found, 'shape', ()))}; return one row a body",
            )


def _initial_drag(run: Run, initial: Forces) -> float:
    """The model's weighted drag of the body as it was given, with the model's modes; of the search's start if none."""
    body = run.problem.body.with_modes(run.variables.modes)
    if np.array_equal(run.variables.pack(body.coefficients, body.origin), _packed(run.variables, run.problem.body)):
        return float(run.weights @ initial.drag)
    alpha = torch.tensor([p.conditions.alpha_deg for p in run.problem.points], dtype=torch.float64).deg2rad()
    reynolds = torch.tensor([p.conditions.reynolds for p in run.problem.points], dtype=torch.float64)
    coefficients = laurent.rotate(body.coefficients.expand(len(alpha), -1), alpha)
    with torch.no_grad():
        drag = run.model.force_coefficients(coefficients, reynolds).real.numpy()
    return float(run.weights @ (drag if np.isfinite(drag).all() else initial.drag))


def _certify(run: Run, found: Found, start: Array, scale: float) -> Certificate | None:
    """Certify from the surrogate's optimum, or from the start where the solver finds that no worse."""
    run.enter("certifying")
    begin = found.x
    if run.truth is not run.forces and not run.program.conditions:
        there, here = run.truth(found.x), run.truth(start)
        if here is not None and (
            there is None or run.program.value(found.x, there)[0] > run.program.value(start, here)[0]
        ):
            begin = start
    certificate = None
    for _ in range(TIGHTENINGS):
        certificate = certify(
            run.program,
            run.truth,
            run.forces,
            begin,
            scale=scale,
            tolerance=run.problem.certify_tolerance,
            seen=run.seen,
            pause=run.pause,
        )
        if certificate is None or not certificate.certified or not run.variables.tighten(certificate.x):
            break
        run.forget_best()
        begin = nearest_feasible(run.variables, certificate.x).x
    return certificate


def _result(run: Run, found: Found, certificate: Certificate | None, scale: float, begun: float) -> OptimizationResult:
    problem, program = run.problem, run.program
    end = (
        found
        if certificate is None
        else Found(certificate.x, certificate.value, certificate.forces, certificate.violation)
    )
    state = optimality(program, end.x, end.forces, scale) if certificate is None else certificate.optimality
    lacking = missed(program, end.x, end.forces)
    if certificate is not None:
        success, status = certificate.certified, certificate.status
    else:
        success, status = _search_status(run, found, state, feasible=not lacking)
        if problem.certify and not found.stopped and not lacking:
            success, status = False, f"{status} Not certified: the solver has no flow for this body."
    body = run.variables.body_at(end.x, f"{problem.body.name}-optimized")
    pinch = float(shape_of(body, PINCH_POINTS).pinch)
    if not (success or found.stopped or lacking) and pinch < PINCHED:
        status = (
            f"{status} Its outline comes within {pinch:.1g} d of crossing itself, where the search ends; "
            "ask for a least thickness or radius of curvature."
        )
    if lacking:
        success, status = False, f"{status} No body was found with {' and '.join(lacking)}: this one is nearest."
    predicted = run.forces(end.x) or end.forces
    return OptimizationResult(
        problem=problem,
        body=body,
        model=run.model.name,
        x=end.x,
        fun=end.value,
        jac=program.value(end.x, end.forces)[1],
        nfev=len(run.history),
        nit=found.iterations,
        predicted_drag_coefficient=float(run.weights @ predicted.drag),
        predicted_initial_drag_coefficient=float("nan"),
        success=success,
        feasible=not lacking,
        stopped=found.stopped or (certificate is not None and certificate.stopped),
        status=status.strip(),
        kkt_residual=state.residual,
        certified=certificate is not None and certificate.certified,
        solver_solves=run.truth.solves,
        constraints=constraint_reports(program, end.x, end.forces, state),
        seconds=time.perf_counter() - begun,
        history=tuple(run.history),
        provenance=provenance_of(problem),
    )


def _search_status(run: Run, found: Found, state: Optimality, *, feasible: bool) -> tuple[bool, str]:
    if found.stopped:
        return False, f"Stopped {run.reason} after {len(run.history)} evaluations; this is the best body so far."
    if not feasible:
        return False, ""
    if not found.message.startswith("optimization terminated"):
        return False, f"Ended before convergence ({found.message}); this is the best body so far."
    if state.residual > CONVERGED:
        return False, f"Ended where the optimality conditions hold only to {state.residual:.1e}; try another start."
    return True, f"Converged: the optimality conditions hold to {state.residual:.1e}."


def _infeasible(run: Run, x: Array, status: str, begun: float) -> OptimizationResult:
    problem, nan = run.problem, float("nan")
    reports = tuple(
        ConstraintReport(c.describe(), slack, c.unit, False, 0.0, 0.0)
        for c, slack in zip(run.variables.constraints, run.variables.slacks(x), strict=True)
    )
    return OptimizationResult(
        problem=problem,
        body=run.variables.body_at(x, f"{problem.body.name}-nearest"),
        model=run.model.name,
        x=x,
        fun=nan,
        jac=np.zeros(len(x)),
        nfev=0,
        nit=0,
        predicted_drag_coefficient=nan,
        predicted_initial_drag_coefficient=nan,
        success=False,
        feasible=False,
        stopped=False,
        status=status,
        kkt_residual=nan,
        certified=False,
        solver_solves=0,
        constraints=reports,
        seconds=time.perf_counter() - begun,
        history=(),
        provenance=provenance_of(problem),
    )
