"""Reading untrusted drawings and meshes in a child process with limited memory, time and output.

The child gets the bytes of the file on standard input and answers with raw float64 points or with one sentence. It has
at most 2 GB of address space, 20 s and 1 MB of output; a parser that crashes on the file ends only the child. It never
imports torch, so that it starts in a tenth of the time.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from contextlib import suppress

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.drawn_curves import largest_loop
from fusiform.solvers.geometry.formats.dxf import read_dxf
from fusiform.solvers.geometry.formats.mesh_sections import merged_sides, mesh_section
from fusiform.solvers.geometry.formats.svg import read_svg
from fusiform.solvers.geometry.polygons import clean_outline

SECONDS = 20
MEMORY_BYTES = 2 * 1024**3
OUTPUT_BYTES = 1_000_000
DRAWINGS = (".svg", ".dxf")
MESHES = (".stl", ".obj", ".ply")

_REFUSED = 3  # exit code of a child whose answer is a sentence
_LONGEST_SENTENCE = 400
_LIMITS = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_CPU: SECONDS,
    resource.RLIMIT_FSIZE: OUTPUT_BYTES,
    resource.RLIMIT_CORE: 0,
}
_START = """
import sys
from fusiform.solvers.geometry.formats.sandbox import answer
answer(*sys.argv[1:])
"""


def read_isolated(content: bytes, suffix: str, axis: str = "z", at: float | None = None) -> FloatArray:
    """The largest loop in the bytes of a .svg, .dxf, .stl, .obj or .ply file, as a clean polygon (n, 2).

    For `axis` and `at` see `mesh_sections.mesh_section`. `InputError` for everything that cannot be read within the
    limits; about half a second for drawings, one for meshes.
    """
    level = "" if at is None else repr(float(at))
    command = [sys.executable, "-P", "-B", "-c", _START, suffix, axis, level]
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
    if child.returncode == _REFUSED:
        raise InputError(data.decode("utf-8", errors="replace"))
    if child.returncode != 0 or not data or len(data) % 16:
        raise InputError(
            f"expected a {suffix} file that is read within {SECONDS} s and {MEMORY_BYTES >> 30} GB, got one that made "
            "the reader fail; simplify it, or save it again with another program"
        )
    return np.frombuffer(data, dtype=np.float64).reshape(-1, 2).copy()


def read_here(content: bytes, suffix: str, axis: str = "z", at: float | None = None) -> FloatArray:
    """`read_isolated` in this process, without limits: for the child, and for files that Fusiform has just written."""
    if suffix in MESHES:
        loop = merged_sides(largest_loop(mesh_section(content, suffix[1:], axis, at), "a mesh section"))
    else:
        loop = largest_loop(read_svg(content) if suffix == ".svg" else read_dxf(content), "a drawing")
    return clean_outline(loop)


def answer(suffix: str, axis: str, level: str) -> None:
    """The child's work: read standard input, write the points or a sentence to standard output, and exit."""
    for kind, most in _LIMITS.items():
        with suppress(ValueError, OSError):  # macOS refuses a limit of the address space
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))
    channel = os.dup(1)
    os.dup2(2, 1)  # prints of libraries stay out of the answer
    try:
        reply, code = read_here(sys.stdin.buffer.read(), suffix, axis, float(level) if level else None).tobytes(), 0
    except Exception as error:
        reply, code = _sentence(error, suffix), _REFUSED
    with os.fdopen(channel, "wb") as stream:
        stream.write(reply)
    sys.exit(code)


def _sentence(error: Exception, suffix: str) -> bytes:
    """One line of printable characters about the exception of a reader."""
    if isinstance(error, InputError):
        text = "".join(letter if letter.isprintable() else " " for letter in str(error))
    elif isinstance(error, MemoryError):
        text = f"expected a {suffix} file that needs less than {MEMORY_BYTES >> 30} GB, got a larger one; simplify it"
    else:
        text = f"expected a well-formed {suffix} file, got a damaged one; save it again with another program"
    return text[:_LONGEST_SENTENCE].encode("utf-8", errors="replace")
