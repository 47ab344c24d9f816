"""Problem files: the examples run, and wrong entries are refused in one sentence."""

import json
import math
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from fusiform.solvers import InputError
from fusiform.solvers.inverse import SolverModel, optimize, problem_from
from fusiform.solvers.inverse.problem.body_table import body_from, body_to_dict
from fusiform.solvers.inverse.problem.problem_file import read_problem
from fusiform.solvers.inverse.problem.project_reader import parse_project
from fusiform.surrogates import load_surrogate

EXAMPLES = sorted(Path(str(files("fusiform.assets").joinpath("problems"))).glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_reaches_an_optimum(path):
    problem = replace(read_problem(path), verify=None)
    result = optimize(problem, model=SolverModel(modes=6) if problem.body.revolution else load_surrogate())
    assert result.success, result.status
    assert result.feasible
    assert result.certified is problem.certify
    assert all(report.slack > -1e-3 for report in result.constraints)


def test_a_problem_survives_its_values():
    for path in EXAMPLES:
        problem = read_problem(path)
        assert problem_from(problem.to_dict(), path.parent).to_dict() == problem.to_dict()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a body"),
        ('body = "circle"', "either reynolds or"),
        ('body = "circle"\nreynolds = 10\n[[points]]\nreynolds = 3', "either reynolds or"),
        ('body = "circle"\nreynolds = 1e9', "Reynolds number between"),
        ('body = "circle"\nreynolds = "fast"', "reynolds of a design point to be a number"),
        ('body = "cube"\nreynolds = 10', "expected circle, ellipse:2"),
        ("body = 3\nreynolds = 10", "expected a body as a name"),
        ('body = "circle"\nreynolds = 10\ncolour = "red"', "got colour"),
        ('body = "circle"\nreynolds = 10\nobjective = "beauty"', "expected an objective of"),
        ('body = "circle"\nreynolds = 10\nconstraints = 3', "to be tables"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\nvalue = 1.0', "expected a constraint type"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "max_length"', "got none of value"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "max_length"\nvalue = true', "to be a number"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "max_length"\nvalue = -1', "positive length"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "max_length"\nvalue = 1\nunit = "m"', "got unit"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "payload"\nshape = "star"', "expected a shape of"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "payload"\nx = 1.0', "expected rectangle with"),
        ('body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "lift"', "bounds of the lift"),
        (
            'body = "circle"\nreynolds = 10\n[[constraints]]\ntype = "lift"\nminimum = 1.0\npoint = 4',
            "design point of 0",
        ),
        ('body = "circle"\nreynolds = 10\n[options]\nstarts = 0', "at least one start"),
        ('body = "circle"\nreynolds = 10\n[options]\nstarts = 1.5', "to be a whole number"),
        ('body = "circle"\nreynolds = 10\n[options]\nverify = "perfect"', "expected a grid of"),
        ('body = "circle"\nreynolds = 10\n[options]\ntimeout = -1', "positive timeout"),
        ("body = ", "readable problem file"),
    ],
)
def test_a_problem_without_sense_is_refused_in_one_sentence(tmp_path, text, words):
    path = tmp_path / "problem.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        read_problem(path)
    assert "\n" not in str(caught.value)


def test_a_problem_may_choose_a_part_of_a_drawing(tmp_path):
    drawing = '<svg viewBox="0 0 9 9"><circle r="2"/><ellipse id="hull" cx="6" rx="2" ry="1"/></svg>'
    (tmp_path / "two.svg").write_text(drawing)
    for part in ("hull", 2):
        problem = problem_from({"body": {"file": "two.svg", "part": part}, "reynolds": 10}, tmp_path)
        assert problem.body.area == pytest.approx(2.0 * math.pi, rel=1e-3)
        again = body_from(body_to_dict(problem.body), tmp_path)
        assert again.source == problem.body.source != ""
    with pytest.raises(InputError, match=r"expected the keys file, modes, .*part.* in a body, got layer"):
        problem_from({"body": {"file": "two.svg", "layer": "hull"}, "reynolds": 10}, tmp_path)


def test_a_problem_may_choose_the_fit_of_a_file(tmp_path):
    (tmp_path / "box.csv").write_text("0,0\n2,0\n2,1\n1,1\n0,1\n")
    rough = problem_from({"body": {"file": "box.csv", "modes": 4}, "reynolds": 10}, tmp_path).body
    assert rough.modes == 4
    with pytest.raises(InputError, match=r"expected a body within 0\.001 d of the given outline, got one with 4 modes"):
        problem_from({"body": {"file": "box.csv", "modes": 4, "max_fit_error": 0.001}, "reynolds": 10}, tmp_path)


def test_a_problem_keeps_the_kind_of_its_body(tmp_path):
    (tmp_path / "cone.csv").write_text("x,r\n0,0\n2,1\n")
    body = problem_from({"body": {"file": "cone.csv", "revolution": True}, "reynolds": 10}, tmp_path).body
    assert body.revolution
    again = body_from(body_to_dict(body), tmp_path)
    assert again.revolution
    assert (again.volume, again.source) == (body.volume, body.source)
    assert "revolution" not in body_to_dict(body.section())
    with pytest.raises(InputError, match=r"expected .*revolution"):
        body_from(body_to_dict(body) | {"revolution": "yes"}, tmp_path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="ending in"):
        read_problem(tmp_path / "problem.yaml")
    with pytest.raises(InputError, match="readable problem file"):
        read_problem(tmp_path / "missing.toml")


PROBLEM = {"body": "circle", "reynolds": 10}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"problem": PROBLEM}, None),
        ({"format": 1, "problem": PROBLEM, "result": {}}, None),
        ({"format": 2, "problem": PROBLEM}, "format 1, got 2"),
        ({"problem": PROBLEM, "result": {}}, "format 1, got None"),
        ({"format": 1}, "with a problem"),
        ([], "with a problem"),
    ],
)
def test_a_project_file_is_of_the_present_format_and_one_with_a_result_says_so(values, expected):
    content = json.dumps(values).encode()
    if expected is None:
        assert parse_project(content, "x.json") == values
    else:
        with pytest.raises(InputError, match=expected):
            parse_project(content, "x.json")


def test_a_problem_file_is_read_as_the_problem_of_a_project():
    assert parse_project(b'body = "circle"\nreynolds = 10', "X.TOML") == {"problem": PROBLEM}
