"""Standard streams that cannot be written: the program goes on, and what is missed is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from fusiform.app.terminal.streams import open_streams, say, undelivered
open_streams()
print("drag √2 ρ \\udcff", flush=True)
say("one\\nword\\x1b[0m " + 2000 * "n")
lost = undelivered()
if lost:
    say(lost)
sys.exit(7)
"""


def shell(redirection: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program above in a shell, with `redirection`, and `folder` for temporary files."""
    command = ["sh", "-c", f'"$0" -c "$1" {redirection}', sys.executable, PROGRAM]
    settings = {**os.environ, "TMPDIR": str(folder), **environment}
    return subprocess.run(command, env=settings, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    ("redirection", "printed", "sentences"),
    [
        ("", True, 1),
        (">/dev/full", False, 2),
        (">&-", False, 1),
        ("1</dev/null", False, 1),
        ("2>&-", True, 0),
        ("2>/dev/full", True, 0),
        (">&- 2>&- <&-", False, 0),
        (">/dev/full 2>/dev/full", False, 0),
    ],
)
def test_the_program_ends_as_if_its_streams_were_whole(
    tmp_path: Path, redirection: str, printed: bool, sentences: int
) -> None:
    done = shell(redirection, tmp_path)
    assert done.returncode == 7
    assert done.stdout == ("drag √2 ρ \\udcff\n" if printed else "")
    lines = done.stderr.splitlines()
    assert len(lines) == sentences
    assert all(line.startswith("fusiform: ") for line in lines)
    if sentences:
        assert lines[0].startswith("fusiform: one\\nword\\x1b[0m nnn")
        assert len(lines[0]) < 1100


def test_text_that_a_full_disk_does_not_take_is_kept_in_a_file(tmp_path: Path) -> None:
    done = shell(">/dev/full", tmp_path)
    (kept,) = tmp_path.iterdir()
    assert kept.read_text() == "drag √2 ρ \\udcff\n"
    assert f"the output is kept in {kept}" in done.stderr


def test_text_that_cannot_be_kept_is_printed_on_standard_error(tmp_path: Path) -> None:
    keeps_nothing = PROGRAM.replace("lost =", "import tempfile; tempfile.tempdir = '/proc/nowhere'; lost =")
    command = ["sh", "-c", '"$0" -c "$1" >/dev/full', sys.executable, keeps_nothing]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.stderr.splitlines()[1] == "drag √2 ρ \\udcff"
    assert "the output is printed above" in done.stderr


def test_a_reader_that_leaves_is_no_failure(tmp_path: Path) -> None:
    done = shell("| true", tmp_path)
    assert (done.returncode, len(done.stderr.splitlines()), list(tmp_path.iterdir())) == (0, 1, [])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16"])
def test_characters_that_an_encoding_does_not_have_are_escaped(tmp_path: Path, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True
    )
    assert done.returncode == 7
    written = done.stdout.decode(encoding).encode("ascii", "backslashreplace")
    assert written == b"drag \\u221a2 \\u03c1 \\udcff\n"
