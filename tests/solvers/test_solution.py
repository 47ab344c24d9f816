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


@pytest.fixture(scope="module")
def usual() -> dict[str, Solution]:
    return {name: solve(*case, grid="coarse") for name, case in CASES.items()}


def numbers(solution: Solution) -> tuple[list[float], dict[str, object]]:
    """All numbers of a solution, and its words; times left out."""
    summary = {key: value for key, value in solution.summary().items() if key != "seconds"}
    words = {key: value for key, value in summary.items() if not isinstance(value, float)}
    values = [value for value in summary.values() if isinstance(value, float)]
    for force in ("drag", "lift"):
        gradient = solution.gradient(force)
        parts = torch.view_as_real(gradient.coefficients).flatten().tolist()
        values += [*parts, gradient.reynolds, gradient.alpha]
    return values, words


def same(one: tuple[list[float], dict[str, object]], two: tuple[list[float], dict[str, object]]) -> bool:
    """To rounding: LAPACK does not repeat itself to the last bit, and lists of points are words here."""
    return one[0] == pytest.approx(two[0], rel=1e-9, abs=1e-12) and one[1].keys() == two[1].keys()


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("case", CASES, ids=CASES)
def test_solutions_do_not_depend_on_torchs_modes(
    case: str, around: Callable[[], AbstractContextManager[object]], usual: dict[str, Solution]
) -> None:
    with around():
        inside = solve(*CASES[case], grid="coarse")
        assert same(numbers(inside), numbers(usual[case]))
    assert same(numbers(inside), numbers(usual[case]))
    assert inside.status == usual[case].status


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


def test_a_printed_solution_has_its_numbers_without_the_unknowns_of_the_flow(usual: dict[str, Solution]) -> None:
    printed = repr(usual["half plane"])
    assert f"drag_coefficient={usual['half plane'].drag_coefficient!r}" in printed
    assert len(printed) < 2000
