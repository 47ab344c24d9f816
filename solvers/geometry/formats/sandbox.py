"""Reading untrusted drawings and meshes in a child process with limited memory, time and output.

The child gets the bytes of the file on standard input and answers with a line about the outline and raw float64
points, or with one sentence. It has at most 2 GB of address space, 20 s and 1 MB of output; a parser that crashes on
the file ends only the child. It never imports torch, so that it starts in a tenth of the time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.found_outline import FoundOutline

SECONDS = 20
MEMORY_BYTES = 2 * 1024**3
OUTPUT_BYTES = 1_000_000
DRAWINGS = (".svg", ".dxf")
MESHES = (".stl", ".obj", ".ply")
REVOLUTION = "revolution"  # in place of the axis: the section of a mesh of revolution through its own axis
POINTS = ".points"  # float64 x, y of a closed polygon that crosses itself

REFUSED = 3  # exit code of a child whose answer is a sentence
_START = """
import sys
from fusiform.solvers.geometry.formats.isolated_reader import answer
answer(*sys.argv[1:])
"""


def read_isolated(
    content: bytes, suffix: str, axis: str = "z", at: float | None = None, part: str | int | None = None
) -> FoundOutline:
    """The body's outline in the bytes of a .svg, .dxf, .stl, .obj or .ply file or of points, as a clean polygon (n, 2).

    For `axis` and `at` see `mesh_sections.plane_of`, or `mesh_meridians` where the axis is `REVOLUTION`; for `part` see
    `drawn_body.body_outline`. `InputError` for everything that cannot be read within the limits; about 0.6 s for
    drawings, one second for meshes.
    """
    level = None if at is None else float(at)
    command = [sys.executable, "-P", "-B", "-c", _START, suffix, axis, json.dumps(level), json.dumps(part)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryFile() as output:
        try:
            child = subprocess.run(
                command,
                input=content,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                env={**os.environ, **threads},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise InputError(
                f"expected a {suffix} file that is read within {SECONDS} s, got one that takes longer; simplify it"
            ) from error
        output.seek(0)
        data = output.read(OUTPUT_BYTES)
    if child.returncode == REFUSED:
        raise InputError(data.decode("utf-8", errors="replace"))
    source, _, points = data.partition(b"\n")
    if child.returncode != 0 or not points or len(points) % 16:
        raise InputError(
            f"expected a {suffix} file that is read within {SECONDS} s and {MEMORY_BYTES >> 30} GB, got one that made "
            "the reader fail; simplify it, or save it again with another program"
        )
    outline = np.frombuffer(points, dtype=np.float64).reshape(-1, 2).copy()
    return FoundOutline(outline, source.decode("utf-8", errors="replace"))
