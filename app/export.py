"""The files of an optimum: its outline as .dat, .csv and extruded .stl, and the numbers as JSON."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fusiform.app.report import finite
from fusiform.solvers import Body
from fusiform.solvers.errors import require
from fusiform.solvers.files import make_folder, write_json
from fusiform.solvers.geometry.export import export_body

OUTLINE_SUFFIXES = (".dat", ".csv", ".stl")
OPTIMUM_FILES = (*(f"optimum{suffix}" for suffix in OUTLINE_SUFFIXES), "result.json")


def body_bytes(body: Body, suffix: str) -> bytes:
    """What `export_body` would write, for a download."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"body{suffix}"
        export_body(body, path)
        return path.read_bytes()


def prepare_folder(folder: Path, *, overwrite: bool) -> None:
    """Make `folder` and check that the files of an optimum can be written there; `InputError` if not.

    Called before the optimisation, so that nobody waits for a result that cannot be kept.
    """
    taken = [name for name in OPTIMUM_FILES if (folder / name).exists()]
    require(
        overwrite or not taken,
        f"expected a folder without earlier results, got {folder} with {', '.join(taken)}; "
        "choose another folder with --out, or overwrite with --force",
    )
    make_folder(folder)


def write_optimum(folder: Path, body: Body, numbers: dict[str, Any]) -> list[str]:
    """Write all files of an optimum and return their paths; result.json holds `numbers` and the coefficients a_k."""
    paths = [folder / name for name in OPTIMUM_FILES]
    for path in paths[:-1]:
        export_body(body, path)
    names = [str(path) for path in paths]
    pairs = [[a.real, a.imag] for a in body.coefficients.tolist()]
    write_json(paths[-1], finite(numbers) | {"files": names, "coefficients": pairs})
    return names
