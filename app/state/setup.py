"""The optimisation that the page is set to, as plain values, and the `Problem` it stands for, in both directions.

A setup is {"objective", "lift", "weight", "rows", "options"}: the objective (`OBJECTIVES`), the lift prescribed where
it is "drag_at_lift", the weight of the first conditions, the constraints (`constraint_rows`), and the options of
`Problem`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from fusiform.app.state.constraint_rows import Row, entry_of, row_of
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
}

Setup = dict[str, Any]


def first_setup() -> Setup:
    """Least drag without constraints, certified by the solver."""
    return {
        "objective": "drag",
        "lift": 0.5,
        "weight": 1.0,
        "rows": [],
        "options": {"certify": True, "starts": 1, "seed": 0},
    }


def problem_of(body: Body, conditions: FlowConditions, setup: Setup, grid: str) -> Problem:
    """The problem, verified on `grid` and ended after `TIMEOUT_SECONDS` at most; `InputError` for bad numbers."""
    rows: list[Row] = setup["rows"]
    points = [{"reynolds": conditions.reynolds, "alpha_deg": conditions.alpha_deg, "weight": setup["weight"]}]
    points += [{k: row[k] for k in ("reynolds", "alpha_deg", "weight")} for row in rows if row["kind"] == "point"]
    constraints = [entry_of(row) for row in rows if row["kind"] != "point"]
    objective = setup["objective"]
    if objective == "drag_at_lift":
        objective = "drag"
        constraints.append({"type": "lift", "minimum": setup["lift"], "maximum": setup["lift"], "point": 0})
    timeout = min(setup["options"].get("timeout", math.inf), TIMEOUT_SECONDS)
    return problem_from(
        {
            "body": body_to_dict(body),
            "points": points,
            "objective": objective,
            "constraints": constraints,
            "options": setup["options"] | {"timeout": timeout, "verify": grid},
        },
        Path(),
    )


def setup_of(problem: Problem) -> Setup:
    """The setup whose problem this is; `InputError` for a problem with functions of the user's own."""
    values = problem.to_dict()
    require(
        values["objective"] in OBJECTIVES,
        f"expected an objective of {', '.join(OBJECTIVES)}, got {values['objective']}; solve such a problem in Python",
    )
    entries = list(values["constraints"])
    objective, lift = values["objective"], 0.5
    prescribed = [c for c in problem.force_constraints if isinstance(c, Lift) and c.equality and c.point == 0]
    if objective == "drag" and prescribed and prescribed[-1] is problem.force_constraints[-1]:
        objective, lift = "drag_at_lift", float(prescribed[-1].minimum or 0.0)
        entries.pop()
    rows = [_clean(row_of(entry)) for entry in entries]
    rows += [_point_row(point) for point in problem.points[1:]]
    options = {k: v for k, v in values["options"].items() if k != "verify"}
    return {
        "objective": objective,
        "lift": lift,
        "weight": problem.points[0].weight,
        "rows": rows,
        "options": options | {"starts": min(problem.starts, MOST_STARTS)},
    }


def _clean(row: Row) -> Row:
    """Numbers as floats, but for counts."""
    return {
        k: float(v) if isinstance(v, int) and not isinstance(v, bool) and k != "point" else v for k, v in row.items()
    }


def _point_row(point: DesignPoint) -> Row:
    there = point.conditions
    return {"kind": "point", "reynolds": there.reynolds, "alpha_deg": there.alpha_deg, "weight": point.weight}
