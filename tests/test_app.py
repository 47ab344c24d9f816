"""The design page without a browser: every control, bad input, solving, optimising, stopping; and its pictures."""

from __future__ import annotations

import math
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fusiform.app import jobs, pictures, plots
from fusiform.app.views import controls, words
from fusiform.solvers import FlowConditions, InputError, Solution, load_body, solve
from fusiform.solvers.geometry import sample_names
from fusiform.surrogates import load_surrogate

PAGE = Path(str(files("fusiform.app").joinpath("main.py")))
SECONDS = 60.0


@pytest.fixture
def page() -> Iterator[AppTest]:
    """The page after its first run, on the coarse grid; jobs are ended with the test."""
    at = AppTest.from_file(PAGE, default_timeout=SECONDS).run()
    at.selectbox("grid").set_value("coarse")
    yield at
    job = at.session_state["job"]
    if job is not None:
        job.stop()
        assert job.wait(SECONDS)


def healthy(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def metric(at: AppTest, label: str) -> str:
    return str(next(m.value for m in at.metric if m.label.startswith(label)))


def note(at: AppTest, label: str) -> str:
    return str(next(m.delta for m in at.metric if m.label.startswith(label)))


def run_until(at: AppTest, condition: Callable[[AppTest], bool]) -> AppTest:
    """Run the page again and again, as the timer of a browser would."""
    end = time.monotonic() + SECONDS
    while not condition(at):
        assert time.monotonic() < end, "the page did not get there in time"
        time.sleep(0.05)
        healthy(at.run())
    return at


def idle(at: AppTest) -> bool:
    return at.session_state["job"] is None


def test_the_page_opens_with_the_surrogates_answer_for_the_circle(page: AppTest) -> None:
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0))
    assert metric(healthy(page), "Drag") == words.coefficient(expected.drag_coefficient)
    assert metric(page, "Pressure part") == words.coefficient(expected.drag_pressure)
    assert metric(page, "Confidence") == words.confidence(expected.confidence)
    assert len(page.get("plotly_chart")) == 3
    assert all(m.help for m in page.metric)


@pytest.mark.parametrize("choice", [controls.ELLIPSE, controls.NACA, *sample_names()[:3]])
def test_each_kind_of_body_is_drawn_with_its_fit_error(page: AppTest, choice: str) -> None:
    healthy(page.selectbox("body").set_value(choice).run())
    assert not page.error
    assert "Fit error" in page.caption[0].value
    assert len(page.get("plotly_chart")) == 3


def test_each_field_can_be_shown_with_and_without_streamlines(page: AppTest) -> None:
    for quantity in plots.QUANTITIES:
        healthy(page.segmented_control("quantity").set_value(quantity).run())
        assert len(page.get("plotly_chart")) == 3
    healthy(page.toggle("streamlines").set_value(False).run())


def test_fineness_and_incidence_reach_the_model(page: AppTest) -> None:
    page.selectbox("body").set_value(controls.ELLIPSE).run()
    page.slider("fineness").set_value(4.0)
    page.slider("alpha").set_value(5.0)
    healthy(page.run())
    expected = load_surrogate().evaluate(load_body("ellipse:4"), FlowConditions(10.0, 5.0))
    assert metric(page, "Lift") == words.coefficient(expected.lift_coefficient)


def test_slider_and_number_of_the_reynolds_number_follow_each_other(page: AppTest) -> None:
    healthy(page.select_slider("reynolds_slider").set_value(40.0).run())
    assert page.number_input("reynolds").value == 40.0
    healthy(page.number_input("reynolds").set_value(21.0).run())
    assert page.select_slider("reynolds_slider").value == 20.0
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(21.0))
    assert metric(page, "Drag") == words.coefficient(expected.drag_coefficient)


def test_outside_its_range_the_surrogate_says_that_its_confidence_is_low(page: AppTest) -> None:
    healthy(page.number_input("reynolds").set_value(95.0).run())
    assert metric(page, "Confidence") == "low (0.00)"


