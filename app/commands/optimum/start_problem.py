"""The problem of `fusiform optimize`: that in a file, or a body and its conditions on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusiform.solvers import FlowConditions
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.limits import DEFAULT_MODES, LARGEST_FIT_ERROR
from fusiform.solvers.inverse.problem.project_reader import SUFFIXES

if TYPE_CHECKING:
    from fusiform.solvers.inverse import Problem

DEFAULT_FIT = {
    "modes": DEFAULT_MODES,
    "max_fit_error": LARGEST_FIT_ERROR,
    "part": None,
    "axis": "z",
    "at": None,
    "revolution": False,
}


@dataclass(frozen=True)
class Given:
    """The conditions of the command line: a Reynolds number or a Best number, the incidence, and the size to hold."""

    reynolds: float | None
    best_number: float | None
    alpha_deg: float
    hold: str | None

    def problem_fields(self) -> dict[str, Any]:
        """The fields of a problem, but its body; `InputError` for wrong ones."""
        from fusiform.solvers.inverse.problem.design_points import DesignPoint
        from fusiform.solvers.inverse.problem.problem import Problem, least_reynolds, require_hold
        from fusiform.solvers.inverse.problem.terminal_velocity import TerminalVelocity

        require(
            (self.reynolds is None) != (self.best_number is None),
            "expected a Reynolds number or a Best number, got none or both; give for example --reynolds 10",
        )
        fields: dict[str, Any] = {"hold": self.hold or Problem.hold}
        reynolds = self.reynolds
        if self.best_number is not None:
            fields["objective"] = TerminalVelocity(self.best_number)
            reynolds = max(fields["objective"].likely_reynolds, least_reynolds(fields["hold"]))
        assert reynolds is not None
        conditions = FlowConditions(reynolds, self.alpha_deg)
        require_hold(fields["hold"], [conditions.reynolds])
        return {"points": (DesignPoint(conditions),), **fields}


def start_problem(start: str, given: Given, fit: Mapping[str, Any]) -> Problem:
    """The problem in a file, or of a body and its conditions; `fit` holds the options of `load_body`."""
    if Path(start).suffix.lower() in SUFFIXES:
        require(
            given == Given(None, None, 0.0, None),
            "expected the conditions in the problem file, got --reynolds, --best-number, --hold or --alpha-deg as "
            "well; leave them out",
        )
        require(
            fit == DEFAULT_FIT,
            "expected the body in the problem file, got --modes, --max-fit-error, --part, --axis, --at "
            "or --revolution as well; leave them out",
        )
        from fusiform.solvers.inverse.problem.problem_file import read_problem

        return read_problem(Path(start))
    fields = given.problem_fields()
    from fusiform.solvers import load_body

    body = load_body(start, **fit)
    from fusiform.solvers.inverse import Problem

    return Problem(body, **fields)
