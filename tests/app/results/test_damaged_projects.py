"""Damaged project files: refused in a sentence, or opened so that everything of them can be shown and saved again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusiform.app.drawings.html_report import report
from fusiform.app.edits.design import new_session
from fusiform.app.edits.setup import restore
from fusiform.app.frames.optimise.optimum import constraint_table, gain_definition, optimum_numbers, optimum_words
from fusiform.app.results.json_text import json_text
from fusiform.app.results.kept_results import Optimum, project_bytes
from fusiform.app.results.opened_project import open_project
from fusiform.solvers import FlowConditions, InputError, load_body
from fusiform.solvers.inverse import DesignPoint, MaxLength, Payload, Problem, Rectangle, optimize
from fusiform.surrogates import load_surrogate


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    limits = (MaxLength(0.9), Payload(Rectangle(0.4, 0.02, 0.2, 0.04)))
    points = (DesignPoint(FlowConditions(20.0, 2.0)),)
    asked = Problem(load_body("naca2412"), points, constraints=limits, verify="coarse", max_iterations=3)
    values: dict[str, Any] = json.loads(project_bytes(optimize(asked, model=load_surrogate())))
    values["result"]["history"] = values["result"]["history"][:3]
    return values


def opened(values: Any) -> Optimum | None:
    """The optimum, shown and saved in every way; None where the project was refused in a sentence."""
    try:
        optimum = open_project(json.dumps(values).encode(), "x.json").optimum
    except InputError as error:
        assert len(str(error)) < 3000  # noqa: PT017
        return None
    if optimum is None:
        return None
    assert all(metric.value for metric in optimum_numbers(optimum))
    assert "nan" not in optimum_words(optimum, optimum)
    assert len(constraint_table(optimum)["Slack"]) == len(optimum.result.constraints)
    assert gain_definition(optimum)
    assert report(optimum).startswith("<!doctype html>")
    json_text(optimum.result.summary())
    restore(new_session({}), optimum.result.problem, optimum)
    again = open_project(project_bytes(optimum.result), "x.json").optimum
    assert again is not None
    assert again.result.summary() == optimum.result.summary()
    return optimum


def test_a_whole_project_is_shown_and_saved(project: dict[str, Any]) -> None:
    assert opened(project) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"x": [1.0]},
        {"jac": []},
        {"x": ["a"] * 18},
        {"fun": "2.0"},
        {"predicted_drag_coefficient": None},
        {"predicted_initial_drag_coefficient": 0.0},
        {"nfev": -1},
        {"nfev": 2.5},
        {"seconds": -3.0},
        {"success": 1},
        {"status": None},
        {"status": ["a"]},
        {"constraints": [{}]},
        {"constraints": {}},
        {"history": [{"evaluation": 1}]},
        {"history": 3},
        {"verification": {"drag_coefficient": 2.0}},
        {"verification": []},
        {"provenance": {"torch": ["2"]}},
        {"outcome": "lost"},
        {"model_kind": 3},
        {"predicted_gain": {"start": 1.0}},
        {"start": {"name": "start"}},
        {"start_violations": [1]},
        {"body": None},
        {"foreign": 1},
    ],
)
def test_a_wrong_field_of_a_result_is_refused(project: dict[str, Any], change: dict[str, Any]) -> None:
    assert opened({**project, "result": project["result"] | change}) is None


def test_a_missing_field_of_a_result_is_refused_or_not_needed(project: dict[str, Any]) -> None:
    result = project["result"]
    lost = {key for key in result if opened({**project, "result": {k: v for k, v in result.items() if k != key}})}
    assert lost == {
        "outcome",
        "model_kind",
        "start",
        "start_violations",
        "given_drag_coefficient",
        "predicted_gain",
        "verification",
        "provenance",
    }


def leaves(values: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in nested tables and lists."""
    entries = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    return [path, *(leaf for key, entry in entries for leaf in leaves(entry, (*path, key)))]


ODD = st.sampled_from([None, True, 0, -1, 10**15, 1e-320, 1e308, -1e308, "", "text", [], {}, [[]], [None], {"a": 1}])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), ODD, st.booleans())
def test_any_wrong_value_is_refused_or_shown(project: dict[str, Any], place: int, value: Any, lost: bool) -> None:
    values = json.loads(json.dumps(project))
    paths = [path for path in leaves(values) if path]
    *parents, last = paths[place % len(paths)]
    table = values
    for key in parents:
        table = table[key]
    if lost:
        del table[last]
    else:
        table[last] = value
    opened(values)
