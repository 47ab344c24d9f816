"""Freed memory that stays with the process, so that the next array needs no new pages from the system."""

from __future__ import annotations

from functools import lru_cache

import torch

LARGEST_THRESHOLD = 2**25


@lru_cache(maxsize=1)
def keep_freed_memory() -> None:
    """Let the C library keep up to twice `LARGEST_THRESHOLD` bytes of freed memory for later arrays.

    A solve makes and drops hundreds of arrays of a megabyte. glibc gives such memory back to the system at once and
    fetches it anew, page by page, which costs a tenth of a solve, until a larger block was freed: then it keeps blocks
    up to that size (`M_MMAP_THRESHOLD` in mallopt(3)). The block made and freed here is never written to, so that it
    takes no memory. Elsewhere this does nothing.
    """
    torch.empty(LARGEST_THRESHOLD - 2**16, dtype=torch.uint8)
