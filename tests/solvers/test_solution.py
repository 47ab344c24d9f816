"""Solutions do not depend on torch's modes and defaults, and their outcome is a value."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
import torch
from torch_modes import AROUND

from fusiform.solvers import Body, FlowConditions, Solution, SolveOutcome, solve

CASES = {
    "half plane": (Body.ellipse(2.0), FlowConditions(10.0)),
    "whole plane": (Body([0.3 + 0.05j, 0.02j]), FlowConditions(10.0, 5.0)),
}


def numbers(solution: Solution) -> dict[str, object]:
    found = {key: value for key, value in solution.summary().items() if key != "seconds"}
    for force in ("drag", "lift"):
        gradient = solution.gradient(force)
        found[force] = (gradient.coefficients.tolist(), gradient.reynolds, gradient.alpha)
    return found


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_solutions_do_not_depend_on_torchs_modes(
    case: tuple[Body, FlowConditions], around: Callable[[], AbstractContextManager[object]]
) -> None:
    expected = numbers(solve(*case, grid="coarse"))
    with around():
        inside = solve(*case, grid="coarse")
        assert numbers(inside) == expected
    assert numbers(inside) == expected


def test_a_solution_from_inference_mode_can_be_differentiated_outside() -> None:
    with torch.inference_mode():
        solution = solve(*CASES["half plane"], grid="coarse")
        _ = solution.field
    assert solution.gradient("lift").alpha > 0.0


def test_the_outcome_is_a_value() -> None:
    solution = solve(*CASES["half plane"], grid="coarse")
    assert (solution.outcome, solution.converged, solution.accurate) == (SolveOutcome.CONVERGED, True, True)
    poor = replace(solution, outcome=SolveOutcome.INACCURATE)
    assert (poor.converged, poor.accurate) == (True, False)
    none = replace(solution, outcome=SolveOutcome.NOT_CONVERGED)
    assert (none.converged, none.accurate) == (False, False)
    assert [outcome.value for outcome in SolveOutcome] == ["converged", "inaccurate", "not_converged"]
