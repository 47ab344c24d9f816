"""`optimize(problem)`: the whole run, from a feasible start to the verified optimum.

1. Constraints that contradict each other end the run before anything is iterated (`problem/`).
2. The start is moved to the nearest feasible body (`search/feasibility.py`).
3. Local searches with the model, from the start and on request from other bodies (`search/restoration.py`).
4. On request, the solver certifies the optimum (`search/trust_region.py`).
5. The solver solves start and optimum at every design point (`result/verification.py`).

Callback and timeout can stop a run, which leaves the best body so far. With a checkpoint, that body and all answers of
the solver are on disk after each evaluation; a resumed run solves nothing twice and so goes the same way.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.autograd import gradients_enabled
from fusiform.solvers.common.errors import require, require_kind, shown
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.constraints.constraint import ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.forces import Lift
from fusiform.solvers.inverse.problem.contradictions import contradiction_in
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.symmetry import is_symmetric
from fusiform.solvers.inverse.result.assembly import infeasible_result, result_of
from fusiform.solvers.inverse.result.constraint_report import violated
from fusiform.solvers.inverse.result.optimum import OptimizationResult
from fusiform.solvers.inverse.result.search_start import begin
from fusiform.solvers.inverse.result.verification import verified
from fusiform.solvers.inverse.search.drag_models import ConfidentModel, DragModel, model_for
from fusiform.solvers.inverse.search.feasibility import nearest_feasible
from fusiform.solvers.inverse.search.restoration import best_of_searches
from fusiform.solvers.inverse.search.run.iterate import Callback
from fusiform.solvers.inverse.search.run.outcome import OptimizationOutcome
from fusiform.solvers.inverse.search.run_record import Run
from fusiform.solvers.inverse.search.start import check_user_constraints, start_variables
from fusiform.solvers.inverse.search.trust_region import certification
from fusiform.solvers.inverse.search.variables import Variables


@gradients_enabled()
def optimize(
    problem: Problem,
    *,
    model: DragModel | None = None,
    start: Body | None = None,
    callback: Callback | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> OptimizationResult:
    """Solve an optimisation problem over the map coefficients of bodies of equal size.

    Parameters
    ----------
    problem : Problem
        Body, design points, objective, constraints and options.
    model : DragModel, optional
        Predicts the forces, for example a surrogate; by default the flow solver itself, `SolverModel()`. The search
        runs over its number of modes.
    start : Body, optional
        Where the search begins, of the same size; by default the problem's body.
    callback : callable, optional
        Called with an `Iterate` at each evaluation; returning True stops the run. Not called in the verification.
    checkpoint : path, optional
        File that holds the best body and the solver's answers after each evaluation.
    resume : path, optional
        Checkpoint of the same problem, whose answers are taken over.

    Returns
    -------
    OptimizationResult
        With `feasible` False and a sentence where no body satisfies all constraints: with the nearest body that was
        found, or the given one where the constraints contradict each other by their numbers alone.

    Raises
    ------
    InputError
        For a start that the model cannot evaluate, an option that it does not support, or a foreign checkpoint.

    Examples
    --------
    One body for two conditions, the second of which counts three times as much:

    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import DesignPoint, Problem, optimize
    >>> from fusiform.surrogates import load_surrogate
    >>> points = (DesignPoint(FlowConditions(5.0)), DesignPoint(FlowConditions(30.0, 4.0), weight=3.0))
    >>> result = optimize(Problem(Body.circle(), points, verify=None), model=load_surrogate())
    >>> result.outcome.value, round(result.fun, 2)
    ('converged', 1.88)
    """
    require_kind(problem, Problem, "make one with Problem(body, points), or call minimize_drag(body, conditions)")
    require(
        model is None or isinstance(model, DragModel),
        f"expected a drag model, got {shown(model)}; give load_surrogate(), SolverModel() or a class of your own",
    )
    run, first = _begun(problem, model_for(problem.body, model), start, callback, checkpoint)
    if resume is not None:
        run.resume(Path(resume))
    check_user_constraints(run.variables, first)
    if (trouble := contradiction_in(problem)) is not None:
        words = f"The constraints contradict each other: {trouble}."
        return infeasible_result(run, first, OptimizationOutcome.CONTRADICTION, words)
    feasible = nearest_feasible(run.variables, first)
    if feasible.problem is not None:
        return infeasible_result(run, feasible.x, OptimizationOutcome.INFEASIBLE, f"Infeasible: {feasible.problem}.")
    run.fix_resolution(feasible.x)
    scale = _scale(run, feasible.x)
    violations = begin(run)
    optimum = run.nearest(best_of_searches(run, feasible.x))
    certificate = None
    if problem.certify and optimum.stop is None and not violated(run.program, optimum.best.x, optimum.best.forces):
        certificate = certification(run, optimum, feasible.x, scale)
    result = result_of(run, optimum, certificate, violations, scale)
    return result if problem.verify is None else verified(result, problem.verify)


def minimize_drag(
    body: Body,
    conditions: FlowConditions,
    *,
    model: DragModel | None = None,
    constraints: ShapeConstraint | Sequence[ShapeConstraint] = (),
    lift: float | None = None,
    hold: str = Problem.hold,
    min_confidence: float = Problem.min_confidence,
    starts: int = Problem.starts,
    seed: int = Problem.seed,
    max_iterations: int = Problem.max_iterations,
    tolerance: float = Problem.tolerance,
    timeout: float | None = Problem.timeout,
    certify: bool = Problem.certify,
    certify_tolerance: float = Problem.certify_tolerance,
    verify: str | None = Problem.verify,
    callback: Callback | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> OptimizationResult:
    """The body of least drag at equal area, or at equal volume if it is one of revolution.

    Short for `optimize` with one design point.

    Parameters
    ----------
    body : Body
        The start, which also gives the area. A body symmetric about the x axis at zero incidence stays so.
    conditions : FlowConditions
        Reynolds number and incidence.
    model, callback, checkpoint, resume
        As in `optimize`.
    constraints : ShapeConstraint or sequence of ShapeConstraint
        Constraints on the shape.
    lift : float, optional
        Prescribed lift coefficient; by default it is free.
    hold : {"volume", "wetted_area"}
        The size that is kept; `Problem` describes it.
    min_confidence : float
        Least confidence of the model in its own prediction, from 0 to 1, for a surrogate.
    starts, seed : int
        Number of local searches, from `body` and from the best of many random bodies, and their seed.
    max_iterations, tolerance : int, float
        Of each search; the tolerance is relative to the objective at the start.
    timeout : float, optional
        Seconds after which the run ends with the best body so far.
    certify, certify_tolerance : bool, float
        Go on with the solver until its own optimality conditions hold to the tolerance.
    verify : {"coarse", "standard", "fine"} or None
        Grid on which the solver solves start and optimum in the end.

    Returns
    -------
    OptimizationResult

    Raises
    ------
    InputError
        For an option out of range and a start that the model cannot evaluate.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import MaxLength, minimize_drag
    >>> from fusiform.surrogates import load_surrogate
    >>> best = minimize_drag(
    ...     Body.circle(), FlowConditions(40.0), model=load_surrogate(), constraints=MaxLength(1.5), verify=None
    ... )
    >>> best.success, round(best.fun, 2)
    (True, 1.18)
    """
    problem = Problem(
        body,
        (DesignPoint(conditions),),
        constraints=tuple(constraints) if isinstance(constraints, Sequence) else (constraints,),
        force_constraints=() if lift is None else (Lift(lift, lift),),
        hold=hold,
        min_confidence=min_confidence,
        starts=starts,
        seed=seed,
        max_iterations=max_iterations,
        tolerance=tolerance,
        timeout=timeout,
        certify=certify,
        certify_tolerance=certify_tolerance,
        verify=verify,
    )
    return optimize(problem, model=model, callback=callback, checkpoint=checkpoint, resume=resume)


def _begun(
    problem: Problem,
    model: DragModel,
    start: Body | None,
    callback: Callback | None,
    checkpoint: str | os.PathLike[str] | None,
) -> tuple[Run, FloatArray]:
    """The run, and the variables (n,) of its start."""
    require(
        problem.min_confidence == 0.0 or isinstance(model, ConfidentModel),
        f"expected a model that knows its confidence, got {model.name}; use a surrogate, or leave min_confidence out",
    )
    require(
        start is None or start.revolution == problem.body.revolution,
        "expected a start of the kind of the problem's body, got a plane one and one of revolution; give two of a kind",
    )
    variables = Variables(problem.body, model.modes, is_symmetric(problem), problem.constraints, problem.held)
    given = start_variables(variables, problem.body)
    run = Run(problem, model, variables, given, callback, None if checkpoint is None else Path(checkpoint))
    return run, given if start is None else start_variables(variables, start)


def _scale(run: Run, feasible: FloatArray) -> float:
    """The size of the objective at the given body, or at the `feasible` start if the model has no answer there."""
    forces = run.forces(run.given) or run.forces(feasible)
    require(
        forces is not None,
        f"expected a start that {run.model.name} can evaluate, got one it cannot; try a smoother body or other "
        "conditions",
    )
    assert forces is not None
    value, slope = run.program.value(run.given, forces)
    return run.problem.objective.size(value, float(np.linalg.norm(slope)))
