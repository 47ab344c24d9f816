"""The progress of a long computation, reported as (stage, done, total, note); known without torch."""

from __future__ import annotations

from collections.abc import Callable

OnProgress = Callable[[str, int, int, str], None]


def quiet(stage: str, done: int, total: int, note: str) -> None:
    """Show no progress."""
