"""Solutions and optimisations as a session keeps them: without the solver's matrices, with every number."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from fusiform.solvers import Body, Solution
from fusiform.solvers.flow import FlowField
from fusiform.solvers.inverse import OptimizationResult, ParetoPoint, Problem


@dataclass(frozen=True)
class Answer:
    """Forces and flow without the solver's matrices, light enough to keep for a session; C as in `Solution`."""

    drag_coefficient: float
    drag_pressure: float
    drag_friction: float
    lift_coefficient: float
    drag_error: float
    converged: bool
    accurate: bool
    status: str
    seconds: float
    field: FlowField

    @classmethod
    def of(cls, solution: Solution) -> Answer:
        """The answer in a solution."""
        kept = {name: getattr(solution, name) for name in cls.__dataclass_fields__}
        return cls(**kept)


@dataclass(frozen=True)
class Optimum:
    """An optimisation from `start`: its `result` without the solver's matrices, the `project` file, and the solver's
    answers for start and optimum, None if not solved. `start_drag` is the model's drag of the start."""

    start: Body
    result: OptimizationResult
    project: bytes
    start_drag: float
    initial: Answer | None = None
    verified: Answer | None = None

    @classmethod
    def of(cls, result: OptimizationResult) -> Optimum:
        """The part of a result that is kept."""
        initial, verified = result.initial, result.verified
        return cls(
            result.problem.body,
            replace(result, initial=None, verified=None),
            project_bytes(result),
            result.predicted_initial_drag_coefficient,
            None if initial is None else Answer.of(initial),
            None if verified is None else Answer.of(verified),
        )

    @property
    def start_coefficient(self) -> float | None:
        """Drag of the start by the solver, weighted over the design points; None if it was not solved."""
        value = self.result.verification.get("weighted_initial_drag_coefficient")
        return None if value is None else float(value)

    @property
    def best_coefficient(self) -> float | None:
        """Drag of the optimum by the solver, weighted over the design points; None if it was not solved."""
        value = self.result.verification.get("weighted_drag_coefficient")
        return None if value is None else float(value)

    @property
    def reduction_percent(self) -> float:
        """Reduction of drag in percent: by the solver if it converged on both, else by the model."""
        start, best = self.start_coefficient, self.best_coefficient
        if start is None or best is None:
            start, best = self.start_drag, self.result.predicted_drag_coefficient
        return 100.0 * (1.0 - best / start) if start else math.nan


@dataclass(frozen=True)
class Front:
    """Optima of `problem` for values of a limit, `over`, as `pareto_front` gives them."""

    problem: Problem
    over: str
    points: tuple[ParetoPoint, ...]

    @property
    def feasible(self) -> list[int]:
        """The numbers of the points whose constraints hold."""
        return [number for number, point in enumerate(self.points) if point.result.feasible]

    @property
    def start_drag(self) -> float:
        """The model's drag of the body that the front began with; NaN if no point is feasible.

        The search of the first feasible point begins with that body, later ones with the optimum before.
        """
        feasible = self.feasible
        return self.points[feasible[0]].result.predicted_initial_drag_coefficient if feasible else math.nan

    def optimum(self, number: int) -> Optimum:
        """Point `number`, compared with the body that the front began with."""
        result = self.points[number].result
        return replace(Optimum.of(result), start=self.problem.body, start_drag=self.start_drag)


def project_bytes(result: OptimizationResult) -> bytes:
    """The bytes that `OptimizationResult.save` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.json"
        result.save(path)
        return path.read_bytes()
