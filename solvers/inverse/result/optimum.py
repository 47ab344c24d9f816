"""The result of an optimisation: the body, its numbers, the price of each constraint, and the outcome."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.frozen import frozen_copy, read_only
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.export import export_body
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.objectives import Drag
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.project_reader import read_project
from fusiform.solvers.inverse.problem.quantities import Gain
from fusiform.solvers.inverse.result.constraint_report import ConstraintReport
from fusiform.solvers.inverse.result.plotting import result_figure
from fusiform.solvers.inverse.result.project_file import result_from, write_result
from fusiform.solvers.inverse.search.drag_models import ModelKind
from fusiform.solvers.inverse.search.run.iterate import Iterate
from fusiform.solvers.inverse.search.run.outcome import OptimizationOutcome
from fusiform.solvers.solution import Solution, known_or_none

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class OptimizationResult:
    """The result of `optimize`.

    Attributes
    ----------
    problem : Problem
        The given problem; that of a body that falls with its terminal Reynolds number at the design point.
    body : Body
        The best feasible body; the one that violates least where `feasible` is False.
    model : str
        Name of the drag model.
    model_kind : ModelKind
        The flow solver or a surrogate.
    x : ndarray, shape (n,), read-only
        The scaled variables, see `search/variables.py`.
    fun, jac : float, ndarray (n,)
        The objective and its gradient (read-only), by the solver if it certified, otherwise by the model.
    nfev, nit : int
        Evaluations of model and solver, and iterations of the search.
    predicted_drag_coefficient, predicted_initial_drag_coefficient : float
        The model's weighted drag of the optimum and of the start.
    start : Body
        The body that gains are measured against: the problem's, or the first that satisfies all constraints.
    start_violations : tuple of str
        The constraints that the problem's body violates, in words; empty where it is the start.
    given_drag_coefficient : float
        The model's weighted drag of the problem's body.
    predicted_gain : Gain
        The objective's quantity at start and optimum, by the model, as during the search.
    outcome : OptimizationOutcome
        The outcome of the run.
    success, feasible, stopped, certified : bool
        True if the optimality conditions hold as required; if the body satisfies all constraints; if callback or
        timeout ended the run; if the optimality conditions hold with the solver's gradient.
    status : str
        The outcome as a sentence, also as `message`.
    kkt_residual : float
        Residual of the optimality conditions, in scaled variables, over the objective's size at the start.
    solver_solves : int
        Steady flows solved, those of the verification among them.
    constraints : tuple of ConstraintReport
        Slack and price of each constraint.
    seconds : float
        Wall clock without the verification.
    history : tuple of Iterate
        All evaluations.
    verification : dict
        The numbers of `verified`; those of every design point in `points`; of start and optimum the weighted drags
        `weighted_initial_drag_coefficient` and `weighted_drag_coefficient`, and the objective's quantity,
        `initial_value` and `value` (None where the solver has no flow); `converged` and `accurate`, True if all are.
    provenance : dict
        Versions and seed.
    initial, verified : Solution or None
        The solver's flows past start and optimum at the first design point; None without verification or after `load`.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import minimize_drag
    >>> from fusiform.surrogates import load_surrogate
    >>> result = minimize_drag(Body.circle(), FlowConditions(10.0), model=load_surrogate(), verify=None)
    >>> result.outcome.value, result.success
    ('converged', True)
    >>> round(result.fun, 2), round(result.reduction_percent), result.gain.describe()
    (2.39, 13, 'drag falls by 13.3 %')
    """

    problem: Problem
    body: Body
    model: str
    model_kind: ModelKind
    x: FloatArray
    fun: float
    jac: FloatArray
    nfev: int
    nit: int
    predicted_drag_coefficient: float
    predicted_initial_drag_coefficient: float
    start: Body
    start_violations: tuple[str, ...]
    given_drag_coefficient: float
    predicted_gain: Gain
    outcome: OptimizationOutcome
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
    verification: dict[str, Any] = frozen_copy()  # noqa: RUF009, descriptors without state
    provenance: dict[str, Any] = frozen_copy()  # noqa: RUF009
    initial: Solution | None = None
    verified: Solution | None = None

    def __post_init__(self) -> None:
        for name in ("x", "jac"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def conditions(self) -> FlowConditions:
        """Conditions of the first design point."""
        return self.problem.points[0].conditions

    @property
    def message(self) -> str:
        """SciPy's name of `status`."""
        return self.status

    @property
    def evaluations(self) -> int:
        """Evaluations in `history`: of the model, and of the solver while certifying."""
        return len(self.history)

    @property
    def gain(self) -> Gain:
        """`predicted_gain`, but by the solver where it verified start and optimum at all design points."""
        values = [self.verification.get(name) for name in ("initial_value", "value")]
        if values[0] is None or values[1] is None:
            return self.predicted_gain
        return Gain(self.predicted_gain.quantity, values[0], values[1])

    @property
    def reduction_percent(self) -> float:
        """Reduction of the weighted drag in percent of the start's: the solver's where it verified both at all design
        points, otherwise the model's; NaN for a body that violates constraints."""
        if not self.feasible:
            return math.nan
        names = ("weighted_initial_drag_coefficient", "weighted_drag_coefficient")
        start, best = (self.verification.get(name) for name in names)
        if start is None or best is None:
            start, best = self.predicted_initial_drag_coefficient, self.predicted_drag_coefficient
        return 100.0 * (1.0 - best / start)

    def report_of(self, constraint: Constraint) -> ConstraintReport | None:
        """The report of a constraint of `problem`; None for `Symmetry`, which has no limit, and without an optimum."""
        limits = (c for c in (*self.problem.constraints, *self.problem.force_constraints) if not c.imposes_symmetry)
        return next((report for c, report in zip(limits, self.constraints, strict=False) if c is constraint), None)

    def summary(self) -> dict[str, Any]:
        """The numbers with their conventions, ready for JSON; the drag is the verified one, at the first point.

        `start_value`, `best_value` and `gain_percent` are those of the search, by the model; the same with `solver_`
        before the name are the solver's, None where it did not verify both bodies. `reduction_percent` is None for
        other objectives than the drag.
        """
        quantity = self.predicted_gain.quantity
        return (
            {"initial_drag_coefficient": None}
            | self.verification
            | {
                "body": self.body.name,
                "start_fit_error": self.problem.body.fit_error,
                "source": self.problem.body.source or None,
                "model": self.model,
                "objective": self.problem.objective.describe(),
                "held": self.problem.held.value,
                "predicted_drag_coefficient": self.predicted_drag_coefficient,
                "reduction_percent": known_or_none(self.reduction_percent)
                if self.problem.objective == Drag()
                else None,
                "quantity": quantity.noun,
                "symbol": quantity.symbol,
                "change": quantity.change,
                **_numbers("", self.predicted_gain),
                **_numbers("solver_", None if self.gain is self.predicted_gain else self.gain),
                "given_drag_coefficient": known_or_none(self.given_drag_coefficient),
                "start_violations": list(self.start_violations),
                "outcome": self.outcome.value,
                "success": self.success,
                "feasible": self.feasible,
                "status": self.status,
                "certified": self.certified,
                "kkt_residual": known_or_none(self.kkt_residual),
                "constraints": [asdict(report) for report in self.constraints],
                "evaluations": self.evaluations,
                "solver_solves": self.solver_solves,
                "optimization_seconds": self.seconds,
            }
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write problem and result to one readable JSON file, the project file that `load` and the app open."""
        left_out = ("problem", "initial", "verified")
        fields = {name: value for name, value in vars(self).items() if name not in left_out}
        write_result(Path(path), self.problem, fields)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> OptimizationResult:
        """The result that `save` wrote, without the solver's flows; `InputError` for any other file."""
        file = Path(path)
        return cls.from_project(read_project(file), file.parent, file.name)

    @classmethod
    def from_project(cls, values: Mapping[str, Any], folder: Path, name: str) -> OptimizationResult:
        """The result in the values of the project file `name`; paths are relative to `folder`."""
        return result_from(values, folder, name, cls)

    def export(
        self,
        path: str | os.PathLike[str],
        *,
        unit: str = "m",
        chord: float | None = None,
        span: float | None = None,
    ) -> None:
        """Write the body, or for .vts the verified flow, by the suffix of `path`: see `export_body`."""
        flow = None if self.verified is None else self.verified.field
        field = flow if Path(path).suffix.lower() == ".vts" else None
        export_body(self.body, path, unit=unit, chord=chord, span=span, field=field)

    def plot(self) -> Figure:
        """Start and optimum, and the drag over the evaluations, as a matplotlib figure (extra `plot`)."""
        return result_figure(self.problem, self.body, self.model, self.history)


def _numbers(prefix: str, gain: Gain | None) -> dict[str, float | None]:
    """The numbers of a gain in a summary."""
    values = {"start_value": math.nan, "best_value": math.nan, "gain_percent": math.nan}
    if gain is not None:
        values = {"start_value": gain.start, "best_value": gain.best, "gain_percent": gain.percent}
    return {prefix + name: known_or_none(value) for name, value in values.items()}
