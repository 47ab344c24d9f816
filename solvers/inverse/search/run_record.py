"""One run of the optimiser: its models, and the record of its evaluations."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import UnwritableError
from fusiform.solvers.inverse.problem.body_table import body_to_dict
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.quantities import Gain
from fusiform.solvers.inverse.search.drag_models import DragModel, SolverModel
from fusiform.solvers.inverse.search.evaluations import ForceModel, Forces
from fusiform.solvers.inverse.search.program import Candidate, Program
from fusiform.solvers.inverse.search.run.checkpoint import evaluations_in, write_checkpoint
from fusiform.solvers.inverse.search.run.iterate import Callback, Iterate, Phase
from fusiform.solvers.inverse.search.run.stopping import Stopping
from fusiform.solvers.inverse.search.slsqp import LocalOptimum
from fusiform.solvers.inverse.search.variables import Variables


class Run:
    """The run of `problem` from the body with variables `given` (n,).

    `forces` asks the model, `truth` the solver (the same where the model is the solver). Every evaluation is recorded
    and judged by the problem's own objective and constraints, even if a search minimises another function; then the
    callback is called, and the checkpoint holds the best body and all that the solver has answered. Gains are against
    `first`, the first body that satisfies all constraints, by the model.
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
        of_model = partial(
            ForceModel,
            variables=variables,
            points=problem.points,
            lift=problem.needs_lift,
            best_number=problem.best_number,
        )
        self.forces = of_model(model, confidence=confident)
        self.truth = self.forces
        if not isinstance(model, SolverModel):
            solver = SolverModel(modes=variables.modes, revolution=problem.body.revolution)
            self.truth = of_model(solver, trusted=self.forces if confident else None)
        self.history: list[Iterate] = []
        self._phase = Phase.SEARCHING
        self._best: Candidate | None = None
        self.first: Candidate | None = None
        self._checkpoint = checkpoint
        self._stopping = Stopping(callback, problem.timeout)

    @property
    def seconds(self) -> float:
        """Wall clock since the run began."""
        return self._stopping.seconds

    def resume(self, path: Path) -> None:
        """Take over the solver's answers from the checkpoint of an earlier run of the same problem."""
        self.truth.restore(evaluations_in(path, self.problem, self.model))

    def fix_resolution(self, feasible: FloatArray) -> None:
        """Solve all flows at the resolution of the given body and the `feasible` start (n,)."""
        self.forces.fix_resolution(self.given, feasible)
        if self.truth is not self.forces:
            self.truth.fix_resolution(self.given, feasible)

    def pause(self) -> None:
        """Raise `Stopped` if the timeout is over."""
        self._stopping.check()

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
        if self.first is None and trial.feasible and self._phase is Phase.SEARCHING:
            self.first = trial
        drag, best = (float(self.weights @ f.drag) for f in (forces, self._best.forces))
        coefficients = self.variables.coefficients(torch.from_numpy(x)[None])[0]
        iterate = Iterate(len(self.history) + 1, drag, best, coefficients, self._phase, trial.value, self.gain())
        self.history.append(iterate)
        self._write(self._best)
        self._stopping.check_after(iterate)

    def gain(self) -> Gain:
        """From `first` to the best body so far that satisfies all constraints, by the model."""
        objective, first, best = self.problem.objective, self.first, self._best
        start = math.nan if first is None else objective.measured(first.value)
        known = math.nan if best is None or not best.feasible else self.predicted_value(best.x)
        return Gain(objective.quantity, start, known)

    def predicted_value(self, x: FloatArray) -> float:
        """The objective's quantity at x (n,), by the model; NaN where it has no answer."""
        forces = self.forces(x)
        return math.nan if forces is None else self.problem.objective.measured(self.program.value(x, forces)[0])

    def _write(self, best: Candidate) -> None:
        if self._checkpoint is None:
            return
        body = self.variables.body_at(best.x, f"{self.problem.body.name}-best-so-far")
        numbers = {
            "value": best.value,
            "drag_coefficient": float(self.weights @ best.forces.drag),
            "violation": best.violation,
            "body": body_to_dict(body),
        }
        evaluations = self.truth.entries() if isinstance(self.truth.model, SolverModel) else []
        with suppress(UnwritableError):  # a full disk leaves the checkpoint before; the run goes on
            write_checkpoint(self._checkpoint, self.problem, self.model, self._phase, numbers, evaluations)
