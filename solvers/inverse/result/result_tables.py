"""The result in a project file as tables: each field is checked, so that whatever opens can be shown and saved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.ranges import Range
from fusiform.solvers.common.tables import from_table
from fusiform.solvers.geometry.limits import MODES_RANGE
from fusiform.solvers.inverse.problem.body_table import body_from
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.quantities import Gain
from fusiform.solvers.inverse.result.constraint_report import ConstraintReport
from fusiform.solvers.inverse.result.plain_numbers import (
    LONGEST_LIST,
    LONGEST_TEXT,
    checked_provenance,
    checked_verification,
)
from fusiform.solvers.inverse.search.drag_models import ModelKind
from fusiform.solvers.inverse.search.run.iterate import Iterate, Phase
from fusiform.solvers.inverse.search.run.outcome import OptimizationOutcome

MOST_COUNT = 10**9
Count = Annotated[int, Range(0, MOST_COUNT)]


@dataclass(frozen=True)
class GainTable:
    """A gain; None for what is not known."""

    start: float | None
    best: float | None

    def of(self, problem: Problem) -> Gain:
        """The gain of the problem's objective."""
        return Gain(problem.objective.quantity, _or_nan(self.start), _or_nan(self.best))


NO_GAIN = GainTable(None, None)


@dataclass(frozen=True)
class IterateTable:
    """An evaluation."""

    drag_coefficient: float
    best_drag_coefficient: float
    coefficients: tuple[tuple[float, ...], ...]
    phase: Phase
    value: float | None
    evaluation: Annotated[int, Range(1, MOST_COUNT)]
    gain: GainTable = NO_GAIN

    def of(self, problem: Problem) -> Iterate:
        """The evaluation of a search for the optimum of `problem`."""
        low, high = MODES_RANGE
        pairs = self.coefficients
        require(
            low <= len(pairs) <= high and all(len(pair) == 2 for pair in pairs) and _fill(pairs) <= 1.0,
            f"expected the coefficients of a body in the history, as pairs, got {shown(pairs)}; correct them",
        )
        numbers = vars(self) | {"value": _or_nan(self.value), "gain": self.gain.of(problem)}
        return Iterate(**numbers | {"coefficients": torch.tensor([complex(*p) for p in pairs], dtype=torch.complex128)})


@dataclass(frozen=True)
class ReportTable:
    """A constraint at the optimum; the slack is None for a constraint without a limit."""

    description: str
    slack: float | None
    unit: str
    active: bool
    multiplier: float
    gain: float

    def of(self) -> ConstraintReport:
        """The report."""
        return ConstraintReport(**vars(self) | {"slack": math.inf if self.slack is None else self.slack})


@dataclass(frozen=True)
class ResultTable:
    """The fields of a result but its bodies; those that may be missing were not written by version 0.1.0."""

    model: str
    x: tuple[float, ...]
    jac: tuple[float, ...]
    fun: float | None
    predicted_drag_coefficient: float | None
    predicted_initial_drag_coefficient: float | None
    success: bool
    feasible: bool
    stopped: bool
    status: str
    kkt_residual: float | None
    certified: bool
    constraints: tuple[ReportTable, ...]
    history: tuple[IterateTable, ...]
    nfev: Count
    nit: Count
    solver_solves: Count
    seconds: Annotated[float, Range(0.0, 1e9)]
    outcome: OptimizationOutcome | None = None
    model_kind: ModelKind | None = None
    start_violations: tuple[str, ...] = ()
    given_drag_coefficient: float | None = None
    predicted_gain: GainTable = NO_GAIN

    def __post_init__(self) -> None:
        sizes = [len(self.x), len(self.jac), len(self.constraints), len(self.start_violations)]
        require(
            sizes[0] == sizes[1] and max(sizes) <= LONGEST_LIST,
            f"expected as many entries of x as of jac, and at most {LONGEST_LIST} in a list, got {sizes}; correct them",
        )
        drags = (self.predicted_drag_coefficient, self.predicted_initial_drag_coefficient)
        require(
            not self.feasible or all(drags),
            f"expected the drags of start and optimum of a feasible result, other than 0, got {drags}; correct them",
        )
        require(
            len(self.status) <= LONGEST_TEXT and len(self.model) <= LONGEST_TEXT,
            f"expected a status and a model of at most {LONGEST_TEXT} characters, got more; shorten them",
        )

    def known_outcome(self) -> OptimizationOutcome:
        """The outcome; where it was not written, as far as the flags tell."""
        if self.outcome is not None:
            return self.outcome
        if self.success:
            return OptimizationOutcome.CERTIFIED if self.certified else OptimizationOutcome.CONVERGED
        if self.stopped:
            return OptimizationOutcome.STOPPED
        return OptimizationOutcome.NOT_CONVERGED if self.feasible else OptimizationOutcome.INFEASIBLE

    def known_kind(self) -> ModelKind:
        """The kind of the model; where it was not written, by its name: the solver's names begin with `solver`."""
        named = ModelKind.SOLVER if self.model.startswith("solver") else ModelKind.SURROGATE
        return self.model_kind or named


def result_fields(values: Any, problem: Problem, folder: Path) -> dict[str, Any]:
    """The fields of the result of `problem` from their plain values; paths are relative to `folder`."""
    require(isinstance(values, Mapping), f"expected a table for the result, got {shown(values)}; correct it")
    require("body" in values, "expected the body of the result, got none; add it")
    apart = ("body", "start", "verification", "provenance")
    table = from_table(ResultTable, {key: value for key, value in values.items() if key not in apart}, "the result")
    drag = _or_nan(table.predicted_initial_drag_coefficient)
    given = table.given_drag_coefficient
    return vars(table) | {
        "body": body_from(values["body"], folder),
        "start": body_from(values["start"], folder) if "start" in values else problem.body,
        "x": np.array(table.x, dtype=np.float64),
        "jac": np.array(table.jac, dtype=np.float64),
        "fun": _or_nan(table.fun),
        "kkt_residual": _or_nan(table.kkt_residual),
        "predicted_drag_coefficient": _or_nan(table.predicted_drag_coefficient),
        "predicted_initial_drag_coefficient": drag,
        "given_drag_coefficient": drag if given is None else given,
        "predicted_gain": table.predicted_gain.of(problem),
        "constraints": tuple(report.of() for report in table.constraints),
        "history": tuple(iterate.of(problem) for iterate in table.history),
        "outcome": table.known_outcome(),
        "model_kind": table.known_kind(),
        "verification": checked_verification(values.get("verification", {}), len(problem.points)),
        "provenance": checked_provenance(values.get("provenance", {})),
    }


def _fill(pairs: tuple[tuple[float, ...], ...]) -> float:
    """Σ k |a_k|², at most 1 for a body."""
    return sum(k * abs(complex(*pair)) ** 2 for k, pair in enumerate(pairs, 1)) if _are_small(pairs) else math.inf


def _are_small(pairs: tuple[tuple[float, ...], ...]) -> bool:
    return all(abs(number) <= 1.0 for pair in pairs for number in pair)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
