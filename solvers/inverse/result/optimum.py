"""What an optimisation found: the body, its numbers, what each constraint costs, and a file that holds all of it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import write_json
from fusiform.solvers.common.provenance import versions
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.body_table import body_from, body_to_dict
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.problem_file import problem_from
from fusiform.solvers.inverse.problem.project_file import FORMAT, read_project
from fusiform.solvers.inverse.search.variables import Array
from fusiform.solvers.solution import Solution

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Iterate:
    """One evaluation: its number, the drag (weighted over the design points), the best feasible drag so far, the body's
    coefficients (K,), whether it came from the search with the model or from certifying, and the objective's value."""

    evaluation: int
    drag_coefficient: float
    best_drag_coefficient: float
    coefficients: Tensor
    phase: str = "searching"
    value: float = math.nan


@dataclass(frozen=True)
class ConstraintReport:
    """A constraint at the optimum: `slack` in the unit of its limit (≥ 0 where it holds), `active`, its `multiplier`,
    which is ∂objective/∂residual, and `gain`, by how much the objective would fall for relaxing the limit by one
    `unit`, to first order; for a prescribed coefficient, for one that is as much lower or higher as `unit` says."""

    description: str
    slack: float
    unit: str
    active: bool
    multiplier: float
    gain: float


@dataclass(frozen=True)
class OptimizationResult:
    """What `optimize` found.

    SciPy's names: `x` the scaled variables (see `variables.py`), `fun` the objective and `jac` its gradient by the
    model of the last phase, `nfev` evaluations, `nit` iterations, `success`, `message` (= `status`).

    `body` is the best feasible body (the one that lacks least where `feasible` is False); `predicted_drag_coefficient`
    the model's weighted drag for it, `predicted_initial_drag_coefficient` that of the start. `kkt_residual` is that of
    the optimality conditions in scaled variables over the objective at the start, with the solver's gradient where
    the run was to be certified, else with the model's. `initial` and `verified` are solver solutions of start and
    optimum at the first design point (None when not asked for, and after `load`). `verification`: the numbers of
    `verified`, with those of every design point in `points`, the weighted means of start and optimum as
    `weighted_initial_drag_coefficient` and `weighted_drag_coefficient` (None where the solver has no flow), and
    `converged` and `accurate` of all. `seconds` excludes verification.
    """

    problem: Problem
    body: Body
    model: str
    x: Array
    fun: float
    jac: Array
    nfev: int
    nit: int
    predicted_drag_coefficient: float
    predicted_initial_drag_coefficient: float
    success: bool
    feasible: bool
    stopped: bool
    status: str
    kkt_residual: float
    certified: bool
    solver_solves: int
    constraints: tuple[ConstraintReport, ...]
    seconds: float
    history: tuple[Iterate, ...]
    initial: Solution | None = None
    verified: Solution | None = None
    verification: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def conditions(self) -> FlowConditions:
        """The first design point's."""
        return self.problem.points[0].conditions

    @property
    def message(self) -> str:
        return self.status

    @property
    def evaluations(self) -> int:
        """Evaluations in `history`: of the model, and of the solver while certifying."""
        return len(self.history)

    @property
    def reduction_percent(self) -> float:
        """Reduction of the weighted drag in percent of the start's: the solver's where it verified both at all design
        points, else the model's."""
        names = ("weighted_initial_drag_coefficient", "weighted_drag_coefficient")
        start, best = (self.verification.get(name) for name in names)
        if start is None or best is None:
            start, best = self.predicted_initial_drag_coefficient, self.predicted_drag_coefficient
        return 100.0 * (1.0 - best / start)

    def summary(self) -> dict[str, Any]:
        """The numbers with their conventions, ready for JSON; the drag is the verified one, at the first point."""
        return (
            {"initial_drag_coefficient": None}
            | self.verification
            | {
                "body": self.body.name,
                "model": self.model,
                "objective": self.problem.objective.describe(),
                "predicted_drag_coefficient": self.predicted_drag_coefficient,
                "reduction_percent": self.reduction_percent,
                "success": self.success,
                "feasible": self.feasible,
                "status": self.status,
                "certified": self.certified,
                "kkt_residual": self.kkt_residual if math.isfinite(self.kkt_residual) else None,
                "constraints": [asdict(report) for report in self.constraints],
                "evaluations": self.evaluations,
                "solver_solves": self.solver_solves,
                "optimization_seconds": self.seconds,
            }
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write problem and result to one readable JSON file, the project file that `load` and the app open."""
        numbers = {
            name: getattr(self, name)
            for name in (
                "model",
                "fun",
                "nfev",
                "nit",
                "predicted_drag_coefficient",
                "predicted_initial_drag_coefficient",
                "success",
                "feasible",
                "stopped",
                "status",
                "kkt_residual",
                "certified",
                "solver_solves",
                "seconds",
            )
        }
        history = [
            {
                "evaluation": it.evaluation,
                "phase": it.phase,
                "drag_coefficient": it.drag_coefficient,
                "best_drag_coefficient": it.best_drag_coefficient,
                "value": it.value,
                "coefficients": [[a.real, a.imag] for a in it.coefficients.tolist()],
            }
            for it in self.history
        ]
        result = numbers | {
            "body": body_to_dict(self.body),
            "x": self.x.tolist(),
            "jac": self.jac.tolist(),
            "constraints": [asdict(report) for report in self.constraints],
            "verification": self.verification,
            "provenance": self.provenance,
            "history": history,
        }
        write_json(Path(path), _finite({"format": FORMAT, "problem": self.problem.to_dict(), "result": result}))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> OptimizationResult:
        """The result that `save` wrote, without the solver's flows; `InputError` for any other file."""
        file = Path(path)
        return cls.from_project(read_project(file), file.parent)

    @classmethod
    def from_project(cls, values: Mapping[str, Any], folder: Path) -> OptimizationResult:
        """The result in the values of a project file; paths are relative to `folder`."""
        require("result" in values, "expected a project with a result, got a problem alone; optimise it first")
        try:
            return cls(problem=problem_from(values["problem"], folder), **_result_from(values["result"], folder))
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"expected a whole project, got one where something is missing or wrong ({error}); save it again"
            ) from error

    def export(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the body, or for .vts the verified flow, by the suffix of `path`: see `geometry.export_body`."""
        from fusiform.solvers.export import export_body

        field = None if self.verified is None else self.verified.field
        export_body(self.body, path, field=field if Path(path).suffix.lower() == ".vts" else None, **options)

    def plot(self) -> Figure:
        """Start and optimum, and the drag over the evaluations, as a matplotlib figure (extra `plot`)."""
        from fusiform.solvers.inverse.result.plotting import result_figure

        return result_figure(self)


def provenance_of(problem: Problem) -> dict[str, Any]:
    """What a later reader needs to get the same numbers: versions and the seed."""
    return {**versions(), "seed": problem.seed}


def _result_from(values: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    import numpy as np

    kept = dict(values)
    kept["body"] = body_from(kept["body"], folder)
    kept["x"], kept["jac"] = (np.array(kept[name], dtype=np.float64) for name in ("x", "jac"))
    kept["constraints"] = tuple(ConstraintReport(**report) for report in kept["constraints"])
    kept["history"] = tuple(
        Iterate(**{**it, "coefficients": torch.view_as_complex(torch.tensor(it["coefficients"], dtype=torch.float64))})
        for it in kept["history"]
    )
    for name in ("fun", "kkt_residual", "predicted_drag_coefficient", "predicted_initial_drag_coefficient"):
        kept[name] = math.nan if kept[name] is None else float(kept[name])
    return kept


def _finite(value: Any) -> Any:
    """The same with None for NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
