"""The answers of the commands: the numbers of the Python calls, as JSON and for people."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from command_line import COMMON, OPTIMIZE, SOLVED, numbers, run
from tiny import RECIPE

from fusiform.app.results.exported_files import OPTIMUM_FILES
from fusiform.app.results.json_text import json_text
from fusiform.solvers import Body, FlowConditions, SolveOutcome, load_body, solve
from fusiform.solvers.geometry import read_outline
from fusiform.surrogates import load_surrogate


def test_solve_prints_the_numbers_of_the_python_call_as_one_json_object() -> None:
    printed = numbers("solve", "naca2412", "--reynolds", "10", "--alpha-deg", "-3", "--grid", "coarse")
    assert printed.keys() >= SOLVED
    solution = solve(load_body("naca2412"), FlowConditions(10.0, -3.0), grid="coarse")
    for name in ("drag_coefficient", "drag_pressure", "drag_friction", "lift_coefficient"):
        assert printed[name] == pytest.approx(getattr(solution, name), rel=1e-12)
    assert printed["alpha_deg"] == -3.0
    assert printed["converged"] is True


def test_a_tolerance_is_met_by_the_estimated_error() -> None:
    printed = numbers("solve", "ellipse:2", "--reynolds", "20", "--tolerance", "0.02")
    assert (printed["grid"], printed["tolerance"], printed["accurate"]) == ("auto", 0.02, True)
    assert 0.0 < abs(printed["drag_error"]) < 0.02 * printed["drag_coefficient"]


def test_predict_prints_the_surrogates_numbers_and_its_confidence() -> None:
    printed = numbers("predict", "ellipse:2", "--reynolds", "20")
    assert printed.keys() >= COMMON | {"confidence", "drag_bound", "lift_bound", "outside"}
    prediction = load_surrogate().evaluate(load_body("ellipse:2"), FlowConditions(20.0))
    assert printed["drag_coefficient"] == pytest.approx(prediction.drag_coefficient, rel=1e-12)
    assert printed["confidence"] == pytest.approx(prediction.confidence)


def test_bodies_of_revolution_are_answered_and_searched_by_a_model_of_their_own() -> None:
    printed = numbers("predict", "sphere", "--reynolds", "10", "--correct")
    assert (printed["model"], printed["revolution"]) == ("revolution", True)
    assert printed["corrected_drag_coefficient"] == pytest.approx(4.308, rel=3e-4)
    best = numbers("optimize", "sphere", "--reynolds", "10", "--starts", "1", "--grid", "coarse")
    assert best["predicted_drag_coefficient"] == pytest.approx(3.844, rel=3e-3)
    assert best["drag_coefficient"] == pytest.approx(best["predicted_drag_coefficient"], rel=0.01)


def test_a_part_of_a_drawing_is_an_option_of_every_command_with_a_body(tmp_path: Path) -> None:
    drawing = tmp_path / "two.svg"
    drawing.write_text('<svg viewBox="0 0 9 9"><circle id="big" r="2"/><ellipse id="hull" cx="6" rx="2" ry="1"/></svg>')
    chosen = (str(drawing), "--reynolds", "10", "--part")
    for command in (
        ("solve", *chosen, "hull", "--grid", "coarse"),
        ("predict", *chosen, "2"),
        ("optimize", *chosen, "hull", "--max-iterations", "1", "--starts", "1"),
    ):
        printed = numbers(*command)
        assert printed["source"].endswith("element 'hull'")
        assert printed["area"] == pytest.approx(2.0 * np.pi, rel=1e-3)
    assert "Body: closed curve 1 of 2 by area, element 'big'." in run("predict", *chosen[:-1]).stdout
    assert "the elements are 'big', 'hull'" in run("predict", *chosen, "keel").stderr


def test_the_plane_of_a_mesh_is_an_option_of_every_command_with_a_body(tmp_path: Path) -> None:
    mesh = tmp_path / "box.stl"
    mesh.write_bytes(trimesh.creation.box((4.0, 2.0, 1.0)).export(file_type="stl"))
    plane = (str(mesh), "--reynolds", "10", "--axis", "y", "--at", "0.5")
    for command in (
        ("solve", *plane, "--grid", "coarse"),
        ("predict", *plane),
        ("optimize", *plane, "--max-iterations", "1", "--starts", "1"),
    ):
        assert numbers(*command)["source"] == "the section at y = 0.5: the only closed curve"
    assert "y from -1 to 1, got 3" in run("predict", *plane[:-1], "3").stderr


def test_predict_warns_outside_what_the_surrogate_has_learnt() -> None:
    result = run("predict", "circle", "--reynolds", "0.1", "--json")
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert (printed["confidence"], printed["drag_bound"], printed["lift_bound"]) == (0.0, None, None)
    assert printed["outside"] == "Outside the trained range: no bound on the errors (Re 0.1, trained 0.5 to 60)."
    assert printed["outside"] in printed["status"]
    assert printed["outside"] in result.stderr
    table = " ".join(run("predict", "ellipse:0.4", "--reynolds", "53").stdout.split())
    assert "error below" not in table
    assert "no bound on the errors (length over height 0.4, trained 0.7 to 8)" in table


def test_a_correction_is_printed_with_a_bound_on_its_own_error() -> None:
    printed = numbers("predict", "ellipse:2", "--reynolds", "20", "--correct")
    assert 0.0 < printed["corrected_drag_bound"] < 0.003 * printed["corrected_drag_coefficient"]
    assert printed["corrected_lift_bound"] == printed["corrected_lift_coefficient"] == 0.0


def test_a_correction_that_is_no_answer_is_null_with_a_sentence() -> None:
    result = run("predict", "ellipse:0.3", "--reynolds", "53", "--correct", "--json")
    printed = json.loads(result.stdout)
    for name in ("drag_coefficient", "drag_bound", "lift_coefficient", "lift_bound"):
        assert printed[f"corrected_{name}"] is None
    assert "too coarse for this flow; the network's own forces stay the answer" in printed["correction_status"]
    assert printed["correction_status"] in result.stderr


def test_optimize_writes_the_optimum_that_it_reports(tmp_path: Path) -> None:
    model = str(files("fusiform.assets").joinpath("models").joinpath("default"))
    common = ("optimize", "circle", "--reynolds", "20", "--grid", "coarse", "--out", str(tmp_path / "new"))
    printed = numbers(*common, "--model", model)
    assert printed.keys() >= OPTIMIZE
    assert [Path(name).name for name in printed["files"]] == list(OPTIMUM_FILES)
    stored = json.loads((tmp_path / "new" / "result.json").read_text())
    coefficients = torch.complex(*torch.tensor(stored.pop("coefficients"), dtype=torch.float64).T)
    assert stored == printed

    optimum = Body(coefficients)
    verified = solve(optimum, FlowConditions(20.0), grid="coarse").drag_coefficient
    initial = solve(load_body("circle"), FlowConditions(20.0), grid="coarse").drag_coefficient
    assert printed["drag_coefficient"] == pytest.approx(verified, rel=1e-9)
    assert printed["initial_drag_coefficient"] == pytest.approx(initial, rel=1e-9)
    assert printed["reduction_percent"] == pytest.approx(100.0 * (1.0 - verified / initial))
    assert printed["reduction_percent"] > 10.0
    for suffix in (".dat", ".csv"):
        points = read_outline(tmp_path / "new" / f"optimum{suffix}")
        assert np.ptp(points[:, 0]) == pytest.approx(optimum.length, rel=1e-3)
    assert (tmp_path / "new" / "optimum.stl").stat().st_size > 10_000

    again = run(*common)
    assert again.exit_code == 2
    assert "overwrite with --force" in again.stderr
    assert run(*common, "--force", "--max-iterations", "1", "--json").exit_code == 0


def test_optimize_takes_a_problem_file_and_its_own_project_file(tmp_path: Path) -> None:
    problem = tmp_path / "short.toml"
    limit = '[[constraints]]\ntype = "max_length"\nvalue = 1.4\n'
    problem.write_text(f'body = "circle"\nreynolds = 10\n{limit}[options]\nverify = "coarse"\n')
    first = numbers("optimize", str(problem), "--out", str(tmp_path / "out"))
    (report,) = first["constraints"]
    assert report["active"]
    assert report["gain"] > 0.1
    again = numbers("optimize", str(tmp_path / "out" / "project.json"))
    assert again["predicted_drag_coefficient"] == pytest.approx(first["predicted_drag_coefficient"], rel=1e-9)
    flags = numbers("optimize", "circle", "--reynolds", "10", "--max-length", "1.4", "--grid", "coarse")
    assert flags["predicted_drag_coefficient"] == pytest.approx(first["predicted_drag_coefficient"], rel=1e-9)


def test_contradictory_flags_end_with_the_reason_and_exit_code_2() -> None:
    result = run("optimize", "circle", "--reynolds", "10", "--max-length", "1", "--max-height", "0.5")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "fusiform: the constraints contradict each other: a box of 1 x 0.5 holds an area of 0.5, and the body's area, "
        "which is kept, is 0.7854.\n"
    )


def test_constraints_that_no_body_was_found_for_are_violated(tmp_path: Path) -> None:
    problem = tmp_path / "far.toml"
    limit = '[[constraints]]\ntype = "drag"\nvalue = 0.1\n'
    problem.write_text(f'body = "circle"\nreynolds = 20\n{limit}[options]\nverify = "none"\nmax_iterations = 3\n')
    result = run("optimize", str(problem))
    assert result.exit_code == 2
    assert re.search(r"drag coefficient 0\.1: slack -1\.\d+, violated\n", result.stdout)
    assert "relaxing" not in result.stdout
    assert "Gains of constraints" not in result.stdout


def test_a_run_that_its_timeout_stopped_is_resumed_and_not_overwritten(tmp_path: Path) -> None:
    common = ("optimize", "circle", "--reynolds", "10", "--model", "solver", "--grid", "coarse", "--out", str(tmp_path))
    common += ("--starts", "6")
    stopped = run(*common, "--timeout", "0.4")
    assert "the timeout" in stopped.stdout
    assert (tmp_path / "checkpoint.json").exists()
    for name in OPTIMUM_FILES:
        (tmp_path / name).unlink(missing_ok=True)
    assert "without a stopped run" in run(*common).stderr
    resumed = numbers(*common, "--resume")
    assert resumed["success"]
    assert not (tmp_path / "checkpoint.json").exists()


def test_optimize_with_the_solver_as_model() -> None:
    printed = numbers(
        *("optimize", "ellipse:3", "--reynolds", "1", "--model", "solver", "--max-iterations", "1", "--grid", "coarse")
    )
    assert printed["model"] == "solver"
    assert printed["files"] == []
    assert printed["drag_coefficient"] < printed["initial_drag_coefficient"]


def test_people_get_a_table_with_the_conventions_and_progress_on_standard_error() -> None:
    result = run("optimize", "circle", "--reynolds", "20", "--grid", "coarse")
    assert result.exit_code == 0
    assert "evaluation   1   drag " in result.stderr
    assert "evaluation   1" not in result.stdout
    for words in ("d = √(4 A / π)", "C_D of the start", "as the model predicts it", "½ ρ U² d"):
        assert words in result.stdout
    assert "\x1b" not in result.stdout


def test_people_read_what_the_flow_does_and_how_accurate_it_is() -> None:
    table = run("solve", "circle", "--reynolds", "40", "--grid", "coarse").stdout
    for words in ("error of C_D", "front C_p", "base C_p", "recirculation", "-0.500, 0.000", "radial x angular"):
        assert words in table


@pytest.mark.parametrize(("outcome", "exit_code"), [(SolveOutcome.NOT_CONVERGED, 1), (SolveOutcome.INACCURATE, 0)])
def test_a_flow_that_is_not_what_was_asked_for_is_printed_and_told(
    monkeypatch: pytest.MonkeyPatch, outcome: SolveOutcome, exit_code: int
) -> None:
    found = solve(load_body("circle"), FlowConditions(1.0), grid="coarse")
    poor = replace(found, outcome=outcome, status="Less than was asked for.")
    monkeypatch.setattr("fusiform.solvers.solve", lambda *_, **__: poor)
    result = run("solve", "circle", "--reynolds", "1", "--json")
    assert result.exit_code == exit_code
    assert json.loads(result.stdout)["converged"] is (exit_code == 0)
    assert ("separation_points" in result.stdout) is (exit_code == 0)
    assert result.stderr == "fusiform: warning: Less than was asked for.\n"


def test_a_poor_fit_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "thin.csv"
    file.write_text("0,0\n1,0\n1,0.02\n0.51,0.02\n0.5,0.6\n0.49,0.02\n0,0.02\n")
    begin = "solve", str(file), "--reynolds", "1", "--grid", "coarse"
    refused = run(*begin)
    assert refused.exit_code == 2
    assert "expected a body within 0.1 d of the given outline" in refused.stderr
    result = run(*begin, "--max-fit-error", "2")
    assert "warning: the body differs from the given outline by up to" in result.stderr


def test_a_model_is_made_measured_and_used_offline(tmp_path: Path) -> None:
    recipe, data, model = tmp_path / "tiny.toml", str(tmp_path / "data"), str(tmp_path / "model")
    recipe.write_text(RECIPE.format(steps=20))
    made = numbers("dataset", str(recipe), "--out", data, "--workers", "1")
    assert made["failures"] == {"heldout": [], "calibration": [], "train": []}
    trained = run("train", str(recipe), "--method", "supervised", "--data", data, "--out", model, "--workers", "1")
    assert trained.exit_code == 0
    assert "supervised: 20 of 20" in trained.stderr
    measured = numbers("evaluate", model, "--data", data)["tiny"]
    assert measured["heldout"]["cases"] == 3
    assert numbers("predict", "ellipse:2", "--reynolds", "5", "--model", model)["model"] == "tiny"


def test_numbers_that_json_does_not_have_become_null() -> None:
    assert json.loads(json_text({"a": float("nan"), "b": 1.5})) == {"a": None, "b": 1.5}
