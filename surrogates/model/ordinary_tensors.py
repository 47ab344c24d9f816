"""Ordinary tensors for values that outlive a call: later calls could not differentiate through inference tensors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def ordinary_tensors() -> Iterator[None]:
    """Context and decorator that leaves `torch.inference_mode`; the recording of gradients stays as it was."""
    recording = torch.is_grad_enabled()
    with torch.inference_mode(False), torch.set_grad_enabled(recording):
        yield