def test_wrong_digits_are_one_sentence_and_nothing_can_be_started(page: AppTest) -> None:
    page.selectbox("body").set_value(controls.NACA).run()
    healthy(page.text_input("digits").set_value("00x2").run())
    assert [e.value for e in page.error] == [page.error[0].value]
    assert page.error[0].value.startswith("Expected")
    assert page.button("optimise").disabled
    assert page.button("solve").disabled


def test_an_own_outline_is_read_and_a_wrong_one_refused(page: AppTest) -> None:
    page.selectbox("body").set_value(controls.UPLOAD).run()
    assert any("Choose a file" in info.value for info in page.info)
    outline = load_body("ellipse:2").outline(80)
    good = "\n".join(f"{x},{y}" for x, y in outline).encode()
    healthy(page.file_uploader("upload").upload("mine.csv", good, "text/csv").run())
    assert page.caption[0].value.startswith("mine: fineness 2")
    for content, expected in (
        (b"1,2\n3,4\n", "at least 5"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"0,0\n" * 900, "at least 5"),
    ):
        healthy(page.file_uploader("upload").upload("wrong.csv", content, "text/csv").run())
        assert expected in page.error[0].value
        assert page.button("optimise").disabled


def test_a_folder_without_a_model_is_one_sentence(page: AppTest) -> None:
    healthy(page.text_input("model_folder").set_value("/nowhere").run())
    assert "expected a model folder" in page.error[0].value.lower()
    healthy(page.button("optimise").click().run())
    assert "expected a model folder" in page.error[-1].value.lower()
    assert idle(page)


def test_solve_puts_the_solvers_answer_beside_the_surrogates(page: AppTest) -> None:
    healthy(page.button("solve").click().run())
    run_until(page, idle)
    expected = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    assert note(page, "Drag") == f"solver {words.with_error(expected.drag_coefficient, expected.drag_error)}"
    assert note(page, "Confidence").startswith("drag off by ")
    assert not page.warning
    assert words.coefficient(expected.drag_pressure) in note(page, "Pressure part")
    healthy(page.number_input("reynolds").set_value(12.0).run())
    assert note(page, "Drag") == "solver: press Solve"


