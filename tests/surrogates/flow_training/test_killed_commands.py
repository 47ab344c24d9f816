"""Commands that the system kills at any time lose nothing: run again, they give what they give without a kill."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from small_training import small_recipe

from fusiform.surrogates import load_surrogate
from fusiform.surrogates.data.dataset import load_dataset
from fusiform.surrogates.data.force_cases import load_force_cases

pytestmark = pytest.mark.slow
TANGENTS = """rounds = 1
bodies = 9
round_steps = 400
[tangents]
bodies = 2
candidates = 1
steps = 200
optimizer = "adamw"
"""
SECONDS = 300.0


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fusiform.app", *arguments, "--workers", "1"]
    if arguments[0] == "calibrate":
        command = command[:-2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(*arguments: str) -> None:
    with start(*arguments) as process:
        _, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, error


def kill_when(ready: Callable[[], bool], *arguments: str) -> bool:
    """Start the command and kill it once `ready` says so; returns False if it ended before."""
    deadline = time.monotonic() + SECONDS
    with start(*arguments) as process:
        while not ready() and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        alive = process.poll() is None
        if alive:
            os.kill(process.pid, signal.SIGKILL)
    return alive


def files(folder: Path, pattern: str) -> int:
    return len(list(folder.glob(pattern)))


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("model.safetensors", "config.json")}


def test_a_killed_data_set_is_completed(small_cases: Path, tmp_path: Path) -> None:
    small_recipe(tmp_path)
    command = ("dataset", str(tmp_path / "supervised-60.toml"), "--out", str(tmp_path / "data"))
    for pattern in ("heldout/manifest.json", "heldout/case-*", "calibration/case-*", "train/case-*"):
        assert kill_when(lambda pattern=pattern: files(tmp_path / "data", pattern) > 0, *command)
    finish(*command)
    for name in ("train", "heldout"):
        found, expected = load_dataset(tmp_path / "data" / name), load_dataset(small_cases / name)
        assert torch.equal(found.designs.coefficients, expected.designs.coefficients)
        torch.testing.assert_close(found.omega, expected.omega)
    found_forces = load_force_cases(tmp_path / "data" / "calibration").forces
    torch.testing.assert_close(found_forces, load_force_cases(small_cases / "calibration").forces)


def test_a_killed_training_gives_the_same_model(small_cases: Path, tmp_path: Path) -> None:
    small_recipe(tmp_path, "sip", TANGENTS, steps=400)
    common = ("train", str(tmp_path / "sip-400.toml"), "--data", str(small_cases), "--out")
    finish(*common, str(tmp_path / "whole"))
    run = tmp_path / "killed"
    stages = ("recipe.json", "supervised/last.pt", "supervised/metrics.jsonl", "sip-1-start/model.safetensors.new",
              "sip-1-start/config.json", "sip-1-targets/bodies-*.npz", "sip-1/last.pt", "tangents-targets/*",
              "tangents/metrics.jsonl", "model.safetensors.new")  # fmt: skip
    killed = [kill_when(lambda name=name: files(run, name) > 0, *common, str(run)) for name in stages]
    assert sum(killed) >= len(stages) - 3  # the last files are there for a moment only
    finish(*common, str(run))
    found, expected = (load_surrogate(folder).card for folder in (run, tmp_path / "whole"))
    for key in ("full_solves", "sip_bodies_drawn", "sip_bodies_accepted", "tangent_bodies", "factorisations"):
        assert found[key] == expected[key]
    assert found["heldout"]["drag"] == pytest.approx(expected["heldout"]["drag"], rel=1e-3)  # processes round apart


def test_a_killed_calibration_leaves_the_old_model_or_the_new_one(small_cases: Path, tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    finish("train", str(tmp_path / "supervised-60.toml"), "--data", str(small_cases), "--out", str(tmp_path / "old"))
    old = load_surrogate(tmp_path / "old")
    old.with_card(calibration={**old.card["calibration"], "bodies": 0}).save(tmp_path / "old")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    finish("calibrate", str(tmp_path / "new"), "--data", str(small_cases))
    whole = [content(tmp_path / name) for name in ("old", "new")]
    assert whole[0] != whole[1]
    model = tmp_path / "model"
    for delay in (0.5, 1.0, 2.0, 3.0, 4.0, 6.0):
        shutil.rmtree(model, ignore_errors=True)
        shutil.copytree(tmp_path / "old", model)
        end = time.monotonic() + delay

        def ready(end: float = end) -> bool:
            return time.monotonic() > end or files(model, ".*") + files(model, "*.new") > 0

        kill_when(ready, "calibrate", str(model), "--data", str(small_cases))
        assert load_surrogate(model).name == recipe.name
        assert content(model)["config.json"] in [each["config.json"] for each in whole]
        finish("calibrate", str(model), "--data", str(small_cases))
        assert content(model) == whole[1]
