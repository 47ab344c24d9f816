"""The section Train as functions: its edits, the table of the models, and the state of Start; no Streamlit."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import RECIPE

from fusiform.app.background.recipes import RUNS, shipped_recipes
from fusiform.app.edits import train as edits
from fusiform.app.edits.design import new_session
from fusiform.app.frames import train as frames
from fusiform.app.results.training_folder import KeptRun, Point, Progress
from fusiform.app.state.session import DragSource
from fusiform.app.state.train import Axis

CARD = {
    "heldout": {"cases": 12, "drag": {"median": 0.0123, "p95": 0.045}, "vorticity": {"median": 0.0678}},
    "factorisations": 12345,
}
DONE = KeptRun("sip", Path("runs/sip"), (Point(1500, "sip-1", 0.5, 3.0, 0.0123, 0.045),), CARD)
BEGUN = KeptRun("dp", Path("runs/dp"), (Point(50, "supervised", 0.5, None, None, None),), None)


def test_a_finished_model_is_a_row_of_the_table() -> None:
    assert frames.row(DONE) == ["SIP", "1.23%", "4.50%", "6.8%", "12,345", "1,500"]
    assert len(frames.row(DONE)) == len(frames.COLUMNS)
    assert frames.table_title([DONE]) == "**Finished models, on the 12 held-out cases**"
    assert frames.finished_runs([BEGUN, DONE]) == [DONE]
    assert frames.state_of([BEGUN, DONE], running=True) == (True, 1)


@pytest.mark.parametrize(
    ("methods", "busy", "label", "disabled"),
    [
        (["hig"], False, "Start", False),
        (["hig"], True, "Start", True),
        ([], False, "Start", True),
        (["dp", "sip"], False, "Go on", False),
        (["sip"], False, "Start", True),
    ],
)
def test_start_needs_a_method_that_is_not_finished(methods: list[str], busy: bool, label: str, disabled: bool) -> None:
    shown = frames.start_of([BEGUN, DONE], methods, busy=busy)
    assert (shown.label, shown.disabled, shown.finished) == (label, disabled, methods == ["sip"])


def test_the_stage_under_way_is_a_share_and_words() -> None:
    assert frames.progress_words(None) == (0.0, "Starting …")
    assert frames.progress_words(Progress("", "train", 3, 4, "flows")) == (0.75, "train: 3 of 4 (flows)")
    share, words = frames.progress_words(Progress("sip-hig", "sip-hig-1", 5, 0, "loss"))
    assert (share, words) == (1.0, "SIP+HIG, sip-hig-1: 5 of 0 (loss)")


def test_runs_without_times_are_named_where_seconds_are_the_axis() -> None:
    assert "made by the command line: DP." in (frames.untimed_words([BEGUN, DONE], Axis.SECONDS) or "")
    assert frames.untimed_words([BEGUN, DONE], Axis.STEPS) is None
    assert frames.untimed_words([DONE], Axis.SECONDS) is None


def test_a_session_begins_with_the_first_recipe_or_the_training_that_runs(tmp_path: Path) -> None:
    first = edits.ready(new_session({}), None)
    assert (first.train.root, first.train.recipe) == (str(RUNS), shipped_recipes()[0])
    assert edits.ready(first, None) is first
    running = edits.ready(new_session({}), tmp_path / "mine")
    assert (running.train.root, running.train.recipe) == (str(tmp_path), tmp_path / "mine" / "recipe.toml")
    gone = edits.ready(edits.choose_methods(running, ["sip"]), None)
    assert (gone.train.recipe, gone.train.methods) == (shipped_recipes()[0], None)


def test_an_uploaded_recipe_is_chosen_and_a_bad_one_is_an_error(tmp_path: Path) -> None:
    session = edits.choose_methods(edits.set_root(edits.ready(new_session({}), None), str(tmp_path)), ["hig"])
    bad = edits.upload(session, b"name = ", "bad.toml")
    assert "TOML" in (bad.train.error or "")
    assert bad.train.recipe == session.train.recipe
    good = edits.upload(bad, RECIPE.format(steps=2).encode(), "tiny.toml")
    assert (good.train.recipe, good.train.methods, good.train.error) == (tmp_path / "tiny" / "recipe.toml", None, None)
    assert frames.recipe_name(tmp_path / "tiny" / "recipe.toml") == "tiny"


def test_a_model_in_use_answers_in_design() -> None:
    used = edits.use_model(new_session({}), "runs/app/tiny/sip")
    assert (used.settings.folder, used.settings.model) == ("runs/app/tiny/sip", DragSource.SURROGATE)
    assert frames.short_name(used.settings.folder) == "tiny/sip"
    assert edits.use_model(used, "").settings.folder == ""
