"""The sections Train and Why without a browser: a tiny run started, watched, stopped, resumed and used; the numbers
that explain are those of the files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, healthy
from tiny import RECIPE

from fusiform.app.background import recipes, training_server
from fusiform.app.drawings.figures.training_figures import COLOURS, DASHES, curves_figure
from fusiform.app.frames import why
from fusiform.app.main import SECTIONS
from fusiform.app.results import measured
from fusiform.app.results.measured_methods import comparison
from fusiform.app.results.training_folder import KeptRun, Point, heldout_lines, read_error, read_progress, read_runs
from fusiform.app.state import session
from fusiform.app.state.train import Axis
from fusiform.app.views.why import explain
from fusiform.solvers import FlowConditions, InputError, load_body
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.flow_training.method_names import METHODS
from fusiform.surrogates.flow_training.recipe import load_recipe
from fusiform.surrogates.flow_training.train_model import train

SECONDS_TO_WAIT = 120.0


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    yield
    training_server.stop()


def opened(section: str, root: Path | None = None) -> AppTest:
    at = healthy(AppTest.from_file(PAGE, default_timeout=60.0).run())
    at.button(f"view_{section}").click()
    if root is not None:
        healthy(at.run())
        at.text_input("train_root").set_value(str(root))
    return healthy(at.run())


def texts(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.info, *at.error, *at.latex]
    return "\n".join(str(part.value) for part in parts)


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS_TO_WAIT
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def uploaded(at: AppTest, steps: int, name: str = "tiny.toml") -> AppTest:
    content = RECIPE.format(steps=steps).encode()
    return healthy(at.file_uploader("train_upload").upload(name, content, "application/toml").run())


def test_without_runs_the_section_says_what_to_do(tmp_path: Path) -> None:
    at = opened(session.Section.TRAIN, tmp_path)
    assert "press Start" in at.info[0].value
    assert "the shipped one" in texts(at)
    assert at.selectbox("train_recipe").options[0] == "demonstration"
    assert not at.button("train_start").disabled
    assert at.button("train_stop").disabled
    controls = [*at.selectbox, *at.button, *at.text_input, *at.file_uploader, *at.segmented_control]
    assert [c.label for c in controls if not c.help and c.label not in SECTIONS] == []


def test_the_choices_stay_while_another_section_is_shown(tmp_path: Path) -> None:
    at = opened(session.Section.TRAIN, tmp_path)
    healthy(at.segmented_control("train_axis").set_value(Axis.STEPS).run())
    healthy(at.pills("train_methods").set_value(["dp", "sip"]).run())
    healthy(at.button("view_Design").click().run())
    healthy(at.button("view_Train").click().run())
    assert at.session_state["session"].train.root == at.text_input("train_root").value == str(tmp_path)
    assert at.segmented_control("train_axis").value == Axis.STEPS
    assert at.pills("train_methods").value == ["dp", "sip"]


def test_a_run_is_started_stopped_resumed_finished_and_its_model_used(tmp_path: Path, tiny_cases: Path) -> None:
    folder = tmp_path / "tiny"
    shutil.copytree(tiny_cases, folder / "data")
    at = uploaded(opened(session.Section.TRAIN, tmp_path), 2000)
    assert at.selectbox("train_recipe").value == str(folder / "recipe.toml")
    assert at.pills("train_methods").value == ["dp"]
    healthy(at.button("train_start").click().run())
    assert training_server.running() == folder
    assert at.button("train_start").disabled
    wait(lambda: len(heldout_lines(folder / "dp")) >= 3)
    healthy(at.run())
    assert len(at.get("plotly_chart")) == 2

    again = opened(session.Section.TRAIN)  # as after a reload of the page
    assert again.selectbox("train_recipe").value == str(folder / "recipe.toml")
    assert again.button("train_start").disabled
    healthy(again.button("train_stop").click().run())
    assert training_server.running() is None
    assert training_server.failure(folder) is None
    before = heldout_lines(folder / "dp")
    assert max(step for _, step in before) < 2000
    assert "Stopped." in texts(again)
    assert again.button("train_start").label == "Go on"

    healthy(again.button("train_start").click().run())
    wait(lambda: training_server.running() is None)
    healthy(again.run())
    (run,) = read_runs(folder)
    assert run.card is not None
    assert [p.step for p in run.points] == [*range(50, 2001, 50), *range(2001, 2041)]
    assert {p.stage for p in run.points} == {"supervised", "dp-1"}
    assert all(before[key] == line for key, line in heldout_lines(folder / "dp").items() if key in before)
    seconds = [p.seconds for p in run.points if p.seconds is not None]
    assert seconds == sorted(seconds)
    assert len(seconds) >= len(run.points) - 1  # Stop may come between a checkpoint and its measurement
    assert run.points[-1].median == pytest.approx(run.card["heldout"]["drag"]["median"], rel=1e-4)
    assert f"{run.card['heldout']['drag']['median']:.2%}" in texts(again)
    assert again.button("train_start").disabled

    healthy(again.button("use_dp").click().run())
    assert again.button("use_dp").disabled
    healthy(again.button("view_Design").click().run())
    expected = load_surrogate(folder / "dp").evaluate(load_body("circle"), FlowConditions(10.0))
    assert f"{expected.drag_coefficient:#.4g}" in [m.value for m in again.metric]
    healthy(again.button("shipped_model").click().run())
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0))
    assert f"{expected.drag_coefficient:#.4g}" in [m.value for m in again.metric]
    assert not [b for b in again.button if b.key == "shipped_model"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"name = ", "TOML"), (RECIPE.format(steps=2).replace("seed = 2", "seed = 1").encode(), "different seeds")],
)
def test_a_bad_recipe_is_a_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    at = opened(session.Section.TRAIN, tmp_path)
    healthy(at.file_uploader("train_upload").upload("bad.toml", content, "application/toml").run())
    assert reason in at.error[0].value
    assert at.error[0].value.endswith(".")
    assert not list(tmp_path.glob("bad/*"))
    assert not at.button("train_start").disabled


def test_what_fails_in_the_process_is_a_sentence_in_the_page(tmp_path: Path) -> None:
    """Here: the folder already holds the cases of another recipe."""
    at = uploaded(opened(session.Section.TRAIN, tmp_path), 2)
    manifest = tmp_path / "tiny" / "data" / "heldout" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"digest": "other"}))
    healthy(at.button("train_start").click().run())
    wait(lambda: training_server.running() is None)
    healthy(at.run())
    assert len(at.error) == 1
    assert at.error[0].value.startswith("Expected an empty folder or one made with this configuration")


def test_one_training_at_a_time_and_it_needs_a_method(tmp_path: Path) -> None:
    recipe = recipes.add_recipe(RECIPE.format(steps=2000).encode(), "tiny.toml", tmp_path)
    with pytest.raises(InputError, match="got none"):
        training_server.start(recipe, tmp_path, [])
    training_server.start(recipe, tmp_path, ["supervised"])
    with pytest.raises(InputError, match="no other training"):
        training_server.start(recipe, tmp_path, ["supervised"])
    training_server.stop()
    assert training_server.running() is None
    with pytest.raises(InputError, match="rename the file"):
        recipes.add_recipe(RECIPE.format(steps=3).encode(), "tiny.toml", tmp_path)


FITTED = ("drag_scale", "drag_levels", "lift_levels")  # by least squares, which LAPACK repeats to rounding


def test_a_training_that_is_killed_says_so_and_goes_on(tmp_path: Path, tiny_cases: Path) -> None:
    recipe = recipes.add_recipe(RECIPE.format(steps=300).encode(), "tiny.toml", tmp_path)
    folder = recipe.parent
    shutil.copytree(tiny_cases, folder / "data")
    training_server.start(recipe, tmp_path, ["supervised"])
    wait(lambda: len(heldout_lines(folder / "supervised")) > 0)
    assert training_server._last is not None
    os.killpg(training_server._last.process.pid, signal.SIGKILL)
    wait(lambda: training_server.running() is None)
    assert "by signal 9" in (training_server.failure(folder) or "")
    training_server.start(recipe, tmp_path, ["supervised"])
    wait(lambda: training_server.running() is None)
    assert training_server.failure(folder) is None
    alone = tmp_path / "alone"
    own = replace(load_recipe(recipe), training=replace(load_recipe(recipe).training, method="supervised"))
    train(own, folder / "data", alone, 1)
    one, two = (load_file(place / "model.safetensors") for place in (alone, folder / "supervised"))
    assert one.keys() == two.keys()
    for name, tensor in one.items():
        exact = name not in FITTED
        torch.testing.assert_close(tensor, two[name], rtol=0.0 if exact else 1e-12, atol=0.0 if exact else 1e-12)


def test_a_training_ends_with_the_server(tmp_path: Path) -> None:
    recipe = recipes.add_recipe(RECIPE.format(steps=10**6).encode(), "tiny.toml", tmp_path)
    code = (
        "import sys, time; from pathlib import Path\n"
        "from fusiform.app.background import training_server\n"
        "training_server.start(Path(sys.argv[1]), Path(sys.argv[2]), ['supervised'])\n"
        "print(training_server._last.process.pid, flush=True); time.sleep(600)"
    )
    arguments = [sys.executable, "-c", code, str(recipe), str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        child = int(server.stdout.readline())
        wait(lambda: read_progress(recipe.parent) is not None)
        training_server.start(recipe, tmp_path, ["supervised"])  # another server wants the same folder
        wait(lambda: training_server.running() is None)
        assert "expected a folder without a running training" in read_error(recipe.parent)
        server.send_signal(signal.SIGKILL)
    wait(lambda: not _alive(child))


def _alive(process: int) -> bool:
    """A process that has ended and waits for its parent does not count."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_only_methods_that_a_recipe_has_settings_for_are_offered() -> None:
    offered = {path.stem: recipes.possible_methods(load_recipe(path)) for path in recipes.shipped_recipes()}
    assert offered["demonstration"] == list(METHODS)
    assert offered["supervised"] == ["supervised"]
    assert "sip" in offered["default"]


