"""Wrong input, wrong usage and interrupts: one sentence and the right exit code."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from command_line import run


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["solve", "sircle", "--reynolds", "1"], "did you mean circle"),
        (["solve", "missing.dat", "--reynolds", "1"], "no file at 'missing.dat'"),
        (["solve", "circle", "--reynolds", "1e4"], "Reynolds number between 0.05 and 1000"),
        (["solve", "circle", "--reynolds", "nan"], "Reynolds number between 0.05 and 1000"),
        (["solve", "circle", "--reynolds", "1", "--alpha-deg", "95"], "between -90 and 90 degrees"),
        (["solve", "circle", "--reynolds", "1", "--grid", "auto"], "for grid auto, got none; give"),
        (["solve", "circle", "--reynolds", "1", "--tolerance", "0.5"], "expected a tolerance of the drag between"),
        (["solve", "circle", "--reynolds", "1", "--grid", "fine", "--tolerance", "0.01"], "expected no tolerance"),
        (["solve", "circle", "--reynolds", "1", "--resume"], "expected --mean-drag with --checkpoint or --resume"),
        (
            ["solve", "circle", "--reynolds", "1", "--mean-drag", "--resume", "--checkpoint", "/none"],
            "expected a stopped run in '/none', got no such file",
        ),
        (
            ["solve", "circle", "--reynolds", "1", "--mean-drag", "--checkpoint", "/proc"],
            "expected no file '/proc', got one, perhaps a stopped run; --resume continues it",
        ),
        (["predict", "circle", "--reynolds", "1", "--model", "/nowhere"], "expected a model folder"),
        (["optimize", "circle", "--reynolds", "1", "--model", "/nowhere"], "expected a model folder"),
        (["optimize", "circle", "--reynolds", "1", "--max-iterations", "0"], "at least one iteration"),
        (["optimize", "circle", "--reynolds", "1", "--out", "/proc/none"], "expected a folder to write to"),
        (["optimize", "circle"], "expected a Reynolds number"),
        (["optimize", "circle", "--reynolds", "1", "--resume"], "expected a folder to resume from"),
        (["optimize", "circle", "--reynolds", "1", "--max-length", "-1"], "expected a positive length"),
        (["optimize", "circle", "--reynolds", "1", "--max-height", "0"], "expected a positive height"),
        (["optimize", "circle", "--reynolds", "1", "--min-thickness", "0"], "expected a positive thickness"),
        (
            ["optimize", "circle", "--reynolds", "1", "--min-radius", "nan"],
            "expected value of min_radius to be a number",
        ),
        (
            ["optimize", "circle", "--reynolds", "1", "--lift", "100"],
            "expected bounds of the lift coefficient, in order and below 100 in size, got 100 and 100; correct them",
        ),
        (["optimize", "missing.toml"], "expected a readable problem file"),
        (["optimize", "missing.toml", "--reynolds", "1"], "expected the conditions in the problem file"),
        (["app", "--port", "0"], "port between 1 and 65535"),
        (["app", "--address", "203.0.113.1"], "expected an address of this machine to listen on"),
        (["app", "--address", ""], "expected an address to listen on"),
        (["app", "--allow-host", "http://a.example/"], "expected the name of a host"),
    ],
)
def test_bad_input_is_one_sentence_on_standard_error_and_exit_code_2(arguments: list[str], expected: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert expected in result.stderr
    assert result.stderr.startswith("fusiform: expected ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["solve", "circle"], "missing option '--reynolds'; see fusiform solve --help"),
        (["solve", "circle", "--reynolds", "abc"], "expected a number for --reynolds, got 'abc'; see fusiform solve"),
        (["train", "recipe.toml", "--workers", "1.5"], "expected a whole number for --workers, got '1.5'"),
        (["solve", "circle", "--reynolds", "1", "--grid", "finest"], "'finest' is not one of 'coarse', 'standard'"),
        (["solve", "circle", "--speed", "1"], "no such option: --speed"),
        (["train", "recipe.toml", "--workers", "0"], "expected at least 1 for --workers, got '0'"),
        (["simulate"], "no such command 'simulate'; see fusiform --help"),
        (["--verbose"], "no such option: --verbose"),
    ],
)
def test_wrong_usage_is_one_sentence_on_standard_error_and_exit_code_2(arguments: list[str], expected: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert expected in result.stderr
    assert result.stderr.startswith("fusiform: ")
    assert len(result.stderr.splitlines()) == 1


def test_without_a_command_the_help_is_printed() -> None:
    assert "optimize" in run().output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("".join(f"{math.cos(0.3 * i)},{math.sin(0.3 * i)}\n" for i in range(11)), "open outline"),
        ("0,0\n1,1\n1,0\n0,1\n0.5,3\n0,0\n", "cross"),
        ("0,0\n1,nan\n1,1\n0,1\n0,0.5\n", "finite"),
        ("x y z\n", "at least 5"),
    ],
)
def test_wrong_outline_files_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    result = run("solve", str(file), "--reynolds", "1")
    assert result.exit_code == 2
    assert expected in result.stderr


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fusiform.app", *arguments]


def test_an_interrupt_ends_with_a_sentence_and_exit_code_130() -> None:
    arguments = command("optimize", "naca2412", "--reynolds", "40", "--model", "solver")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # a background job ignores interrupts
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("evaluation   1")
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert "fusiform: interrupted" in err
    assert "Traceback" not in err
