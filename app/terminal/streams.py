"""Standard output and standard error that never raise: a full disk, a closed pipe, a narrow encoding.

Characters that the encoding does not have are written as escapes. What standard output could not take is kept in a
file, and a sentence says where, so that a result is never lost.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import Any, TextIO

LONGEST_SENTENCE = 1000
CLOSED = (errno.EPIPE, errno.EBADF)
MOST_KEPT = 10_000_000  # bytes; the log of a server is not kept
_INPUT, _OUTPUT, _ERROR = 0, 1, 2


class UnfailingFile(io.FileIO):
    """A file descriptor to write to; the first error is kept in `failure`, and the bytes in `content`."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self.failure: OSError | None = None
        self.content = bytearray()

    def write(self, data: Any, /) -> int:
        """Write what can be written; always all of it for the caller."""
        size = len(data)
        self.content += data[: max(0, MOST_KEPT - len(self.content))]
        while len(data) > 0 and self.failure is None:
            try:
                written = super().write(data)
                if written is None:  # a pipe that does not block, and is full
                    select.select([], [self], [])
                else:
                    data = data[written:]
            except OSError as error:
                self.failure = error
        return size


def open_streams() -> None:
    """Put unfailing streams in the place of `sys.stdout` and `sys.stderr`.

    A stream that is closed leads to the null device, so that no other file gets its descriptor.
    """
    for descriptor, stream in ((_INPUT, sys.stdin), (_OUTPUT, sys.stdout), (_ERROR, sys.stderr)):
        if stream is None:
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, descriptor)
            if null != descriptor:
                os.close(null)
    output = UnfailingFile(_OUTPUT)
    sys.stdout = _text(output, sys.stdout, output.isatty())
    sys.stderr = _text(UnfailingFile(_ERROR), sys.stderr, True)


def _text(file: UnfailingFile, earlier: TextIO | None, by_line: bool) -> io.TextIOWrapper:
    encoding = getattr(earlier, "encoding", None) or "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(file), encoding=encoding, errors="backslashreplace", line_buffering=by_line
    )


def say(message: str) -> None:
    """Print one line on standard error: control characters escaped, the middle of a very long one left out."""
    line = printable(message)
    if len(line) > LONGEST_SENTENCE:
        half = LONGEST_SENTENCE // 2
        line = f"{line[:half]} … {line[-half:]}"
    print(f"fusiform: {line}", file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """`text` with line breaks and control characters as escapes."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def undelivered() -> str | None:
    """A sentence about text that standard output could not take and that is kept in a file; None if nobody misses it.

    Nobody misses what a closed pipe did not take. Without a place for the file, the text goes to standard error.
    """
    sys.stdout.flush()
    file = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if not isinstance(file, UnfailingFile) or file.failure is None or file.failure.errno in CLOSED:
        return None
    start = f"expected a standard output that can be written, got '{file.failure.strerror}'; "
    try:
        return f"{start}the output is kept in {_kept(file.content)}"
    except OSError:
        sys.stderr.write(file.content.decode(errors="replace"))
        return f"{start}the output is printed above"


def _kept(content: bytes | bytearray) -> str:
    """The name of a new file for temporary files with `content`."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix="fusiform-output-", suffix=".txt")
    try:
        with open(handle, "wb") as file:
            file.write(content)
    except OSError:
        os.unlink(name)
        raise
    return name