def test_a_solution_that_is_not_what_was_asked_for_is_told(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    found = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    poor = replace(found, accurate=False, status="Less than was asked for.")
    monkeypatch.setattr(jobs, "solve", lambda *_, **__: poor)
    healthy(page.button("solve").click().run())
    run_until(page, idle)
    assert [warning.value for warning in page.warning] == ["Solver: Less than was asked for."]


@pytest.mark.parametrize(("reynolds", "expected"), [(40.0, "recirculates over 2.2"), (1.0, "no recirculation")])
def test_the_page_tells_where_the_flow_separates_and_recirculates(
    page: AppTest, reynolds: float, expected: str
) -> None:
    healthy(page.number_input("reynolds").set_value(reynolds).run())
    assert expected in page.caption[-1].value


def test_without_a_surrogate_the_solver_alone_answers(page: AppTest) -> None:
    healthy(page.radio("model").set_value(controls.SOLVER).run())
    assert metric(page, "Drag") == "–"
    assert "Press Solve" in page.caption[-1].value
    page.button("solve").click().run()
    run_until(page, idle)
    expected = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    assert metric(page, "Drag") == words.coefficient(expected.drag_coefficient)


def test_the_optimum_is_verified_with_the_numbers_of_the_python_call(page: AppTest) -> None:
    page.number_input("reynolds").set_value(20.0)
    healthy(page.button("optimise").click().run())
    assert page.segmented_control("view").value == "Optimum"
    run_until(page, idle)
    optimum = page.session_state["optimum"]
    conditions = FlowConditions(20.0)
    start = solve(load_body("circle"), conditions, grid="coarse").drag_coefficient
    verified = solve(optimum.result.body, conditions, grid="coarse").drag_coefficient
    assert metric(page, "Start") == words.coefficient(start)
    assert metric(page, "Verified") == words.coefficient(verified)
    assert metric(page, "Predicted") == words.coefficient(optimum.result.predicted_drag_coefficient)
    assert metric(page, "Reduction") == f"{100.0 * (1.0 - verified / start):.1f} %"
    assert optimum.verified.drag_coefficient == pytest.approx(verified, rel=1e-9)
    assert len(page.get("plotly_chart")) == 4
    assert [b.label for b in page.get("download_button")] == [".dat", ".csv", ".stl"]
    assert set(optimum.files) == {".dat", ".csv", ".stl"}
    healthy(page.segmented_control("view").set_value("Flow").run())
    assert metric(page, "Drag")


def test_stop_ends_a_search_and_skip_its_verification(page: AppTest) -> None:
    page.radio("model").set_value(controls.SOLVER)
    page.number_input("reynolds").set_value(1.0)
    healthy(page.button("optimise").click().run())
    run_until(page, lambda at: not idle(at) and len(at.session_state["job"].snapshot().history) >= 1)
    job = page.session_state["job"]
    assert page.button("optimise").disabled
    begun = time.monotonic()
    healthy(page.button("stop").click().run())
    run_until(page, lambda at: idle(at) or job.snapshot().phase == jobs.VERIFYING)
    job.stop()
    run_until(page, idle)
    assert time.monotonic() - begun < 20.0
    optimum = page.session_state["optimum"]
    assert "Stopped on request" in optimum.result.status
    assert optimum.verified is None
    assert note(page, "Verified") == "not verified"
    assert job.wait(SECONDS)


def test_sessions_do_not_see_each_other(page: AppTest) -> None:
    other = AppTest.from_file(PAGE, default_timeout=SECONDS).run()
    page.number_input("reynolds").set_value(40.0).run()
    assert metric(other.run(), "Drag") != metric(page, "Drag")


@pytest.mark.parametrize(
    "command",
    [
        ["fusiform.app", "app", "--no-browser", "--port"],
        ["streamlit", "run", str(PAGE), "--server.headless=true", "--server.port"],
    ],
)
def test_the_server_listens_on_this_machine_only(command: list[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, "-m", *command, str(port)], stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_healthy(port)
            with pytest.raises(ConnectionRefusedError):  # 127.0.0.2 is this machine too, but another address
                socket.create_connection(("127.0.0.2", port), timeout=5.0).close()
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(SECONDS) in (0, 130)


def wait_until_healthy(port: int) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5.0) as answer:
                assert answer.read() == b"ok"
                return
        except urllib.error.URLError:
            assert time.monotonic() < end, "the server did not start in time"
            time.sleep(0.1)


def test_only_a_few_jobs_run_at_once_and_their_places_are_given_back() -> None:
    release = threading.Event()
    running = [jobs.Job(lambda job: release.wait(SECONDS), jobs.SOLVING) for _ in range(jobs.MAX_JOBS)]
    with pytest.raises(InputError, match="try again when one of them has ended"):
        jobs.Job(lambda job: None, jobs.SOLVING)
    release.set()
    assert all(job.wait(SECONDS) for job in running)
    assert jobs.Job(lambda job: None, jobs.SOLVING).wait(SECONDS)


def test_a_job_past_its_deadline_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "DEADLINE_SECONDS", 0.0)
    surrogate = load_surrogate()
    job = jobs.optimization_job(load_body("circle"), FlowConditions(10.0), surrogate, "coarse")
    assert job.wait(SECONDS)
    optimum = job.snapshot().result
    assert optimum.result.evaluations == 1
    assert optimum.verified is None


def test_a_failing_job_leaves_a_sentence() -> None:
    def fail(job: jobs.Job) -> None:
        raise InputError("expected another body")

    job = jobs.Job(fail, jobs.SOLVING)
    assert job.wait(SECONDS)
    assert job.snapshot().error == "expected another body"
    assert not job.snapshot().running


@pytest.fixture(scope="module")
def circle_40() -> Solution:
    """Two closed eddies, 2.24 d long."""
    return solve(load_body("circle"), FlowConditions(40.0), grid="coarse")


