"""kill -9 in the middle of the work: nothing that was written is lost, and no half file takes a place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import MaxLength, OptimizationResult, minimize_drag
from fusiform.surrogates import load_surrogate

SECONDS = 120.0
SAVES = """
import sys
from pathlib import Path
from fusiform.solvers.inverse import OptimizationResult
target, *sources = map(Path, sys.argv[1:])
results = [OptimizationResult.load(source) for source in sources]
print("ready", flush=True)
while True:
    for result in results:
        result.save(target)
"""


def killed(command: list[str], ready: Callable[[subprocess.Popen[str]], bool], after: float) -> None:
    """Start the command, and kill it `after` seconds from when it is `ready`."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and not ready(process):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def optimize(folder: Path, *more: str) -> list[str]:
    flags = ["--reynolds", "10", "--model", "solver", "--grid", "coarse", "--max-length", "1.4", "--json"]
    return [sys.executable, "-m", "fusiform.app", "optimize", "circle", *flags, "--out", str(folder), *more]


@pytest.mark.slow
def test_a_killed_optimisation_resumes_to_the_same_result(tmp_path: Path) -> None:
    whole = json.loads(subprocess.run(optimize(tmp_path / "whole"), capture_output=True, check=True).stdout)
    folder, checkpoint = tmp_path / "killed", tmp_path / "killed" / "checkpoint.json"
    for number, after in enumerate((0.0, 0.13, 0.4)):
        killed(optimize(folder, *(["--resume"] if number else [])), lambda _: checkpoint.exists(), after)
        json.loads(checkpoint.read_text())  # whole
    resumed = json.loads(subprocess.run(optimize(folder, "--resume"), capture_output=True, check=True).stdout)
    for key in ("drag_coefficient", "predicted_drag_coefficient", "start_value", "best_value", "gain_percent"):
        assert resumed[key] == pytest.approx(whole[key], rel=1e-8)
    assert not checkpoint.exists()
    assert OptimizationResult.load(folder / "project.json").feasible


@pytest.mark.slow
def test_a_project_that_is_saved_again_is_the_old_or_the_new_one_after_a_kill(tmp_path: Path) -> None:
    model = load_surrogate()
    for name, length in (("a", 1.3), ("b", 1.6)):
        result = minimize_drag(
            Body.circle(), FlowConditions(10.0), model=model, constraints=MaxLength(length), verify=None
        )
        result.save(tmp_path / f"{name}.json")
    old, new = ((tmp_path / f"{name}.json").read_bytes() for name in "ab")
    target = tmp_path / "out" / "project.json"
    target.parent.mkdir()
    target.write_bytes(old)
    command = [sys.executable, "-c", SAVES, str(target), str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    for after in (0.003, 0.011, 0.027, 0.05):
        killed(command, lambda process: process.stdout is not None and process.stdout.readline() == "ready\n", after)
        assert target.read_bytes() in (old, new)
    assert all(path == target or path.suffix == ".part" for path in target.parent.iterdir())
    OptimizationResult.load(target).save(target)  # leftovers do no harm
