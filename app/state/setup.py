"""The optimisation set up on the page as plain values, and the conversion to a `Problem` and back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from fusiform.app.state.constraint_rows import POINT, Row, entry_of, forms_of, row_of
from fusiform.app.state.revolution_forms import section_row, turned_row
from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.errors import require
from fusiform.solvers.inverse import DesignPoint, Lift, Problem, problem_from
from fusiform.solvers.inverse.problem.body_table import body_to_dict

TIMEOUT_SECONDS = 600.0
MOST_STARTS = 12
OBJECTIVES = {
    "drag": "Least drag",
    "drag_at_lift": "Least drag at a lift",
    "lift_to_drag": "Greatest lift over drag",
    "nearest": "Nearest body with a given drag",
    "terminal_velocity": "Greatest terminal speed",
}
HELD = {"volume": "volume", "wetted_area": "wetted area"}
LIFT_OBJECTIVES = ("drag_at_lift", "lift_to_drag")


@dataclass(frozen=True)
class Setup:
    """An optimisation to set up; by default the least drag without constraints, certified by the solver.

    `objective` is a key of `OBJECTIVES`, `lift` the prescribed lift of "drag_at_lift", `weight` that of the first
    conditions, `best_number` that of "terminal_velocity", `hold` the size that bodies of revolution keep; `rows` are
    the constraints and further conditions (`constraint_rows`); `options` are those of `Problem`.
    Each row has an `id` that names its controls, `next_row` is the next one. `version`: number of changes of the rows
    so far, by which an answer to an older sketch is recognised.
    """

    objective: str = "drag"
    lift: float = 0.5
    best_number: float = 430.0
    hold: str = Problem.hold
    weight: float = 1.0
    rows: tuple[Row, ...] = ()
    options: Mapping[str, Any] = field(default_factory=lambda: {"certify": True, "starts": 1, "seed": 0})
    version: int = 0
    next_row: int = 0

    def with_rows(self, rows: Iterable[Row]) -> Self:
        """The setup with other constraints, one version later."""
        return replace(self, rows=tuple(rows), version=self.version + 1)

    def after(self, earlier: Setup) -> Self:
        """This setup in the place of an `earlier` one: a later version, and rows with ids of their own."""
        rows = [row | {"id": earlier.next_row + place} for place, row in enumerate(self.rows)]
        following = replace(self, version=earlier.version, next_row=earlier.next_row + len(rows))
        return following.with_rows(rows)

    def of_kind(self, *, revolution: bool) -> Self:
        """The setup for bodies of a kind: those of revolution have no lift, and nothing beside their axis."""
        offered = forms_of(revolution=revolution)
        turned = [(turned_row if revolution else section_row)(row) for row in self.rows]
        other = self.with_rows(row for row in turned if row["kind"] in offered)
        if not revolution:
            return replace(other, hold=Problem.hold)
        return replace(other, objective="drag" if self.objective in LIFT_OBJECTIVES else self.objective)


def objectives_of(*, revolution: bool) -> dict[str, str]:
    """The objectives that a kind of body has, with their labels."""
    return {key: label for key, label in OBJECTIVES.items() if not (revolution and key in LIFT_OBJECTIVES)}


def problem_of(body: Body, conditions: FlowConditions, setup: Setup, grid: str) -> Problem:
    """The problem, verified on `grid` and ended after `TIMEOUT_SECONDS` at most; `InputError` for bad numbers."""
    points = [{"reynolds": conditions.reynolds, "alpha_deg": conditions.alpha_deg, "weight": setup.weight}]
    points += [{k: row[k] for k in ("reynolds", "alpha_deg", "weight")} for row in setup.rows if row["kind"] == POINT]
    constraints = [entry_of(row) for row in setup.rows if row["kind"] != POINT]
    objective: str | dict[str, Any] = setup.objective
    if objective == "terminal_velocity":
        objective = {"type": objective, "best_number": setup.best_number}
    if objective == "drag_at_lift":
        objective = "drag"
        constraints.append({"type": "lift", "minimum": setup.lift, "maximum": setup.lift, "point": 0})
    timeout = min(setup.options.get("timeout", math.inf), TIMEOUT_SECONDS)
    return problem_from(
        {
            "body": body_to_dict(body),
            "points": points,
            "objective": objective,
            "hold": setup.hold,
            "constraints": constraints,
            "options": {**setup.options, "timeout": timeout, "verify": grid},
        },
        Path(),
    )


def setup_of(problem: Problem) -> Setup:
    """The setup whose problem this is; `InputError` for a problem with functions of the user's own."""
    values = problem.to_dict()
    entry = values["objective"]
    objective = entry["type"] if isinstance(entry, dict) else entry
    require(
        objective in OBJECTIVES,
        f"expected an objective of {', '.join(OBJECTIVES)}, got {problem.objective.describe()}; solve such a problem "
        "on the command line or in Python",
    )
    entries, lift = list(values["constraints"]), 0.5
    prescribed = [c for c in problem.force_constraints if isinstance(c, Lift) and c.equality and c.point == 0]
    if objective == "drag" and prescribed and prescribed[-1] is problem.force_constraints[-1]:
        objective, lift = "drag_at_lift", float(prescribed[-1].minimum or 0.0)
        entries.pop()
    rows = [_clean(row_of(entry)) for entry in entries]
    rows += [_point_row(point) for point in problem.points[1:]]
    options = {k: v for k, v in values["options"].items() if k != "verify"}
    return Setup(
        objective=objective,
        lift=lift,
        best_number=entry["best_number"] if isinstance(entry, dict) else Setup.best_number,
        hold=problem.hold,
        weight=problem.points[0].weight,
        rows=tuple(rows),
        options=options | {"starts": min(problem.starts, MOST_STARTS)},
    )


def _clean(row: Row) -> Row:
    """Numbers as floats, except counts."""
    return {
        k: float(v) if isinstance(v, int) and not isinstance(v, bool) and k != "point" else v for k, v in row.items()
    }


def _point_row(point: DesignPoint) -> Row:
    conditions = point.conditions
    return {"kind": "point", "reynolds": conditions.reynolds, "alpha_deg": conditions.alpha_deg, "weight": point.weight}
