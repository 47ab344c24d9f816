"""`fusiform solve --mean-drag`: its numbers, and a run that is interrupted and resumed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import SOLVED, numbers, run

MEANS = {
    "mean_drag_coefficient",
    "mean_lift_coefficient",
    "mean_lift_rms",
    "mean_strouhal",
    "mean_periods",
    "mean_drag_error",
    "mean_outcome",
    "mean_status",
    "mean_history",
}


def test_a_flow_that_does_not_shed_has_its_steady_drag_in_one_json_object(tmp_path: Path) -> None:
    file = tmp_path / "run.npz"
    command = ("solve", "ellipse:3", "--reynolds", "10", "--grid", "coarse", "--mean-drag", "--checkpoint", str(file))
    printed = numbers(*command)
    assert printed.keys() >= SOLVED | MEANS
    assert printed["mean_outcome"] == "steady"
    assert printed["mean_drag_coefficient"] == pytest.approx(printed["drag_coefficient"], rel=3e-3)
    assert len(printed["mean_history"][0]) == 3
    assert not file.exists()


def test_a_body_of_revolution_is_refused() -> None:
    result = run("solve", "sphere", "--reynolds", "1", "--grid", "coarse", "--mean-drag")
    assert result.exit_code == 2
    assert "got a body of revolution" in result.stderr


@pytest.mark.slow
def test_an_interrupted_run_is_kept_and_resumed(tmp_path: Path) -> None:
    file = tmp_path / "run.npz"
    command = [sys.executable, "-m", "fusiform.app", "solve", "ellipse:2", "--reynolds", "40", "--grid", "coarse"]
    command += ["--mean-drag", "--checkpoint", str(file), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120.0
    while not file.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=60.0)
    assert process.returncode == 130
    assert printed == ""
    assert f"the run so far is in {file}; --resume continues it." in said
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True, check=True)
    resumed = json.loads(done.stdout)
    whole = numbers(
        "solve", "ellipse:2", "--reynolds", "40", "--grid", "coarse", "--mean-drag", "--checkpoint", str(file)
    )
    assert resumed["mean_drag_coefficient"] == pytest.approx(whole["mean_drag_coefficient"], rel=1e-6)
    assert len(resumed["mean_history"]) == len(whole["mean_history"])
