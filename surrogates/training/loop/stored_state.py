"""States of a training in files that torch reads, with a checksum: a file of which one bit has changed is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.common.files import write_atomically

CHECKSUM = "sha256"


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write nested dicts, lists and tuples of tensors, numbers and texts."""
    sealed = state | {CHECKSUM: _checksum(state)}
    write_atomically(path, lambda file: torch.save(sealed, file))


def read_state(path: Path, device: torch.device | str) -> dict[str, Any]:
    """The state in a file, on `device`; `InputError` for a file that is damaged or holds something else."""
    try:
        state = torch.load(path, weights_only=True, map_location=device)
        stored = state.pop(CHECKSUM)
        found = _checksum(state)
    except Exception as error:  # torch and pickle raise all kinds of errors for damaged files
        raise _damaged(path, type(error).__name__) from error
    if stored != found:
        raise _damaged(path, "another checksum")
    loaded: dict[str, Any] = state
    return loaded


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(
        f"expected a readable checkpoint in {str(path)!r}, got a damaged or foreign file ({reason}); delete it and run "
        "again, which repeats this stage of the training, or use another folder"
    )


def _checksum(state: Any) -> str:
    digest = hashlib.sha256()
    _feed(digest, state)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    """Add the kinds, shapes and numbers of nested values to the digest."""
    if isinstance(value, Tensor):
        array = value.detach().cpu().contiguous()
        digest.update(f"{array.dtype}{tuple(array.shape)}".encode())
        digest.update(array.reshape(-1).view(torch.uint8).numpy().tobytes())
    elif isinstance(value, dict):
        digest.update(f"dict{len(value)}".encode())
        for key, entry in value.items():
            _feed(digest, key)
            _feed(digest, entry)
    elif isinstance(value, list | tuple):
        digest.update(f"list{len(value)}".encode())
        for entry in value:
            _feed(digest, entry)
    else:
        digest.update(f"{type(value).__name__}{value!r}".encode())
