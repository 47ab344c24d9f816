"""The text of an .obj file in the form that trimesh reads right.

It reads corners that are counted back from their face as others, and neither indented lines, tabs after the first word,
notes at the end of a line, nor the line ends of old Macs.
"""

from __future__ import annotations

import re

from fusiform.solvers.common.errors import require, shown

_RELATIVE = re.compile(rb"^[ \t]*f[ \t][^\n]*?[ \t]-\d", re.MULTILINE)
_CONTINUED = re.compile(rb"\\\r?\n")
_UNUSUAL = re.compile(rb"^[ \t]+[vf][ \t]|^[vf]\t|^[vf] [^\n]*#|\r(?!\n)", re.MULTILINE)


def plain_obj(content: bytes) -> bytes:
    """The file with one space between words, without notes, and with absolute corners."""
    content = _CONTINUED.sub(b" ", content)
    if _UNUSUAL.search(content):
        content = b"\n".join(b" ".join(line.split(b"#")[0].split()) for line in content.splitlines())
    return _absolute_corners(content)


def _absolute_corners(content: bytes) -> bytes:
    """The file with each face by the numbers of its corners alone, if one is relative: -1 is the last corner before it.

    `InputError` for a face of a corner before the first one.
    """
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
