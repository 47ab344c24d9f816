"""The files of an optimum: its outline, the extruded body, the flow, the project, and the numbers as JSON."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import finite, write_json

if TYPE_CHECKING:
    from fusiform.solvers import Body
    from fusiform.solvers.inverse import OptimizationResult

OUTLINE_SUFFIXES = (".dat", ".csv", ".svg", ".dxf", ".stl")
FLOW_FILE, PROJECT_FILE, NUMBERS_FILE = "optimum.vts", "project.json", "result.json"
OPTIMUM_FILES = (*(f"optimum{suffix}" for suffix in OUTLINE_SUFFIXES), FLOW_FILE, PROJECT_FILE, NUMBERS_FILE)


def body_bytes(body: Body, suffix: str) -> bytes:
    """The content of the file that `export_body` writes, for a download."""
    from fusiform.solvers import export_body

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"body{suffix}"
        export_body(body, path)
        return path.read_bytes()


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Raise `InputError` if `folder` holds an earlier optimum and must not `overwrite` it."""
    taken = [name for name in OPTIMUM_FILES if (folder / name).exists()]
    require(
        overwrite or not taken,
        f"expected a folder without earlier results, got {folder} with {', '.join(taken)}; "
        "choose another folder with --out, or overwrite with --force",
    )


def write_optimum(folder: Path, result: OptimizationResult, numbers: dict[str, Any]) -> list[str]:
    """Write all files of an optimum and return their paths.

    result.json holds `numbers` and the coefficients a_k, project.json the problem and the result; the flow is written
    where the solver has found it.
    """
    names = [name for name in OPTIMUM_FILES if name != FLOW_FILE or (result.verified and result.verified.converged)]
    paths = [str(folder / name) for name in names]
    for name in names:
        if name.startswith("optimum"):
            result.export(folder / name)
    result.save(folder / PROJECT_FILE)
    pairs = [[a.real, a.imag] for a in result.body.coefficients.tolist()]
    write_json(folder / NUMBERS_FILE, finite(numbers) | {"files": paths, "coefficients": pairs})
    return paths
