"""The work of the child process that reads untrusted drawings and meshes (`sandbox`)."""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from dataclasses import replace

import numpy as np

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.crossings import without_crossings
from fusiform.solvers.geometry.formats.drawings.drawn_body import body_outline
from fusiform.solvers.geometry.formats.drawings.dxf import read_dxf
from fusiform.solvers.geometry.formats.drawings.svg import read_svg
from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.formats.mesh_meridians import mesh_of_revolution
from fusiform.solvers.geometry.formats.mesh_outlines import mesh_outline
from fusiform.solvers.geometry.formats.sandbox import (
    MEMORY_BYTES,
    MESHES,
    OUTPUT_BYTES,
    POINTS,
    REFUSED,
    REVOLUTION,
    SECONDS,
)
from fusiform.solvers.geometry.polygons import clean_outline

_LONGEST_SENTENCE = 400
_LIMITS = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_CPU: SECONDS,
    resource.RLIMIT_FSIZE: OUTPUT_BYTES,
    resource.RLIMIT_CORE: 0,
}


def read_here(
    content: bytes, suffix: str, axis: str = "z", at: float | None = None, part: str | int | None = None
) -> FoundOutline:
    """`read_isolated` in this process, without limits."""
    if suffix == POINTS:
        return without_crossings(np.frombuffer(content, dtype=np.float64).reshape(-1, 2))
    if suffix in MESHES and axis == REVOLUTION:
        return mesh_of_revolution(content, suffix[1:])
    if suffix in MESHES:
        return mesh_outline(content, suffix[1:], axis, at, part)
    found = body_outline(read_svg(content) if suffix == ".svg" else read_dxf(content), part)
    return replace(found, points=clean_outline(found.points))


def answer(suffix: str, axis: str, level: str, part: str) -> None:
    """The child's work: read standard input, write the points or a sentence to standard output, and exit."""
    for kind, most in _LIMITS.items():
        with suppress(ValueError, OSError):  # macOS refuses a limit of the address space
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))
    channel = os.dup(1)
    os.dup2(2, 1)  # prints of libraries stay out of the answer
    try:
        outline = read_here(sys.stdin.buffer.read(), suffix, axis, json.loads(level), json.loads(part))
        reply, code = _line(outline.source) + b"\n" + outline.points.tobytes(), 0
    except Exception as error:
        reply, code = _sentence(error, suffix), REFUSED
    with os.fdopen(channel, "wb") as stream:
        stream.write(reply)
    sys.exit(code)


def _sentence(error: Exception, suffix: str) -> bytes:
    """One line of printable characters about the exception of a reader."""
    if isinstance(error, InputError):
        return _line(str(error))
    if isinstance(error, MemoryError):
        return _line(
            f"expected a {suffix} file that needs less than {MEMORY_BYTES >> 30} GB, got a larger one; simplify it"
        )
    return _line(f"expected a well-formed {suffix} file, got a damaged one; save it again with another program")


def _line(text: str) -> bytes:
    """Printable characters alone, and not too many."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return printable[:_LONGEST_SENTENCE].encode("utf-8", errors="replace")
