"""Signals that end a command: an interrupt (Ctrl-C), a hangup, a termination; each as `KeyboardInterrupt`."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SENTENCE = "interrupted; nothing more was written."
SAME_INTERRUPT = 2.0  # seconds in which further signals are the same interrupt, so that none interrupts the cleaning up


class Interrupts:
    """The signal that ends this process, `number`, None before one came."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._came = 0.0

    def install(self) -> None:
        """Handle the signals that are not ignored (`nohup` and background jobs ignore some)."""
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._handle)

    def ignore(self) -> None:
        """Ignore all further signals, while the process ends."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    @property
    def exit_code(self) -> int | None:
        """The shell's code for a process that a signal has ended, None before one came."""
        return None if self.number is None else 128 + self.number

    def _handle(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.number is not None and now - self._came < SAME_INTERRUPT:
            return
        self.number, self._came = number, now
        if _is_importing(frame):
            with suppress(OSError):
                os.write(2, f"fusiform: {SENTENCE}\n".encode())
            os._exit(128 + number)
        raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    """True within an import, where nothing waits to be cleaned up, and an exception may make a library abort."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
