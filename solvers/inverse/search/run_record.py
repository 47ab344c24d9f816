"""One run of the optimiser: its models, its clock, its record, and its checkpoint on disk."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import write_json
from fusiform.solvers.common.frozen import frozen_tensor
from fusiform.solvers.inverse.problem.body_table import body_to_dict
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.project_reader import FORMAT, read_project
from fusiform.solvers.inverse.search.drag_models import DragModel, SolverModel
from fusiform.solvers.inverse.search.evaluations import ForceModel, Forces
from fusiform.solvers.inverse.search.outcome import OptimizationOutcome, Stop, Stopped
from fusiform.solvers.inverse.search.program import Candidate, Program
from fusiform.solvers.inverse.search.slsqp import LocalOptimum
from fusiform.solvers.inverse.search.variables import Variables

RUN_LIMITS = ("max_iterations", "timeout", "verify")  # options that may differ between a run and its resumption


class Phase(StrEnum):
    """The phase of a run that an evaluation belongs to; project files hold the values.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Phase
    >>> [phase.value for phase in Phase]
    ['searching', 'certifying']
    """

    SEARCHING = "searching"
    """Local searches with the model."""
    CERTIFYING = "certifying"
    """Steps of the solver from the model's optimum."""


@dataclass(frozen=True)
class Iterate:
    """One evaluation of a run, as callbacks receive it.

    Attributes
    ----------
    evaluation : int
        Number of the evaluation, from 1.
    drag_coefficient : float
        C_D, weighted over the design points.
    best_drag_coefficient : float
        That of the best feasible body so far in this phase.
    coefficients : Tensor, shape (modes,), complex128
        Map coefficients of the body.
    phase : Phase
        Searching with the model, or certifying with the solver.
    value : float
        The problem's objective.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import minimize_drag
    >>> from fusiform.surrogates import load_surrogate
    >>> def watch(iterate):
    ...     print(iterate.evaluation, iterate.phase, round(iterate.drag_coefficient, 1))
    ...     return iterate.evaluation == 2  # stop
    >>> result = minimize_drag(
    ...     Body.circle(), FlowConditions(10.0), model=load_surrogate(), verify=None, callback=watch
    ... )
    1 searching 2.8
    2 searching 2.5
    """

    evaluation: int
    drag_coefficient: float
    best_drag_coefficient: float
    coefficients: Tensor = frozen_tensor(torch.complex128)  # noqa: RUF009, a descriptor without state
    phase: Phase = Phase.SEARCHING
    value: float = math.nan


Callback = Callable[[Iterate], bool | None]


class Run:
    """The run of `problem` from the body with variables `given` (n,).

    `forces` asks the model, `truth` the solver (the same where the model is the solver). Every evaluation is recorded
    and judged by the problem's own objective and constraints, even if a search minimises another function; then the
    callback is called, and the checkpoint holds the best body and all that the solver has answered.
    """

    def __init__(
        self,
        problem: Problem,
        model: DragModel,
        variables: Variables,
        given: FloatArray,
        callback: Callback | None,
        checkpoint: Path | None,
    ) -> None:
        self.problem, self.model, self.variables, self.given = problem, model, variables, given
        weights = np.array([p.weight for p in problem.points])
        self.weights: FloatArray = weights / weights.sum()
        origin = given[: variables.shape_size].copy()
        self.program = Program(
            variables, problem.objective, problem.force_constraints, self.weights, origin, problem.min_confidence
        )
        confident = problem.min_confidence > 0.0
        self.forces = ForceModel(model, variables, problem.points, lift=problem.needs_lift, confidence=confident)
        self.truth = self.forces
        if not isinstance(model, SolverModel):
            solver = SolverModel(modes=variables.modes)
            trusted = self.forces if confident else None
            self.truth = ForceModel(solver, variables, problem.points, lift=problem.needs_lift, trusted=trusted)
        self.history: list[Iterate] = []
        self._phase = Phase.SEARCHING
        self._best: Candidate | None = None
        self._callback, self._checkpoint = callback, checkpoint
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """Wall clock since the run began."""
        return time.monotonic() - self._begun

    def resume(self, path: Path) -> None:
        """Take over the solver's answers from the checkpoint of an earlier run of the same problem."""
        values = read_project(path)
        same = _identity(values["problem"]) == _identity(self.problem.to_dict())
        same = same and values.get("model") == self._model_identity()
        require(
            same and isinstance(values.get("evaluations"), list),
            f"expected the checkpoint of the same problem and model, got another in {path.name}; "
            "start without resuming, or with the problem that was stopped",
        )
        self.truth.restore(values["evaluations"])

    def pause(self) -> None:
        """Raise `Stopped` if the timeout is over."""
        timeout = self.problem.timeout
        if timeout is not None and self.seconds > timeout:
            raise Stopped(Stop(OptimizationOutcome.TIMED_OUT, f"after {timeout:g} s, the timeout"))

    def enter(self, phase: Phase) -> None:
        """Begin a phase: its best body is its own, since another model gives the forces."""
        self._phase, self._best = phase, None

    def forget_best(self) -> None:
        """The constraints were tightened: the best body so far may violate them."""
        self._best = None

    def nearest(self, optimum: LocalOptimum) -> LocalOptimum:
        """`optimum` if it is feasible, otherwise with the body of this phase that violates least."""
        best = self._best
        if best is None or optimum.best.feasible or not best.better_than(optimum.best):
            return optimum
        return replace(optimum, best=best)

    def on_evaluation(self, x: FloatArray, forces: Forces) -> None:
        """Record an evaluation; raises `Stopped` on the callback's request or after the timeout."""
        trial = self.program.candidate(x, forces)
        if self._best is None or trial.better_than(self._best):
            self._best = trial
        drag, best = (float(self.weights @ f.drag) for f in (forces, self._best.forces))
        coefficients = self.variables.coefficients(torch.from_numpy(x)[None])[0]
        iterate = Iterate(len(self.history) + 1, drag, best, coefficients, self._phase, trial.value)
        self.history.append(iterate)
        self._write(self._best)
        if self._callback is not None and self._callback(iterate):
            raise Stopped(Stop(OptimizationOutcome.STOPPED, "on request"))
        self.pause()

    def _model_identity(self) -> dict[str, Any]:
        return {"name": self.model.name, "modes": self.model.modes}

    def _write(self, best: Candidate) -> None:
        if self._checkpoint is None:
            return
        body = self.variables.body_at(best.x, f"{self.problem.body.name}-best-so-far")
        content = {
            "format": FORMAT,
            "problem": self.problem.to_dict(),
            "model": self._model_identity(),
            "phase": self._phase,
            "best": {
                "value": best.value,
                "drag_coefficient": float(self.weights @ best.forces.drag),
                "violation": best.violation,
                "body": body_to_dict(body),
            },
            "evaluations": self.truth.entries() if isinstance(self.truth.model, SolverModel) else [],
        }
        write_json(self._checkpoint, content)


def _identity(problem: dict[str, Any]) -> dict[str, Any]:
    """The problem without the options that only limit the run."""
    options = {key: value for key, value in problem.get("options", {}).items() if key not in RUN_LIMITS}
    return problem | {"options": options}
