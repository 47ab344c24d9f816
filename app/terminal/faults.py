"""The sentence and the exit code of an exception that no command expects."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path

from fusiform.app.terminal.exit_codes import FAULT, UNWRITTEN, WRONG_INPUT
from fusiform.app.terminal.streams import say

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


def explain(error: BaseException) -> int:
    """Say one sentence about `error`, and return the exit code for it."""
    if isinstance(error, OSError):
        where = "" if error.filename is None else f" for {error.filename!r}"
        say(f"expected files and folders that can be used, got '{error.strerror or error}'{where}; check them")
        return UNWRITTEN if error.errno in FULL else WRONG_INPUT
    if isinstance(error, MemoryError):
        say("expected enough memory, got too little; choose a smaller body, grid or data set")
        return FAULT
    if isinstance(error, ImportError):
        say(f"expected libraries that can be loaded, got '{error}'; free some memory, or install Fusiform again")
        return FAULT
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
    say(f"a fault of Fusiform itself, please report it: {words}")
    return FAULT
