"""Results that do not depend on the caller's autograd mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def gradients_enabled() -> Iterator[None]:
    """Compute with gradients, also inside `torch.no_grad` or `torch.inference_mode`; a context and a decorator."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


@contextmanager
def ordinary_tensors() -> Iterator[None]:
    """Leave `torch.inference_mode`, and the recording of gradients as it was; a context and a decorator.

    For values that outlive a call: later calls could not differentiate through inference tensors.
    """
    recording = torch.is_grad_enabled()
    with torch.inference_mode(False), torch.set_grad_enabled(recording):
        yield
