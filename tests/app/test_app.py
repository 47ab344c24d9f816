"""The page without a browser: every control, bad input, solving, optimising, stopping."""

from __future__ import annotations

import json
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
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from fusiform.app.background import computations
from fusiform.app.background.jobs import SERVER_LINE, Job
from fusiform.app.drawings.figures import view_3d as space
from fusiform.app.drawings.quantities import QUANTITIES, WALL_QUANTITIES
from fusiform.app.edits.design import LONGEST_PULL
from fusiform.app.frames import formatting
from fusiform.app.main import SECTIONS
from fusiform.app.state import session
from fusiform.app.state.design import Design
from fusiform.app.state.design_link import to_link
from fusiform.app.state.job_snapshot import Phase
from fusiform.app.state.shape_sliders import slider_values, with_slider
from fusiform.app.views.design import gallery
from fusiform.app.views.shared.session import CONTROLS, KEY, NUMBERED_CONTROLS
from fusiform.solvers import FlowConditions, Outcome, load_body, solve
from fusiform.solvers.geometry import sample_names
from fusiform.solvers.geometry.normal_displacement import pulled
from fusiform.surrogates import load_surrogate

PAGE = Path(str(files("fusiform.app").joinpath("main.py")))
SECONDS = 60.0


@pytest.fixture
def page() -> Iterator[AppTest]:
    """The page after its first run, on the coarse grid; jobs are ended with the test."""
    at = AppTest.from_file(PAGE, default_timeout=SECONDS).run()
    at.selectbox("grid").set_value("coarse")
    yield at
    job = at.session_state["session"].job
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


def drawn(at: AppTest) -> dict[str, Any]:
    """The data of the drawing."""
    return next(json.loads(c.proto.json) for c in at.get("bidi_component") if "drawing" in c.proto.component_name)


def run_until(at: AppTest, condition: Callable[[AppTest], bool]) -> AppTest:
    """Run the page again and again, as the timer of a browser would."""
    end = time.monotonic() + SECONDS
    while not condition(at):
        assert time.monotonic() < end, "the page did not get there in time"
        time.sleep(0.05)
        healthy(at.run())
    return at


def idle(at: AppTest) -> bool:
    return at.session_state["session"].job is None


def refined(at: AppTest) -> bool:
    return "refined by the state inverse" in drawn(at)["badge"]


def test_the_page_opens_with_the_surrogates_answer_for_the_circle(page: AppTest) -> None:
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0))
    assert metric(healthy(page), "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert metric(page, "Pressure part") == formatting.coefficient(expected.drag_pressure)
    assert metric(page, "Friction part") == formatting.coefficient(expected.drag_friction)
    assert metric(page, "Confidence") == formatting.confidence(expected.confidence)
    assert note(page, "Drag") == "the body as opened"
    assert len(page.get("bidi_component")) == 3
    assert not page.error


def test_every_number_says_what_it_is(page: AppTest) -> None:
    controls = [*page.metric, *page.slider, *page.select_slider, *page.selectbox, *page.button, *page.toggle]
    assert [c.label for c in controls if not c.help and c.label not in SECTIONS] == []


def test_the_flow_is_refined_after_the_first_picture(page: AppTest) -> None:
    """Then there are separation points, the numbers of the state inverse, and they are those of the Python call."""
    run_until(page, refined)
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0))
    assert metric(page, "Checked") == formatting.coefficient(expected.correction.drag_coefficient)
    assert note(page, "Checked") == "by the state inverse"
    assert [text.split(" at ")[0] for _, _, text in drawn(page)["marks"]].count("separation") == 2
    assert "recirculates over 0.2" in page.caption[0].value


@pytest.mark.parametrize("choice", [session.ELLIPSE, session.NACA, *sample_names()])
def test_each_kind_of_body_is_opened(page: AppTest, choice: str) -> None:
    healthy(page.selectbox("start_from").set_value(choice).run())
    assert not page.error
    spec = {session.ELLIPSE: "ellipse:2", session.NACA: "naca0012"}.get(choice, choice)
    body = load_body(spec)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert page.slider("fineness").value == pytest.approx(body.fineness, abs=1e-5)


