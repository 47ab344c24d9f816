"""Project files and reports: what is saved opens again as it was, and what is no project is one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, SECONDS, healthy, metric

from fusiform.app.drawings.html_report import report
from fusiform.app.frames.shared import formatting
from fusiform.app.results.kept_results import Optimum, project_bytes
from fusiform.app.results.opened_project import MOST_MEGABYTES, open_project, problem_bytes
from fusiform.app.state import session
from fusiform.solvers import FlowConditions, InputError, load_body
from fusiform.solvers.inverse import DesignPoint, MaxLength, Payload, Problem, Rectangle, optimize
from fusiform.solvers.inverse.problem.problem_file import read_problem
from fusiform.surrogates import load_surrogate

PROBLEMS = Path(str(files("fusiform.assets").joinpath("problems")))


@pytest.fixture(scope="module")
def optimum() -> Optimum:
    asked = Problem(
        load_body("naca2412"),
        (DesignPoint(FlowConditions(20.0, 2.0)),),
        constraints=(MaxLength(0.9), Payload(Rectangle(0.4, 0.02, 0.2, 0.04))),
        verify="coarse",
    )
    return Optimum.of(optimize(asked, model=load_surrogate()))


@pytest.fixture
def page() -> Iterator[AppTest]:
    at = AppTest.from_file(PAGE, default_timeout=SECONDS).run()
    yield at
    assert at.session_state["session"].job is None


def opened(at: AppTest, name: str, content: bytes) -> AppTest:
    return healthy(at.file_uploader("project_0").upload(name, content, "application/json").run())


def test_a_project_opens_with_body_conditions_constraints_and_result(page: AppTest, optimum: Optimum) -> None:
    opened(page, "mine.json", optimum.project)
    assert not page.error
    assert (page.session_state["session"].section, page.session_state["session"].step) == (
        session.Section.OPTIMISE,
        session.Step.OPTIMUM,
    )
    result = optimum.result
    assert metric(page, "Optimum") == formatting.coefficient(result.verification["drag_coefficient"])
    assert metric(page, "Reduction") == f"{optimum.result.reduction_percent:.1f} %"
    assert page.number_input("reynolds").value == 20.0
    assert [row["kind"] for row in page.session_state["session"].setup.rows] == [
        "max_length",
        "payload_rectangle",
    ]
    assert page.session_state["grid"] == "coarse"
    assert list(page.dataframe[0].value["Slack"]) == pytest.approx([r.slack for r in result.constraints])
    assert page.session_state["session"].optimum.project == optimum.project


@pytest.mark.parametrize("name", ["probe", "two-speeds", "fin", "housing", "prescribed-drag"])
def test_a_problem_file_opens(page: AppTest, name: str) -> None:
    content = (PROBLEMS / f"{name}.toml").read_bytes()
    opened(page, f"{name}.toml", content)
    assert not page.error
    expected = read_problem(PROBLEMS / f"{name}.toml")
    design = session_body(page)
    assert design == pytest.approx(expected.body.coefficients.tolist())
    assert page.number_input("reynolds").value == expected.points[0].conditions.reynolds
    assert page.session_state["session"].step == session.Step.PROBLEM


def session_body(at: AppTest) -> list[complex]:
    return list(at.session_state["session"].design.present.coefficients)


def test_what_is_saved_opens_as_it_was(optimum: Optimum) -> None:
    project = open_project(optimum.project, "x.json")
    assert project.optimum is not None
    assert project_bytes(project.optimum.result) == optimum.project
    asked = optimum.result.problem
    alone = open_project(problem_bytes(asked), "x.json")
    assert alone.optimum is None
    assert alone.problem.to_dict() == asked.to_dict()


NESTED = b'{"problem": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("name", "content", "words_in_it"),
    [
        ("x.json", b"", "cannot be read"),
        ("x.json", b"\xff\xfe", "cannot be read"),
        ("x.json", b"[1, 2]", "with a problem"),
        ("x.json", b'{"problem": 3}', "with a problem"),
        ("x.json", b'{"problem": {"body": "circle"}}', "reynolds"),
        ("x.json", b'{"problem": {"body": "/etc/passwd", "reynolds": 10}}', "stayed behind"),
        ("x.toml", b'body = "own.dat"\nreynolds = 10', "stayed behind"),
        ("x.toml", b"body = [", "cannot be read"),
        ("x.json", b'{"problem": {"body": "circle", "reynolds": 1e99}}', "Reynolds"),
        ("x.json", b'{"format": 1, "problem": {"body": "circle", "reynolds": 10}, "result": {}}', "expected"),
        ("x.json", NESTED, "cannot be read"),
        ("x.exe", b"MZ", "rename it"),
        ("x", b"", "rename it"),
        ("x.json", b" " * (MOST_MEGABYTES * 2**20 + 1), "at most"),
    ],
)
def test_what_is_no_project_is_refused_in_a_sentence(name: str, content: bytes, words_in_it: str) -> None:
    with pytest.raises(InputError, match=words_in_it) as raised:
        open_project(content, name)
    assert "passwd" not in str(raised.value)


def test_every_damaged_number_of_a_project_is_refused_or_opened(optimum: Optimum) -> None:
    """Whatever is put in the place of a value, there is a project or a sentence, never another error."""
    values, sentences = json.loads(optimum.project), []
    for part in ("problem", "result"):
        for key in values[part]:
            for wrong in (None, "text", -1, [], {}, [[1]], [{"a": 1}]):
                damaged = json.loads(optimum.project)
                damaged[part][key] = wrong
                try:
                    project = open_project(json.dumps(damaged).encode(), "x.json")
                    assert project.problem.points
                except InputError as error:
                    sentences.append(str(error))
    assert len(sentences) > 20
    assert [text for text in sentences if not text.startswith("expected")] == []


def test_a_bad_project_leaves_the_page_as_it_is(page: AppTest) -> None:
    opened(page, "bad.json", b"{")
    assert page.error[0].value.startswith("Expected a project file")
    assert page.session_state["session"].section == session.Section.DESIGN


def test_the_report_is_one_whole_file_with_the_numbers_of_the_result(optimum: Optimum) -> None:
    text = report(optimum)
    for expected in (
        f"{optimum.result.verification['drag_coefficient']:.5g}",
        f"{optimum.result.reduction_percent:.5g}",
        "pressure part + friction part",
        "length at most 0.9",
        "data:image/png;base64,",
        "torch",
        "Re = 20, α = 2°",
    ):
        assert expected in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    for svg in text.split("<svg")[1:]:
        ElementTree.fromstring("<svg" + svg.split("</svg>")[0] + "</svg>")


def test_a_name_brings_no_markup_into_the_report(optimum: Optimum) -> None:
    values = json.loads(optimum.project)
    values["problem"]["body"]["name"] = "<script>alert(1)</script>"
    values["result"]["status"] = "<img src=x onerror=alert(1)>"
    values["result"]["constraints"][0]["description"] = "<b>bold</b>"
    project = open_project(json.dumps(values).encode(), "x.json")
    assert project.optimum is not None
    text = report(project.optimum)
    assert "<script" not in text
    assert "<img" not in text
    assert "<b>bold" not in text