def test_half_written_lines_are_left_out(tmp_path: Path) -> None:
    stage = tmp_path / "sip" / "supervised"
    stage.mkdir(parents=True)
    recipe = {"training": {"method": "sip", "rounds": 1}, "tangents": {"bodies": 0}, "finish": {"steps": 0}}
    (tmp_path / "sip" / "recipe.json").write_text(json.dumps(recipe))
    (stage / "metrics.jsonl").write_text('{"step": 5, "seconds": 1.0, "loss": 0.5}\n{"step": 10, "sec')
    (run,) = read_runs(tmp_path)
    assert run.points == (Point(5, "supervised", 0.5, None, None, None),)


def test_each_method_has_a_colour_and_a_dash_of_its_own() -> None:
    assert set(COLOURS) == set(DASHES) == set(METHODS)
    assert len(set(COLOURS.values())) == len(set(DASHES.values())) == len(METHODS)
    points = tuple(Point(n, "supervised" if n < 3 else "sip-1", 1.0 / n, 2.0 * n, 0.1 / n, 0.2) for n in range(1, 5))
    runs = [KeptRun("sip", Path("a"), points, None), KeptRun("dp", Path("b"), points[:1], None)]
    for axis, places in ((Axis.STEPS, (1, 2, 3, 4)), (Axis.SECONDS, (2.0, 4.0, 6.0, 8.0))):
        first, second = curves_figure(runs, "median", axis).data
        assert (first.name, first.x) == ("SIP", places)
        assert first.marker.size == (0, 0, 7, 0)
        assert curves_figure(runs, "loss", axis).data[0].x == (*places[:2], None, *places[2:])
        assert second.line.color == COLOURS["dp"]


