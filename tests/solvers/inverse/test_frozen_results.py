"""Results do not depend on torch's modes and defaults, and cannot be changed from outside."""

import pickle
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from torch_modes import AROUND

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import DragModel, MinThickness, OptimizationResult, WedgeAngle, minimize_drag


def found_by(surrogate: DragModel) -> OptimizationResult:
    limits = (MinThickness(0.4, at=0.5), WedgeAngle("tail", minimum=60.0))
    return minimize_drag(Body.ellipse(2.0), FlowConditions(10.0), model=surrogate, constraints=limits, verify=None)


@pytest.fixture(scope="module")
def result(surrogate: DragModel) -> OptimizationResult:
    return found_by(surrogate)


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_optima_do_not_depend_on_torchs_modes(
    surrogate: DragModel, result: OptimizationResult, around: Callable[[], AbstractContextManager[object]]
) -> None:
    with around():
        inside = found_by(surrogate)
    assert result.feasible
    assert (inside.fun, inside.x.tolist()) == (result.fun, result.x.tolist())


@pytest.mark.parametrize("name", ["x", "jac"])
def test_arrays_of_a_result_are_read_only(result: OptimizationResult, name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(result, name)[0] = 1.0


def test_the_numbers_and_the_history_of_a_result_are_fixed(result: OptimizationResult) -> None:
    result.provenance["seed"] = 7
    assert result.provenance["seed"] == 0
    coefficients = result.history[-1].coefficients
    before = coefficients.tolist()
    coefficients[0] = 0.9
    assert result.history[-1].coefficients.tolist() == before


def test_a_result_can_be_sent_to_another_process(result: OptimizationResult) -> None:
    again = pickle.loads(pickle.dumps(result))
    assert (again.fun, again.summary()) == (result.fun, result.summary())
