"""An optimum on a full disk: it is printed, and the files that have room are written."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from command_line import run
from full_disk import file_size_limit

from fusiform.solvers.common.files import folder_held
from fusiform.solvers.inverse import OptimizationResult

OPTIMIZE = ("optimize", "circle", "--reynolds", "20", "--grid", "coarse", "--max-iterations", "1", "--json")


def test_the_optimum_is_printed_and_small_files_are_written(tmp_path: Path) -> None:
    with file_size_limit(13_500):
        result = run(*OPTIMIZE, "--out", str(tmp_path))
    assert result.exit_code == 3
    printed = json.loads(result.stdout)
    assert printed["drag_coefficient"] > 0.0
    names = sorted(path.name for path in tmp_path.iterdir() if path.name != "checkpoint.json")
    assert names == sorted(Path(name).name for name in printed["files"])
    assert {"project.json", "result.json"} <= set(names)
    assert "optimum.vts" not in names
    assert OptimizationResult.load(tmp_path / "project.json").body.name
    assert json.loads((tmp_path / "result.json").read_text())["files"] == printed["files"]
    assert "files are missing" in result.stderr.splitlines()[-1]


def test_a_project_that_cannot_be_written_is_kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out" / "project.json").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))
    result = run(*OPTIMIZE, "--out", str(tmp_path / "out"), "--force")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["drag_coefficient"] > 0.0
    (kept,) = (tmp_path / "elsewhere").rglob("project.json")
    assert str(kept) in result.stderr.replace("\n", "")
    assert OptimizationResult.load(kept).body.name


def test_a_folder_that_another_command_writes_to_is_refused(tmp_path: Path) -> None:
    with folder_held(tmp_path):
        result = run(*OPTIMIZE, "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "expected a folder that no other command writes to" in result.stderr
