"""Environment variables and a working folder that libraries use without care."""

from __future__ import annotations

import os

WIDTHS = ("COLUMNS", "LINES", "TERMINAL_WIDTH")
NARROWEST, WIDEST = 20, 1000


def repair_environment() -> None:
    """Use one thread unless OMP_NUM_THREADS is a count, and drop sizes of the terminal that are none.

    The solver's blocks are small, and threads that compete for a busy core make it ten times slower.
    """
    if not _is_count(os.environ.get("OMP_NUM_THREADS", ""), 1, 10_000):
        os.environ["OMP_NUM_THREADS"] = "1"
    for name in WIDTHS:
        if name in os.environ and not _is_count(os.environ[name], NARROWEST, WIDEST):
            del os.environ[name]


def has_working_folder() -> bool:
    """False where the working folder has been deleted: numerical libraries end the process there."""
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _is_count(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most