def test_the_page_that_explains_has_the_numbers_of_the_files() -> None:
    at = opened(session.Section.WHY)
    methods = comparison().methods
    sip, dp = methods[why.BEST_SIP].drag.median, methods[why.BEST_DP].drag.median
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown["Inverted: SIP"] == f"{sip:.2%}"
    assert shown["DP over SIP"] == f"{dp / sip:.0f} times"
    frame = at.table[0].value
    assert list(frame["drag median (seeds)"]) == [row["drag median (seeds)"] for row in measured.table("methods")]
    assert len(at.latex) == 6
    assert all(m.help for m in at.metric)
    for row in measured.table("conditioning"):
        assert f"{float(row['cond 10000']):.2f}" in texts(at)


def test_parts_of_the_documents_are_found() -> None:
    """Else the page that explains would say less without a word."""
    flow = measured.section(why.FLOW)
    assert "![" not in flow
    assert "###" not in flow
    assert len([line for line in measured.bullets(flow) if line.startswith("**")]) >= 3
    methods = measured.section(explain.METHODS)
    assert "###### The flow" in methods
    assert "](" not in methods
    assert "scale-invariant physics" in measured.section(explain.METHODS, measured.THEORY)
    assert measured.section("## No such heading") == ""
    assert measured.first_table("no table") == []
