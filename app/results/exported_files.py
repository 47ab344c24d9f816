"""The files of an optimum: its outline, the extruded body, the flow, the project, and the numbers as JSON."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import finite, write_json

if TYPE_CHECKING:
    from fusiform.solvers import Body
    from fusiform.solvers.inverse import OptimizationResult

OUTLINE_SUFFIXES = (".dat", ".csv", ".svg", ".dxf", ".stl")
FLOW_FILE, PROJECT_FILE, NUMBERS_FILE = "optimum.vts", "project.json", "result.json"
OPTIMUM_FILES = (PROJECT_FILE, *(f"optimum{suffix}" for suffix in OUTLINE_SUFFIXES), FLOW_FILE, NUMBERS_FILE)


def body_bytes(body: Body, suffix: str) -> bytes:
    """The content of the file that `export_body` writes, for a download."""
    from fusiform.solvers import export_body

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"body{suffix}"
        export_body(body, path)
        return path.read_bytes()


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Raise `InputError` if `folder` holds an earlier optimum and must not `overwrite` it."""
    taken = [name for name in OPTIMUM_FILES if os.path.lexists(folder / name)]
    require(
        overwrite or not taken,
        f"expected a folder without earlier results, got {folder} with {', '.join(taken)}; "
        "choose another folder with --out, or overwrite with --force",
    )


@dataclass(frozen=True)
class WrittenFiles:
    """The `paths` of the files that were written, and a sentence for each of the others, `failures`."""

    paths: list[str]
    failures: list[str]


def write_optimum(folder: Path, result: OptimizationResult, numbers: dict[str, Any]) -> WrittenFiles:
    """Write all files of an optimum that can be written, the project first.

    result.json holds `numbers` and the coefficients a_k, project.json the problem and the result; the flow is written
    where the solver has found it.
    """
    paths, failures = [], []

    def write(name: str, writer: Callable[[Path], None]) -> None:
        try:
            writer(folder / name)
            paths.append(str(folder / name))
        except InputError as error:
            failures.append(str(error))

    write(PROJECT_FILE, result.save)
    for suffix in OUTLINE_SUFFIXES:
        write(f"optimum{suffix}", result.export)
    if result.verified and result.verified.converged:
        write(FLOW_FILE, result.export)
    pairs = [[a.real, a.imag] for a in result.body.coefficients.tolist()]
    files = [*paths, str(folder / NUMBERS_FILE)]
    write(NUMBERS_FILE, lambda path: write_json(path, finite(numbers) | {"files": files, "coefficients": pairs}))
    return WrittenFiles(paths, failures)


def rescue_project(result: OptimizationResult) -> Path | None:
    """Write the project to a new folder for temporary files; returns its path, None if that fails too."""
    try:
        path = Path(tempfile.mkdtemp(prefix="fusiform-")) / PROJECT_FILE
        result.save(path)
    except (OSError, InputError):
        return None
    return path
