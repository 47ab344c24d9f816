"""Results in files: what survives, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import (
    DesignPoint,
    Lift,
    MaxLength,
    ModelKind,
    OptimizationOutcome,
    OptimizationResult,
    Problem,
    UserConstraint,
    minimize_drag,
    optimize,
)

AT = FlowConditions(10.0)


def test_a_result_survives_its_file(surrogate, tmp_path):
    result = minimize_drag(Body.naca("2412"), AT, model=surrogate, constraints=(MaxLength(0.9),), verify="coarse")
    path = tmp_path / "project.json"
    result.save(path)
    again = OptimizationResult.load(path)
    assert again.fun == result.fun
    assert again.outcome is result.outcome
    assert [it.phase for it in again.history] == [it.phase for it in result.history]
    assert again.problem.to_dict() == result.problem.to_dict()
    torch.testing.assert_close(again.body.coefficients, result.body.coefficients, rtol=0, atol=0)
    np.testing.assert_array_equal(again.x, result.x)
    assert again.constraints == result.constraints
    assert again.summary()["drag_coefficient"] == result.summary()["drag_coefficient"]
    assert len(again.history) == len(result.history)
    result.export(tmp_path / "optimum.dat")
    assert Body.from_file(tmp_path / "optimum.dat").area == pytest.approx(result.body.area, rel=1e-3)
    assert len(result.plot().axes) == 2
    once_more = optimize(again.problem, model=surrogate)
    assert once_more.fun == pytest.approx(result.fun, rel=1e-9)


@pytest.mark.parametrize("content", ["", "{}", '{"problem": {}}', '{"format": 1, "problem": {}, "result": {}}', "[1]"])
def test_a_foreign_project_file_is_refused(tmp_path, content):
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(InputError):
        OptimizationResult.load(tmp_path / "bad.json")


def test_functions_of_the_users_that_do_not_work_are_reported_and_survive_a_file_by_name(surrogate, tmp_path):
    with pytest.raises(InputError, match="return one row a body"):
        minimize_drag(Body.circle(), AT, model=surrogate, constraints=(UserConstraint("flat", lambda z: z.imag[:, 0]),))
    with pytest.raises(InputError, match="correct its function"):
        minimize_drag(Body.circle(), AT, model=surrogate, constraints=(UserConstraint("none", lambda z: z.nothing),))
    with pytest.raises(InputError, match="go into `force_constraints`"):
        Problem(Body.circle(), (DesignPoint(AT),), constraints=(Lift(0.1, 0.1),))
    above = UserConstraint("above -0.3", lambda z: z.imag + 0.3)
    result = minimize_drag(Body.circle(), AT, model=surrogate, constraints=(above,), verify=None)
    assert result.feasible
    result.save(tmp_path / "own.json")
    again = OptimizationResult.load(tmp_path / "own.json")
    assert again.constraints[0].description == "above -0.3"
    assert again.problem.verify is None
    with pytest.raises(InputError, match="function of your own"):
        optimize(again.problem, model=surrogate)


def test_the_kind_of_model_is_kept_and_follows_from_the_name_in_earlier_files(surrogate, tmp_path):
    file = tmp_path / "project.json"
    named_alike = replace(minimize_drag(Body.circle(), AT, model=surrogate, verify=None), model="solver-like")
    named_alike.save(file)
    assert OptimizationResult.load(file).model_kind is ModelKind.SURROGATE
    project = json.loads(file.read_text())
    elements = "solver (4 x 12 elements of degrees 6 and 8)"
    for model, kind in ((elements, ModelKind.SOLVER), ("small", ModelKind.SURROGATE)):
        project["result"].pop("model_kind", None)
        project["result"]["model"] = model
        file.write_text(json.dumps(project))
        assert OptimizationResult.load(file).model_kind is kind


def test_a_file_from_before_outcomes_were_written_is_opened(surrogate, tmp_path):
    file = tmp_path / "project.json"
    for iterations, outcome in ((80, OptimizationOutcome.CONVERGED), (2, OptimizationOutcome.NOT_CONVERGED)):
        result = minimize_drag(Body.circle(), AT, model=surrogate, verify=None, max_iterations=iterations)
        result.save(file)
        project = json.loads(file.read_text())
        assert project["result"].pop("outcome") == outcome.value
        file.write_text(json.dumps(project))
        assert OptimizationResult.load(file).outcome is outcome


def test_an_unknown_outcome_or_phase_is_refused(surrogate, tmp_path):
    file = tmp_path / "project.json"
    minimize_drag(Body.circle(), AT, model=surrogate, verify=None, max_iterations=2).save(file)
    for old, new in (('"not_converged"', '"lost"'), ('"searching"', '"sleeping"')):
        text = file.read_text()
        assert old in text
        (tmp_path / "bad.json").write_text(text.replace(old, new))
        with pytest.raises(InputError, match="missing or wrong"):
            OptimizationResult.load(tmp_path / "bad.json")
