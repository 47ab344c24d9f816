"""Variables of the environment with nonsense."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fusiform.app.terminal.environment import has_working_folder, repair_environment


@pytest.mark.parametrize("text", ["²", "1", "", "-5", "80.5", "９０", "9" * 5000, "wide"])
def test_a_size_of_the_terminal_that_is_none_is_dropped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    for name in ("COLUMNS", "LINES", "TERMINAL_WIDTH", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, text)
    repair_environment()
    assert not {"COLUMNS", "LINES", "TERMINAL_WIDTH"} & set(os.environ)
    assert os.environ["OMP_NUM_THREADS"] == "1"


def test_sizes_and_counts_that_can_be_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    repair_environment()
    assert (os.environ["COLUMNS"], os.environ["OMP_NUM_THREADS"]) == ("20", "4")


def test_a_deleted_working_folder_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert has_working_folder()
    folder.rmdir()
    assert not has_working_folder()
