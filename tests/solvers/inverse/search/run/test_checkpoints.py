"""Checkpoints: whole ones resume a run, and damaged or foreign ones are refused in a sentence."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import DesignPoint, Problem, SolverModel
from fusiform.solvers.inverse.search.run.checkpoint import evaluations_in, write_checkpoint
from fusiform.solvers.inverse.search.run.iterate import Phase

PROBLEM = Problem(Body.circle(), (DesignPoint(FlowConditions(10.0)), DesignPoint(FlowConditions(20.0))))
MODEL = SolverModel(modes=3)
ENTRY = {"x": [0.1, 0.0, 0.2], "drag": [2.5, 1.9], "lift": [0.0, 0.0], "confidence": [1.0, 1.0]}
ENTRY |= {name: np.zeros((2, 3)).tolist() for name in ("drag_slope", "lift_slope", "confidence_slope")}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "checkpoint.json"
    write_checkpoint(path, PROBLEM, MODEL, Phase.SEARCHING, {"value": 2.2}, [ENTRY, ENTRY])
    return path


def test_a_checkpoint_is_read_as_it_was_written(file):
    assert evaluations_in(file, PROBLEM, MODEL) == [ENTRY, ENTRY]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
def test_a_cut_checkpoint_is_refused_and_stays(file, tmp_path, share):
    content = file.read_bytes()
    cut = tmp_path / "checkpoint.json"
    cut.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"checkpoint.json, which cannot be read .*; start without resuming"):
        evaluations_in(cut, PROBLEM, MODEL)
    assert cut.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", [0.1, 0.0]),
        ("x", "abc"),
        ("drag", [2.5]),
        ("drag", [2.5, None]),
        ("drag", [2.5, "1.9"]),
        ("drag", [True, False]),
        ("drag_slope", [[0.0, 0.0, 0.0]]),
        ("drag_slope", [[0.0, 0.0, 0.0], [0.0, 0.0]]),
        ("lift_slope", {}),
        ("more", 1.0),
    ],
)
def test_a_damaged_evaluation_is_refused_in_a_sentence(file, tmp_path, name, value):
    content = json.loads(file.read_text())
    content["evaluations"][1][name] = value
    (tmp_path / "checkpoint.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match="got something else as number 2; start without resuming"):
        evaluations_in(tmp_path / "checkpoint.json", PROBLEM, MODEL)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.sampled_from('0"[]{},:-e.x\n'), st.booleans())
def test_a_checkpoint_with_a_wrong_character_is_refused_or_read(file, tmp_path, place, character, inserted):
    text = file.read_text()
    place %= len(text)
    (tmp_path / "c.json").write_text(text[:place] + character + text[place + (not inserted) :])
    try:
        evaluations = evaluations_in(tmp_path / "c.json", PROBLEM, MODEL)
    except InputError:
        return
    assert len(evaluations) == 2
