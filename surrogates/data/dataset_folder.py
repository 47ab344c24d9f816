"""The files of data sets, found without torch: a folder for each set, with a manifest and a file for each case."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.tables import read_json

TRAIN, HELDOUT, CALIBRATION = "train", "heldout", "calibration"  # the data sets of a recipe
DATA_SETS = (HELDOUT, CALIBRATION, TRAIN)  # in the order in which they are made
RESTART = "delete it and run `fusiform dataset` again"


def manifest_path(folder: Path) -> Path:
    return folder / "manifest.json"


def case_path(folder: Path, index: int) -> Path:
    return folder / f"case-{index:06d}.npz"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a data set; `InputError` if there is none."""
    require(
        os.path.isfile(manifest_path(folder)),
        f"expected a data set folder with a manifest.json, got {folder}; make one with `fusiform dataset`",
    )
    manifest: dict[str, Any] = read_json(manifest_path(folder), "manifest of a data set", RESTART)
    return manifest


def case_paths(folder: Path) -> list[Path]:
    """The files of the solved cases, in the order of their indices; `InputError` if there are none."""
    paths = sorted(folder.glob("case-*.npz"))
    require(len(paths) > 0, f"expected solved cases in {folder}, got none; run `fusiform dataset` to the end")
    return paths


def require_cases(folder: Path, *names: str) -> None:
    """Raise `InputError` unless `folder` holds a manifest and solved cases of each data set in `names`."""
    for name in names:
        read_manifest(folder / name)
        case_paths(folder / name)
