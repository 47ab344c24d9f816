"""Numbers of NumPy are numbers: whatever takes them can be saved and written as JSON."""

import json

import numpy as np
import pytest

from fusiform.solvers import Body, FlowConditions, InputError, load_body, solve
from fusiform.solvers.inverse import DesignPoint, MaxLength, OptimizationResult, Payload, Problem, Rectangle, optimize

BODY = Body([0.1], np.float32(2.0), fit_error=np.float16(0.5), origin=np.complex64(1 + 2j))
CONDITIONS = FlowConditions(np.float32(10.0), np.int64(0))


def test_a_result_of_numpy_numbers_is_saved_and_opened(surrogate, tmp_path):
    box = Payload(Rectangle(np.float32(1.0), np.int32(2), np.float32(0.5), np.float32(0.25)), clearance=np.float32(0.0))
    problem = Problem(
        BODY,
        (DesignPoint(CONDITIONS, np.float32(2.0)),),
        constraints=(MaxLength(np.float32(3.0)), box),
        max_iterations=np.int64(2),
        seed=np.uint8(1),
        tolerance=np.float32(1e-3),
        verify=None,
    )
    result = optimize(problem, model=surrogate, checkpoint=tmp_path / "checkpoint.json")
    result.save(tmp_path / "project.json")
    again = OptimizationResult.load(tmp_path / "project.json").problem
    assert again.to_dict() == problem.to_dict() == json.loads(json.dumps(problem.to_dict()))
    assert json.loads(json.dumps(result.summary()))["start_fit_error"] == pytest.approx(0.5, abs=1e-3)


def test_a_flow_and_a_prediction_of_numpy_numbers_are_json(surrogate):
    for answer in (solve(BODY, CONDITIONS, grid="coarse"), surrogate.evaluate(BODY, CONDITIONS)):
        assert json.loads(json.dumps(answer.summary()))["reynolds"] == 10.0


def test_a_float_for_a_whole_number_is_shown_as_one(tmp_path):
    with pytest.raises(InputError, match=r"expected 1 to 64 modes, got 16\.0;"):
        load_body("circle", modes=16.0)
    drawing = tmp_path / "one.svg"
    drawing.write_text('<svg viewBox="0 0 9 9"><circle r="2"/></svg>')
    assert load_body(str(drawing), part=np.int64(1)).fineness == pytest.approx(1.0, abs=1e-4)
    with pytest.raises(InputError, match=r"the name or the number of a part, got 1\.0;"):
        load_body(str(drawing), part=1.0)
