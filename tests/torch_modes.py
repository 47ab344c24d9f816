"""Modes and defaults of torch that results must not depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import torch


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


AROUND: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "no grad": torch.no_grad,
    "inference mode": torch.inference_mode,
    "double precision": lambda: default_dtype(torch.float64),
    "half precision": lambda: default_dtype(torch.float16),
    "brain float": lambda: default_dtype(torch.bfloat16),
}
