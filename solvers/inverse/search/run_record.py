"""One run of the optimiser: its models, its clock, its record, and what it leaves on disk."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import write_json
from fusiform.solvers.inverse.problem.body_table import body_to_dict
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.project_file import FORMAT, read_project
from fusiform.solvers.inverse.result.optimum import Iterate
from fusiform.solvers.inverse.search.drag_models import DragModel, SolverModel
from fusiform.solvers.inverse.search.evaluations import ForceModel, Forces
from fusiform.solvers.inverse.search.slsqp import FEASIBLE, Found, Program, Stopped, better
from fusiform.solvers.inverse.search.variables import Array, Variables

Callback = Callable[[Iterate], bool | None]
LIMITS = ("max_iterations", "timeout", "verify")  # options that may differ between a run and its resumption


class Run:
    """The run of `problem`; `forces` asks the model, `truth` the solver (the same where the model is the solver).

    Every evaluation is recorded, judged by the problem's own objective and constraints whatever a search minimises,
    told to the callback, and written to the checkpoint with the best body and all that the solver has answered.
    """

    def __init__(
        self,
        problem: Problem,
        model: DragModel,
        variables: Variables,
        origin: Array,
        callback: Callback | None,
        checkpoint: Path | None,
    ) -> None:
        self.problem, self.model, self.variables = problem, model, variables
        weights = np.array([p.weight for p in problem.points])
        self.weights: Array = weights / weights.sum()
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
        self.reason = "on request"
        self._phase = "searching"
        self._best: Found | None = None
        self._callback, self._checkpoint = callback, checkpoint
        self._ends = None if problem.timeout is None else time.monotonic() + problem.timeout

    def resume(self, path: Path) -> None:
        """Take over what the solver answered in an earlier run of the same problem."""
        values = read_project(path)
        same = _asked(values["problem"]) == _asked(self.problem.to_dict()) and values.get("model") == self._model()
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
        """Begin a phase, whose bests count by themselves: another model speaks, or constraints were tightened."""
        self._phase, self._best = phase, None

    def forget_best(self) -> None:
        """The constraints were tightened: what was best may be no more."""
        self._best = None

    def nearest(self, found: Found) -> Found:
        """`found` if it is feasible, or the body seen on the way that lacks less."""
        best = self._best
        if best is None or found.violation <= FEASIBLE or not better(best, found):
            return found
        return replace(best, iterations=found.iterations, message=found.message, stopped=found.stopped)

    def seen(self, x: Array, forces: Forces, value: float) -> None:
        """Record an evaluation; `Stopped` where the callback asks for it or the time is over."""
        value = self.program.value(x, forces)[0]
        trial = Found(x.copy(), value, forces, self.program.violation(x, forces))
        if self._best is None or better(trial, self._best):
            self._best = trial
        drag, best = (float(self.weights @ f.drag) for f in (forces, self._best.forces))
        coefficients = self.variables.coefficients(torch.from_numpy(x)[None])[0]
        iterate = Iterate(len(self.history) + 1, drag, best, coefficients, self._phase, value)
        self.history.append(iterate)
        self._write()
        if self._callback is not None and self._callback(iterate):
            raise Stopped(self.reason)
        self.pause()

    def _model(self) -> dict[str, Any]:
        return {"name": self.model.name, "modes": self.model.modes}

    def _write(self) -> None:
        best = self._best
        if self._checkpoint is None or best is None:
            return
        body = self.variables.body_at(best.x, f"{self.problem.body.name}-best-so-far")
        content = {
            "format": FORMAT,
            "problem": self.problem.to_dict(),
            "model": self._model(),
            "phase": self._phase,
            "best": {
                "value": best.value,
                "drag_coefficient": float(self.weights @ best.forces.drag),
                "violation": best.violation,
                "body": body_to_dict(body),
            },
            "evaluations": self.truth.remembered() if isinstance(self.truth.model, SolverModel) else [],
        }
        write_json(self._checkpoint, content)


def _asked(problem: dict[str, Any]) -> dict[str, Any]:
    """The problem without the options that only limit the run."""
    options = {key: value for key, value in problem.get("options", {}).items() if key not in LIMITS}
    return problem | {"options": options}
