"""The files of data sets, checked without torch: a folder for each set, with a manifest and a file for each case.

A set is complete when each of its cases is solved or stands among the failures.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.tables import from_table, read_json
from fusiform.surrogates.data.dataset_config import MOST_BODIES, DatasetConfig

TRAIN, HELDOUT, CALIBRATION = "train", "heldout", "calibration"  # the data sets of a recipe
DATA_SETS = (HELDOUT, CALIBRATION, TRAIN)  # in the order in which they are made
RESTART = "delete it and run `fusiform dataset` again"
FINISH = "run `fusiform dataset` to the end"


@dataclass(frozen=True)
class Manifest:
    """The settings of a data set, their hash, and the versions of the packages that made it."""

    digest: str
    config: DatasetConfig
    versions: dict[str, Any]

    def __post_init__(self) -> None:
        require(
            self.digest == self.config.digest,
            f"expected the digest {self.config.digest} of its settings in a manifest.json, got {shown(self.digest)}: "
            "it is damaged or was edited; use another folder",
        )


def manifest_path(folder: Path) -> Path:
    return folder / "manifest.json"


def failures_path(folder: Path) -> Path:
    return folder / "failures.json"


def case_path(folder: Path, index: int) -> Path:
    return folder / f"case-{index:06d}.npz"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a data set; `InputError` if there is none, or one that is damaged."""
    path = manifest_path(folder)
    require(
        os.path.isfile(path),
        f"expected a data set folder with a manifest.json, got {folder}; make one with `fusiform dataset`",
    )
    values = read_json(path, "manifest of a data set", RESTART)
    require(isinstance(values, dict), f"expected a manifest in {str(path)!r}, got {shown(values)}; {RESTART}")
    return from_table(Manifest, values, f"{str(path)!r}")


def digest_in(folder: Path) -> str | None:
    """The digest in the manifest of a data set, whatever else is in it; None without one."""
    values = read_json(manifest_path(folder), "manifest of a data set", RESTART)
    digest = values.get("digest") if isinstance(values, dict) else None
    return digest if isinstance(digest, str) else None


def read_failures(folder: Path) -> dict[int, str]:
    """The reasons of the cases without a flow, by index; `InputError` for a damaged file."""
    path = failures_path(folder)
    if not path.exists():
        return {}
    values = read_json(path, "list of failures", RESTART)
    require(
        isinstance(values, dict) and all(_is_index(key) and isinstance(text, str) for key, text in values.items()),
        f"expected numbers of cases with a reason for each in {str(path)!r}, got {shown(values)}; {RESTART}",
    )
    return {int(key): reason for key, reason in values.items()}


def _is_index(key: str) -> bool:
    return key.isdecimal() and len(key) <= len(str(MOST_BODIES)) and str(int(key)) == key


def case_paths(folder: Path, most: int | None = None) -> list[Path]:
    """The files of the solved cases, in the order of their indices, of the first `most` cases if that is given.

    `InputError` unless the set is complete, has one solved case or more, and no file is beyond its count.
    """
    count, failures = read_manifest(folder).config.count, read_failures(folder)
    stored = {path.name for path in folder.glob("case-*.npz")}
    known = {case_path(folder, index).name: index for index in range(count)}
    foreign = sorted(stored - known.keys())
    require(
        not foreign,
        f"expected cases 0 to {count - 1} in {folder}, got {shown(foreign[:3])} too; delete it or use another folder",
    )
    asked = range(count if most is None else most)
    solved = [index for index in asked if case_path(folder, index).name in stored]
    done = len(failures.keys() & set(asked) | set(solved))
    require(done == len(asked), f"expected {len(asked)} cases in {folder}, got {done} of them; {FINISH}")
    require(len(solved) > 0, f"expected solved cases in {folder}, got {len(failures)} failures; use another recipe")
    return [case_path(folder, index) for index in solved]


def require_cases(folder: Path, *names: str) -> None:
    """Raise `InputError` unless `folder` holds each data set in `names`, complete."""
    for name in names:
        case_paths(folder / name)
