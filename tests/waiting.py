"""Waiting for a page or a server, without a browser.

Waits end with what they wait for; `SECONDS` is only how long a slow machine may take.
"""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Callable
from typing import TypeVar

SECONDS = 180.0
T = TypeVar("T")


def wait_for(
    find: Callable[[], T], what: str, seconds: float = SECONDS, passing: tuple[type[Exception], ...] = ()
) -> T:
    """The first true value of `find`, which may raise an error of `passing`, or one of a missing answer, before."""
    end = time.monotonic() + seconds
    while True:
        try:
            if found := find():
                return found
        except (IndexError, TypeError, urllib.error.URLError, *passing):
            pass
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)