@pytest.fixture(scope="module")
def wake(circle_40: Solution) -> pictures.Picture:
    return pictures.draw(
        circle_40.field, pictures.window_around([pictures.closed_outline(circle_40.field.coefficients)], 2.5)
    )


def test_a_picture_holds_the_flow_and_no_gaps(wake: pictures.Picture) -> None:
    assert wake.speed.shape == (len(wake.y), len(wake.x))
    for values in (wake.speed, wake.pressure, wake.vorticity):
        assert np.isfinite(values).all()
    np.testing.assert_allclose(wake.speed, wake.speed[::-1], atol=1e-5)
    assert abs(wake.speed[len(wake.y) // 2, 0] - 1.0) < 0.2
    assert wake.window.left < wake.outline.real.min() < wake.outline.real.max() < wake.window.right
    assert np.all(np.diff(wake.y) > 0.0)
    assert wake.y[0] <= wake.window.bottom < wake.window.top <= wake.y[-1]


def test_streamlines_fill_the_whole_raster_and_can_be_left_out(wake: pictures.Picture) -> None:
    ends = np.array([line[[0, -1]] for line in wake.streamlines.stream])
    np.testing.assert_allclose(ends.imag.max(), wake.y[-1], atol=0.2)
    assert len(wake.streamlines.eddies) == 6
    without, with_lines = (
        len(plots.flow_figure([("one", wake)], "speed", streamlines=drawn).data) for drawn in (False, True)
    )
    assert with_lines == without + 2


def test_separation_is_marked_where_the_wall_shear_vanishes(circle_40: Solution) -> None:
    curve = plots.WallCurve("circle", circle_40.field, plots.INK, circle_40.analysis.separation)
    marks = plots.wall_figure([curve], "wall_shear_coefficient").data[-1]
    np.testing.assert_allclose(marks.x, 0.5 * np.cos(np.radians(53.6)), atol=5e-3)
    np.testing.assert_allclose(marks.y, 0.0, atol=2e-3)


def test_signed_fields_have_a_colour_scale_centred_on_zero(wake: pictures.Picture) -> None:
    for quantity, shown in plots.QUANTITIES.items():
        figure = plots.flow_figure([("one", wake), ("two", wake)], quantity, streamlines=True, ghost=wake.outline)
        axis = figure.layout.coloraxis
        assert axis.cmin == (-axis.cmax if shown.signed else 0.0)
        assert axis.cmax > 0.0


def test_wall_curves_pass_through_the_nodes() -> None:
    field = solve(load_body("ellipse:2"), FlowConditions(10.0), grid="coarse").field
    eta, outline, values = pictures.wall_values(field, field.wall_pressure_coefficient)
    np.testing.assert_allclose(np.interp(field.eta, eta, values), field.wall_pressure_coefficient, atol=5e-3)
    np.testing.assert_allclose(np.interp(field.eta, eta, outline.real), field.wall.real, atol=1e-3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("expected a circle", "Expected a circle."), ("did you mean x?", "Did you mean x?"), ("", ".")],
)
def test_errors_are_written_as_sentences(text: str, expected: str) -> None:
    assert words.sentence(text) == expected


def test_numbers_are_written_with_four_digits_and_signs() -> None:
    assert [words.coefficient(x) for x in (10.3412, 1.5, 0.25, 1e-9)] == ["10.34", "1.500", "0.2500", "0.000"]
    assert words.with_error(1.49698, 0.00055) == "1.4970 ± 0.0006"
    assert words.with_error(2.754, -0.012) == "2.75 ± 0.02"
    assert words.with_error(10.3412, 1e-9) == "10.341 ± 0.001"
    assert words.with_error(2.0, math.nan) == "2.000"
    assert words.apart(0.99, 1.0) == "−1.00 %"
    assert [words.confidence(x) for x in (1.0, 0.7, 0.1)] == ["high (1.00)", "fair (0.70)", "low (0.10)"]
