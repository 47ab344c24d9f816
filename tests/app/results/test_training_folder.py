"""A folder of runs as the page reads it: whatever its files hold, something can be shown."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from damage import DAMAGE
from small_model import small_model
from small_training import SIP, small_recipe

from fusiform.app.frames import train as frames
from fusiform.app.results.training_folder import (
    ERRORS,
    HELDOUT_LINES,
    STAGE,
    KeptRun,
    Progress,
    read_card,
    read_error,
    read_progress,
    read_runs,
)
from fusiform.app.state.train import Axis
from fusiform.surrogates import load_surrogate

LINES = [{"step": step, "seconds": 0.1 * step, "loss": 1.0 / step} for step in (10, 20)]
FILES = (STAGE, ERRORS, "sip/recipe.json", f"sip/{HELDOUT_LINES}", "sip/supervised/metrics.jsonl", "sip/config.json",
         "sip/model.safetensors")  # fmt: skip


@pytest.fixture(scope="module")
def card() -> dict[str, object]:
    return load_surrogate().card


@pytest.fixture
def folder(tmp_path: Path, card: dict[str, object]) -> Path:
    run = tmp_path / "runs" / "sip"
    (run / "supervised").mkdir(parents=True)
    small_model().with_card(**card).save(run)
    (run / "recipe.json").write_text(json.dumps(asdict(small_recipe(tmp_path, "sip", SIP)) | {"cases": 10}))
    (run / "supervised" / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))
    held = [{"stage": "supervised", "median": 0.1, "p95": 0.2, "max": 0.3, **line} for line in LINES]
    (run / HELDOUT_LINES).write_text("".join(json.dumps(line) + "\n" for line in held))
    (run.parent / STAGE).write_text(json.dumps(vars(Progress("sip", "supervised", 20, 60, "loss 1e-2"))))
    (run.parent / ERRORS).write_text("a line\nthe sentence\n")
    return run.parent


def shown(folder: Path) -> list[KeptRun]:
    """The runs, after everything that the page makes of them."""
    runs, now = read_runs(folder), read_progress(folder)
    assert 0.0 <= frames.progress_words(now)[0] <= 1.0
    assert isinstance(read_error(folder), str)
    drawn = [run for run in runs if run.points]
    frames.untimed_words(drawn, Axis.SECONDS)
    for run in frames.finished_runs(runs):
        assert len(frames.row(run)) == len(frames.COLUMNS)
        frames.table_title([run])
    return runs


def test_a_whole_folder_is_read(folder: Path, card: dict[str, object]) -> None:
    (run,) = shown(folder)
    assert [(point.step, point.loss, point.median) for point in run.points] == [(10, 0.1, 0.1), (20, 0.05, 0.1)]
    assert run.card == card
    assert read_progress(folder) == Progress("sip", "supervised", 20, 60, "loss 1e-2")
    assert read_error(folder) == "the sentence"


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_damage_leaves_a_part_out(folder: Path, name: str, damage: str) -> None:
    path = folder / name
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    (run,) = shown(folder)
    if name.endswith(("config.json", "safetensors")):
        assert run.card is None
    elif name == STAGE and damage != "flipped":
        assert read_progress(folder) is None
    elif name.endswith("recipe.json") and damage != "flipped":
        assert run.points == ()


STRANGE = (
    "null", "[]", "3", "{}", '{"step": "x"}', '{"step": -1}', '{"step": 1e9}', '{"step": 1.5}', '{"step": true}',
    '{"step": 10, "stage": [1], "seconds": 1}', '{"step": 10, "stage": "supervised", "seconds": "x"}',
    '{"step": 10, "stage": "supervised", "seconds": 1, "median": "x", "p95": {}, "loss": []}', '{"step": NaN}',
)  # fmt: skip


@pytest.mark.parametrize("line", STRANGE)
def test_strange_lines_are_left_out(folder: Path, line: str) -> None:
    for name in (f"sip/{HELDOUT_LINES}", "sip/supervised/metrics.jsonl"):
        with (folder / name).open("a") as file:
            file.write(f"{line}\n\xff\n")
    (run,) = shown(folder)
    assert len(run.points) in (2, 3)


@pytest.mark.parametrize(
    "change",
    [{"method": "magic"}, {"method": 3}, {"done": -1}, {"done": "x"}, {"total": 1e30}, {"note": None}],
)
def test_a_strange_stage_is_none(folder: Path, change: dict[str, object]) -> None:
    values = json.loads((folder / STAGE).read_text())
    (folder / STAGE).write_text(json.dumps(values | change))
    assert read_progress(folder) is None


def test_a_model_without_a_complete_card_is_not_finished(folder: Path) -> None:
    small_model().save(folder / "sip")
    assert read_card(folder / "sip") is None
    assert read_card(folder / "absent") is None
