"""Corners of the faces of an .obj file that are counted back from the face, which trimesh reads as others."""

from __future__ import annotations

import re

from fusiform.solvers.common.errors import require, shown

_RELATIVE = re.compile(rb"^[ \t]*f[ \t][^\n]*?[ \t]-\d", re.MULTILINE)
_CONTINUED = re.compile(rb"\\\r?\n")


def absolute_corners(content: bytes) -> bytes:
    """The file with each face by the numbers of its corners alone, if one is relative: -1 is the last corner before it.

    `InputError` for a face of a corner before the first one.
    """
    content = _CONTINUED.sub(b" ", content)
    if not _RELATIVE.search(content):
        return content
    corners, lines = 0, []
    for line in content.splitlines():
        word, *fields = line.split() or [b""]
        corners += word == b"v"
        lines.append(line if word != b"f" else b" ".join([b"f", *(_absolute(field, corners) for field in fields)]))
    return b"\n".join(lines)


def _absolute(field: bytes, corners: int) -> bytes:
    number = field.split(b"/")[0]
    if not re.fullmatch(rb"-\d{1,9}", number):
        return number
    index = corners + 1 + int(number)
    require(
        index > 0,
        f"expected faces of corners of the file, got corner {shown(number.decode())} of {corners}; save it again",
    )
    return b"%d" % index
