"""Commands under every condition of their streams, their folder and their environment: a table.

The exit code is a documented one, standard error has a few lines and no traceback, and the result is not lost.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import pytest

BODY = "0.5,0\n0.4,0.2\n0,0.3\n-0.4,0.2\n-0.5,0\n-0.4,-0.2\n0,-0.3\n0.4,-0.2\n"
LONG = 240 * "n" + ".csv"
ANSWERS = {  # arguments: their result on standard output
    "predict ellipse:2 --reynolds 10": "drag C_D",
    "predict ellipse:2 --reynolds 10 --json": '"drag_coefficient"',
    f"predict {LONG} --reynolds 10": "drag C_D",
    "solve circle --reynolds 10 --grid coarse": "drag C_D",
    "solve circle --reynolds 10 --grid coarse --json": '"drag_coefficient"',
    "optimize circle --reynolds 10 --max-iterations 1 --grid coarse --out new --force": "wrote new/project.json",
    "optimize circle --reynolds 10 --max-iterations 1 --grid coarse --out new --force --json": '"new/project.json"',
}
REFUSALS = ["solve sircle --reynolds 1", "optimize circle --reynolds 1 --out ''", "train missing.toml", "evaluate no"]
CONDITIONS = {  # of the shell: how the command is run, and the end of the line
    "as usual": ("", ""),
    "standard input closed": ("", "<&-"),
    "standard error closed": ("", "2>&-"),
    "standard error on a full disk": ("", "2>/dev/full"),
    "in ASCII": ("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 PYTHONIOENCODING=ascii", ""),
    "in Latin 1": ("PYTHONIOENCODING=latin-1", ""),
    "without a home": ("HOME=/proc/nowhere TMPDIR=/proc/nowhere XDG_CACHE_HOME=/proc/nowhere", ""),
    "with nonsense in the environment": (
        "COLUMNS=² LINES=0 TERMINAL_WIDTH=x OMP_NUM_THREADS=x _FUSIFORM_COMPLETE=x",
        "",
    ),
    "in a narrow terminal": ("COLUMNS=20 TERM=dumb NO_COLOR=1 FORCE_COLOR=1", ""),
}
WITHOUT_OUTPUT = {  # conditions in which standard output is not read, with the exit code
    "standard output on a full disk": (">/dev/full", 3),
    "standard output closed": (">&-", 0),
    "all streams closed": ("<&- >&- 2>&-", 0),
    "a reader that leaves": ("| true", 0),
}


def run(arguments: str, folder: Path, before: str = "", after: str = "") -> subprocess.CompletedProcess[str]:
    (folder / LONG).write_text(BODY)
    line = f'set -o pipefail; {before} "$0" -m fusiform.app {arguments} {after}'
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(
        ["bash", "-c", line, sys.executable],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="latin-1" if "latin-1" in before else "utf-8",
    )


def require_brief(done: subprocess.CompletedProcess[str]) -> None:
    assert "Traceback" not in done.stderr, done.stderr
    assert "Exception ignored" not in done.stderr, done.stderr
    assert len([line for line in done.stderr.splitlines() if not line.startswith("evaluation")]) <= 2, done.stderr


def paired(conditions: dict[str, tuple[str, object]]) -> list[tuple[str, str]]:
    """Each condition with three commands, from a different one on: all commands meet many conditions."""
    commands = list(ANSWERS)
    places = [(number, (number + shift) % len(commands)) for number in range(len(conditions)) for shift in (0, 2, 4)]
    return [(list(conditions)[number], commands[place]) for number, place in places]


@pytest.mark.slow
@pytest.mark.parametrize(("condition", "arguments"), paired(CONDITIONS))
def test_answers_are_given_under_every_condition(tmp_path: Path, arguments: str, condition: str) -> None:
    done = run(arguments, tmp_path, *CONDITIONS[condition])
    assert done.returncode == 0, done.stderr
    require_brief(done)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    assert ANSWERS[arguments] in " ".join(plain.split())
    if "--json" in arguments:
        json.loads(done.stdout, parse_constant=pytest.fail)


@pytest.mark.slow
@pytest.mark.parametrize(("condition", "arguments"), paired(WITHOUT_OUTPUT))
def test_files_are_written_where_nobody_reads_the_output(tmp_path: Path, arguments: str, condition: str) -> None:
    redirection, code = WITHOUT_OUTPUT[condition]
    done = run(arguments, tmp_path, after=redirection)
    assert done.returncode == code, done.stderr
    require_brief(done)
    if "--out new" in arguments:
        assert (tmp_path / "new" / "optimum.vts").is_file()
    kept = list(tmp_path.glob("fusiform-output-*"))
    assert len(kept) == (1 if code else 0)
    assert all(ANSWERS[arguments] in " ".join(path.read_text().split()) for path in kept)


@pytest.mark.parametrize(("condition", "arguments"), list(zip(CONDITIONS, cycle(REFUSALS), strict=False)))
def test_refusals_are_one_sentence_under_every_condition(tmp_path: Path, condition: str, arguments: str) -> None:
    done = run(arguments, tmp_path, *CONDITIONS[condition])
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    require_brief(done)
    assert ("fusiform: " in done.stderr) is ("2>" not in CONDITIONS[condition][1])


def test_in_a_deleted_folder_every_command_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    line = f'rmdir {folder}; "$0" -m fusiform.app predict circle --reynolds 10'
    done = subprocess.run(["bash", "-c", line, sys.executable], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected a working folder, got one that has been deleted" in done.stderr