def test_each_field_is_drawn_with_its_definition(page: AppTest) -> None:
    for quantity, shown in QUANTITIES.items():
        healthy(page.segmented_control("quantity").set_value(quantity).run())
        assert drawn(page)["colours"]["label"] == shown.plain_label
    healthy(page.toggle("streamlines").set_value(False).run())
    assert drawn(page)["lines"] == ""
    healthy(page.toggle("sensitivity").set_value(False).run())
    assert drawn(page)["sensitivity"] is None


def test_the_wake_is_shown_over_ten_lengths(page: AppTest) -> None:
    near = drawn(page)["home"]
    healthy(page.toggle("wake").set_value(True).run())
    left, _, right, _ = drawn(page)["home"]
    assert right > 10.0 > near[2]
    assert left < -1.0


def test_conditions_reach_the_model(page: AppTest) -> None:
    page.selectbox("start_from").set_value(session.ELLIPSE).run()
    page.slider("alpha").set_value(5.0)
    healthy(page.run())
    expected = load_surrogate().evaluate(load_body("ellipse:2"), FlowConditions(10.0, 5.0))
    assert metric(page, "Lift") == formatting.coefficient(expected.lift_coefficient)


def test_slider_and_number_of_the_reynolds_number_follow_each_other(page: AppTest) -> None:
    healthy(page.select_slider("reynolds_slider").set_value(40.0).run())
    assert page.number_input("reynolds").value == 40.0
    healthy(page.number_input("reynolds").set_value(21.0).run())
    assert page.select_slider("reynolds_slider").value == 20.0
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(21.0))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


@pytest.mark.parametrize(("name", "value"), [("fineness", 2.5), ("nose", 1.4), ("tail", 0.6), ("camber", 0.1)])
def test_a_slider_of_the_shape_gives_the_drag_of_that_body_and_undo_takes_it_back(
    page: AppTest, name: str, value: float
) -> None:
    before = metric(page, "Drag")
    healthy(page.slider(name).set_value(value).run())
    body = with_slider(load_body("circle"), name, value)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert metric(page, "Drag") != before
    assert note(page, "Drag").endswith("% to the start")
    for key, shown in slider_values(body).items():
        assert page.slider(key).value == pytest.approx(shown, abs=1e-5)
    healthy(page.button("undo").click().run())
    assert (metric(page, "Drag"), page.slider(name).value) == (before, pytest.approx(0.0 if name == "camber" else 1.0))
    healthy(page.button("redo").click().run())
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)
    healthy(page.button("reset").click().run())
    assert metric(page, "Drag") == before
    healthy(page.button("undo").click().run())
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_a_slider_can_be_moved_back_at_once(page: AppTest) -> None:
    """What it showed a moment ago is no echo when the person has moved it meanwhile."""
    before = metric(page, "Drag")
    for value in (2.5, 1.0, 2.5, 1.0):
        healthy(page.slider("fineness").set_value(value).run())
        assert page.slider("fineness").value == pytest.approx(value, abs=1e-5)
        assert (metric(page, "Drag") == before) == (value == 1.0)
    healthy(page.select_slider("reynolds_slider").set_value(40.0).run())
    healthy(page.select_slider("reynolds_slider").set_value(10.0).run())
    assert metric(page, "Drag") == before


def pull_page(point: object) -> None:
    """The page, after a control point was moved once."""
    import streamlit as st

    from fusiform.app.edits.design import pull
    from fusiform.app.main import page
    from fusiform.app.views.shared.session import change

    if "pulled" not in st.session_state:
        st.session_state.pulled = True
        change(pull, point)
    page()


