"""Solutions and optimisations as a session keeps them: without the solver's matrices, with every number."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from fusiform.solvers import Solution
from fusiform.solvers.flow import FlowField
from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.inverse import OptimizationResult, ParetoPoint, Problem
from fusiform.solvers.inverse.pareto import REYNOLDS
from fusiform.solvers.solution import FORCES


@dataclass(frozen=True)
class Answer:
    """Forces and flow without the solver's matrices, light enough to keep for a session; C as in `Solution`, or on the
    d of a held size."""

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
    def of(cls, solution: Solution, held: Held | None = None) -> Answer:
        """The answer in a solution; its coefficients on the d of the size `held`, if given."""
        own = 1.0 if held is None else held.own_size(solution.body)
        kept = {name: getattr(solution, name) for name in cls.__dataclass_fields__}
        return cls(**kept | {name: own**2 * kept[name] for name in FORCES if name in kept})


@dataclass(frozen=True)
class Optimum:
    """An optimisation: its `result` without the solver's matrices, the `project` file, and the solver's answers for
    start and optimum, None if not solved."""

    result: OptimizationResult
    project: bytes
    initial: Answer | None = None
    verified: Answer | None = None

    @classmethod
    def of(cls, result: OptimizationResult) -> Optimum:
        """The part of a result that is kept."""
        initial, verified, held = result.initial, result.verified, result.problem.held
        return cls(
            replace(result, initial=None, verified=None),
            project_bytes(result),
            None if initial is None else Answer.of(initial, held),
            None if verified is None else Answer.of(verified, held),
        )

    @property
    def is_verified(self) -> bool:
        """True if the solver's numbers of start and optimum are known at all design points."""
        return self.result.gain is not self.result.predicted_gain

    def answers(self, problem: Problem) -> bool:
        """True if this is an optimum of `problem`, whose Reynolds number is but a first guess where the body falls."""
        if problem.best_number is not None:
            (point,) = problem.points
            conditions = replace(point.conditions, reynolds=self.result.conditions.reynolds)
            problem = replace(problem, points=(replace(point, conditions=conditions),))
        return self.result.problem.to_dict() == problem.to_dict()


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

    def result(self, number: int) -> OptimizationResult:
        """The result of point `number`, compared with the body that the front began with.

        Where the problem's body violates constraints, that is the start of the first feasible point, since each later
        search begins with the optimum before; but for fronts of other conditions, whose drags are not compared.
        """
        result = self.points[number].result
        if not result.start_violations or not result.feasible or self.over == REYNOLDS:
            return result
        first = self.points[self.feasible[0]].result
        gain = replace(result.predicted_gain, start=first.predicted_gain.start)
        drag = first.predicted_initial_drag_coefficient
        return replace(result, start=first.start, predicted_initial_drag_coefficient=drag, predicted_gain=gain)

    def optimum(self, number: int) -> Optimum:
        """Point `number` as an optimum."""
        return Optimum.of(self.result(number))


def project_bytes(result: OptimizationResult) -> bytes:
    """The bytes that `OptimizationResult.save` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.json"
        result.save(path)
        return path.read_bytes()