def test_a_pulled_point_gives_the_drag_of_the_pulled_body() -> None:
    point = {"index": 4, "dx": 0.02, "dy": -0.11, "version": 0}
    at = healthy(AppTest.from_function(pull_page, default_timeout=SECONDS, args=(point,)).run())
    body = pulled(load_body("circle"), math.pi / 2.0, -0.11)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(at, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert drawn(at)["version"] == 1
    assert drawn(at)["ghost"] is not None
    healthy(at.button("undo").click().run())
    assert note(at, "Drag") == "the body as opened"


@pytest.mark.parametrize(
    "point",
    [
        None,
        "index",
        {"index": 4, "dx": 0.0, "dy": 0.1, "version": 7},
        {"index": 16, "dx": 0.0, "dy": 0.1, "version": 0},
        {"index": -1, "dx": 0.0, "dy": 0.1, "version": 0},
        {"index": 4, "dx": "nan", "dy": 0.1, "version": 0},
        {"index": 4, "dx": 1e9, "dy": 0.1, "version": 0},
        {"index": 4, "version": 0},
    ],
)
def test_a_pull_that_is_stale_or_makes_no_sense_changes_nothing(point: Any) -> None:
    at = healthy(AppTest.from_function(pull_page, default_timeout=SECONDS, args=(point,)).run())
    assert note(at, "Drag") == "the body as opened"
    assert drawn(at)["version"] == 0


def test_a_long_pull_is_shortened() -> None:
    point = {"index": 8, "dx": -0.9, "dy": 0.0, "version": 0}
    at = healthy(AppTest.from_function(pull_page, default_timeout=SECONDS, args=(point,)).run())
    body = pulled(load_body("circle"), math.pi, LONGEST_PULL)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(at, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_the_address_opens_the_design_again(page: AppTest) -> None:
    page.slider("fineness").set_value(3.0).run()
    healthy(page.number_input("reynolds").set_value(25.0).run())
    other = AppTest.from_file(PAGE, default_timeout=SECONDS)
    for key, value in page.query_params.items():
        other.query_params[key] = value
    healthy(other.run())
    assert metric(other, "Drag") == metric(page, "Drag")
    assert other.number_input("reynolds").value == 25.0


def test_a_damaged_address_is_one_sentence_and_the_first_body() -> None:
    at = AppTest.from_file(PAGE, default_timeout=SECONDS)
    for key, value in (to_link(Design.of(load_body("circle"), FlowConditions(10.0))) | {"re": "x"}).items():
        at.query_params[key] = value
    healthy(at.run())
    assert at.error[0].value.startswith("Expected the address of a design")
    assert metric(at, "Drag")


@pytest.mark.parametrize("example", gallery.EXAMPLES, ids=lambda example: example.title)
def test_each_example_of_the_gallery_opens(page: AppTest, example: gallery.Example) -> None:
    healthy(page.button("examples").click().run())
    healthy(page.button(f"open_{example.body}").click().run())
    assert not page.error
    expected = load_surrogate().evaluate(load_body(example.body), FlowConditions(example.reynolds, example.alpha_deg))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_outside_its_range_the_surrogate_says_that_its_confidence_is_low(page: AppTest) -> None:
    healthy(page.number_input("reynolds").set_value(95.0).run())
    assert (metric(page, "Confidence"), note(page, "Confidence")) == ("low (0.00)", "beyond its Re: ask the solver")


def test_wrong_digits_are_one_sentence_and_the_design_stays(page: AppTest) -> None:
    page.selectbox("start_from").set_value(session.NACA).run()
    before = metric(page, "Drag")
    healthy(page.text_input("digits").set_value("00x2").run())
    assert len(page.error) == 1
    assert page.error[0].value.startswith("Expected")
    assert metric(page, "Drag") == before
    healthy(page.text_input("digits").set_value("2412").run())
    assert not page.error


def test_an_own_outline_is_read_and_a_wrong_one_refused(page: AppTest) -> None:
    page.selectbox("start_from").set_value(session.UPLOAD).run()
    assert any("Choose a file" in info.value for info in page.info)
    outline = load_body("ellipse:2").outline(80)
    good = "\n".join(f"{x},{y}" for x, y in outline).encode()
    healthy(page.file_uploader("upload").upload("mine.csv", good, "text/csv").run())
    assert "mine: fineness 2" in page.caption[0].value
    for content, expected in (
        (b"1,2\n3,4\n", "at least 5"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"0,0\n" * 900, "at least 5"),
    ):
        healthy(page.file_uploader("upload").upload("wrong.csv", content, "text/csv").run())
        assert expected in page.error[0].value
        assert "mine: fineness 2" in page.caption[0].value


def test_a_folder_without_a_model_is_one_sentence(page: AppTest) -> None:
    healthy(page.text_input("model_folder").set_value("/nowhere").run())
    assert "expected a model folder" in page.error[0].value.lower()
    healthy(page.button("optimise").click().run())
    assert "expected a model folder" in page.error[-1].value.lower()
    assert idle(page)


def test_the_solver_can_be_asked_and_compared(page: AppTest) -> None:
    healthy(page.segmented_control("compare").set_value(session.OF_SOLVER).run())
    assert "has not been asked" in drawn(page)["badge"]
    healthy(page.button("solve").click().run())
    run_until(page, idle)
    expected = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    assert metric(page, "Checked") == formatting.with_error(expected.drag_coefficient, expected.drag_error)
    assert note(page, "Checked").startswith("solver; surrogate ")
    assert formatting.coefficient(expected.drag_pressure) in note(page, "Pressure part")
    assert drawn(page)["badge"] == "flow solver"
    assert not page.warning
    healthy(page.segmented_control("compare").set_value(session.MINUS_SOLVER).run())
    assert drawn(page)["colours"]["label"].startswith("difference of ")
    assert drawn(page)["colours"]["low"] == -drawn(page)["colours"]["high"]
    healthy(page.number_input("reynolds").set_value(12.0).run())
    assert "solver" not in note(page, "Pressure part")


def test_the_difference_to_the_start_is_nothing_at_first_and_something_after_a_change(page: AppTest) -> None:
    healthy(page.segmented_control("compare").set_value(session.MINUS_START).run())
    assert (drawn(page)["raster"]["low"], drawn(page)["ghost"]) == (0.0, None)
    healthy(page.slider("fineness").set_value(1.5).run())
    assert drawn(page)["raster"]["low"] < -0.05
    assert drawn(page)["ghost"] is not None


def test_a_solution_that_is_not_what_was_asked_for_is_told(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    found = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    poor = replace(found, outcome=Outcome.INACCURATE, status="Less than was asked for.")
    monkeypatch.setattr(computations, "solve", lambda *_, **__: poor)
    healthy(page.button("solve").click().run())
    run_until(page, idle)
    assert [warning.value for warning in page.warning] == ["Solver: Less than was asked for."]


@pytest.mark.parametrize(("reynolds", "expected"), [(40.0, "recirculates over 2.2"), (1.0, "no recirculation")])
def test_the_page_tells_where_the_flow_separates_and_recirculates(
    page: AppTest, reynolds: float, expected: str
) -> None:
    healthy(page.number_input("reynolds").set_value(reynolds).run())
    run_until(page, refined)
    assert expected in page.caption[0].value


def test_without_a_surrogate_the_solver_alone_answers(page: AppTest) -> None:
    healthy(page.radio("model").set_value(session.SOLVER).run())
    assert metric(page, "Drag") == "–"
    assert "Press Ask the solver" in drawn(page)["badge"]
    page.button("solve").click().run()
    run_until(page, idle)
    expected = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_the_files_are_offered_when_they_are_asked_for(page: AppTest) -> None:
    assert [button.label for button in page.get("download_button") if button.label.startswith(".")] == []
    page.session_state["take_away"] = True
    healthy(page.run())
    labels = [button.label for button in page.get("download_button") if button.label.startswith(".")]
    assert labels == [".dat", ".csv", ".svg", ".dxf", ".stl", ".vts", ".json"]


def test_the_design_in_space_is_drawn_when_it_is_asked_for(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "can_render", lambda: False)
    healthy(page.toggle("space").set_value(True).run())
    assert len(page.get("plotly_chart")) == 1
    assert any("cannot render" in caption.value for caption in page.caption)


def test_the_optimum_is_verified_with_the_numbers_of_the_python_call(page: AppTest) -> None:
    page.number_input("reynolds").set_value(20.0).run()
    healthy(page.button("optimise").click().run())
    assert page.session_state["session"].section == session.OPTIMISE
    run_until(page, idle)
    healthy(page.run())
    optimum = page.session_state["session"].optimum
    conditions = FlowConditions(20.0)
    start = solve(load_body("circle"), conditions, grid="coarse").drag_coefficient
    verified = solve(optimum.result.body, conditions, grid="coarse").drag_coefficient
    assert metric(page, "Start") == formatting.coefficient(start)
    assert metric(page, "Optimum") == formatting.coefficient(verified)
    assert metric(page, "Reduction") == f"{100.0 * (1.0 - verified / start):.1f} %"
    assert metric(page, "Optimality") == "certified"
    assert optimum.verified.drag_coefficient == pytest.approx(verified, rel=1e-9)
    assert len(page.get("plotly_chart")) == 3
    labels = [b.label for b in page.get("download_button")]
    assert labels == ["Save project", "Save project", "Report", ".dat", ".csv", ".svg", ".dxf", ".stl", ".vts"]
    healthy(page.button("adopt").click().run())
    expected = load_surrogate().evaluate(optimum.result.body, conditions)
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_stop_ends_a_search_with_its_best_body(page: AppTest) -> None:
    page.radio("model").set_value(session.SOLVER)
    page.number_input("reynolds").set_value(1.0).run()
    healthy(page.button("optimise").click().run())
    run_until(page, lambda at: not idle(at) and len(at.session_state["session"].job.snapshot().history) >= 1)
    job = page.session_state["session"].job
    assert page.button("optimise").disabled
    begun = time.monotonic()
    healthy(page.button("stop").click().run())
    run_until(page, idle)
    assert time.monotonic() - begun < 20.0
    assert job.wait(SECONDS)
    healthy(page.run())
    assert "Stopped on request" in page.session_state["session"].optimum.result.status
    assert metric(page, "Optimality") == "not certified"


def test_beside_the_session_only_the_listed_controls_and_buttons_have_a_value(page: AppTest) -> None:
    keys, buttons = set[str](), set[str | None]()
    for section in ("Optimise", "Train", "Why", "Design"):
        healthy(page.button(f"view_{section}").click().run())
        keys |= {str(key) for key in page.session_state.keys()}  # noqa: SIM118
        buttons |= {element.key for element in (*page.button, *page.get("download_button"))}
    listed = {key for key in keys if key in CONTROLS or key.startswith(NUMBERED_CONTROLS)}
    plots = {f"plot_{quantity}" for quantity in WALL_QUANTITIES}
    assert keys - listed - buttons - plots == {KEY}


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


def test_who_waits_in_line_is_told_and_can_leave_it(page: AppTest) -> None:
    release = threading.Event()
    others = [Job(lambda job: release.wait(SECONDS), Phase.SOLVING) for _ in range(SERVER_LINE.most_running)]
    healthy(page.button("optimise").click().run())
    assert any("you are number 1 in line" in caption.value for caption in page.caption)
    healthy(page.button("stop").click().run())
    run_until(page, idle)
    assert page.session_state["session"].optimum is None
    assert any("There is no optimum yet" in info.value for info in page.info)
    release.set()
    assert all(job.wait(SECONDS) for job in others)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("expected a circle", "Expected a circle."), ("did you mean x?", "Did you mean x?"), ("", ".")],
)
def test_errors_are_written_as_sentences(text: str, expected: str) -> None:
    assert formatting.sentence(text) == expected


def test_numbers_are_written_with_four_digits_and_signs() -> None:
    assert [formatting.coefficient(x) for x in (10.3412, 1.5, 0.25, 1e-9)] == ["10.34", "1.500", "0.2500", "0.000"]
    assert formatting.with_error(1.49698, 0.00055) == "1.4970 ± 0.0006"
    assert formatting.with_error(2.754, -0.012) == "2.75 ± 0.02"
    assert formatting.with_error(10.3412, 1e-9) == "10.341 ± 0.001"
    assert formatting.with_error(2.0, math.nan) == "2.000"
    assert formatting.apart(0.99, 1.0) == "−1.00 %"
    assert [formatting.bound(1.0, x) for x in (0.00035, 0.004, 0.32)] == [
        f"error below {text} %" for text in ("0.03", "0.4", "30")
    ]
    assert [formatting.confidence(x) for x in (1.0, 0.7, 0.1)] == ["high (1.00)", "fair (0.70)", "low (0.10)"]
