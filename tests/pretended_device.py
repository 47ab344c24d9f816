"""A pretended accelerator: it computes on the CPU, but its tensors mix with no tensor of the CPU, as those of a GPU do.

`ELSEWHERE` stands for the device. Inside `pretended_device()` tensors that are made there or moved there (`to`) report
that device and hold their numbers; an operation on one of them and on a tensor of the CPU with more than one number
raises a `RuntimeError`, as it would on CUDA. What moves numbers back to the host is counted, since it makes a real
accelerator wait. (Torch's fake tensors of a CUDA device cannot be indexed where torch has no CUDA.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

ELSEWHERE = torch.device("meta")
TO_HOST = {"aten._local_scalar_dense.default", "aten.equal.default", "aten.nonzero.default"}


class _Elsewhere(Tensor):
    """A tensor of the pretended device, with its numbers in `held`."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> _Elsewhere:
        with torch.inference_mode(False):  # torch refuses to make one inside
            made = Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
                cls, held.shape, held.stride(), held.storage_offset(), dtype=held.dtype, device=ELSEWHERE
            )
        made.held = held
        return made

    def __repr__(self) -> str:  # type: ignore[override]
        return f"elsewhere {self.held}"

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _computed(function, args, kwargs or {})


class PretendedDevice(TorchDispatchMode):
    """`to_host`: how often each operation brought numbers back from the device."""

    def __init__(self) -> None:
        super().__init__()
        self.to_host: Counter[str] = Counter()

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, name = kwargs or {}, str(function)
        leaves = name == "aten._to_copy.default" and _target(kwargs) not in (None, ELSEWHERE)
        if (leaves or name in TO_HOST) and any(isinstance(argument, _Elsewhere) for argument in args):
            self.to_host[name] += 1
        return _computed(function, args, kwargs)


class _Constants(TorchFunctionMode):
    """`torch.tensor` of numbers is no operation of a device: it makes a tensor of the CPU, which is moved."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if function is torch.tensor and _target(kwargs) == ELSEWHERE:
            return torch.tensor(*args, **{**kwargs, "device": "cpu"}).to(ELSEWHERE)
        return function(*args, **kwargs)


def _target(kwargs: dict[str, Any]) -> torch.device | None:
    device = kwargs.get("device")
    return None if device is None else torch.device(device)


def _computed(function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    name, tensors = str(function), []
    held = _mapped(lambda t: tensors.append(t) or getattr(t, "held", t), (list(args), kwargs))
    for place, argument in enumerate(args):  # of `to`, which inference mode leaves as it is
        if isinstance(argument, torch.device) and argument == ELSEWHERE:
            held[0][place] = torch.device("cpu")
    there, target = any(isinstance(t, _Elsewhere) for t in tensors), _target(kwargs)
    if there and not name.startswith(("aten._to_copy", "aten.copy_")):
        strays = [t for t in tensors if not isinstance(t, _Elsewhere) and (t.dim() > 0 or t.device == ELSEWHERE)]
        if strays:
            raise RuntimeError(f"{name}: expected all tensors on one device, got {len(strays)} strays; make them there")
    if target is not None:
        there, held[1]["device"] = target == ELSEWHERE, torch.device("cpu")
    result = function(*held[0], **held[1])
    if function._schema.is_mutable:
        return kwargs.get("out", args[0])
    return _mapped(lambda t: _Elsewhere(t.resolve_conj().resolve_neg()), result) if there else result


def _mapped(change: Callable[[Tensor], Any], value: Any) -> Any:
    """A value with every tensor in its lists, tuples and dictionaries replaced."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, (list, tuple)):
        return [_mapped(change, item) for item in value] if isinstance(value, list) else _tuple(change, value)
    return {key: _mapped(change, item) for key, item in value.items()} if isinstance(value, dict) else value


def _tuple(change: Callable[[Tensor], Any], value: Any) -> Any:
    return tuple(_mapped(change, item) for item in value)


@contextmanager
def pretended_device() -> Iterator[PretendedDevice]:
    with _Constants(), PretendedDevice() as device:
        yield device


def numbers(tensor: Tensor) -> Tensor:
    """The numbers of a tensor of the pretended device, as a tensor of the CPU."""
    assert isinstance(tensor, _Elsewhere), f"expected a tensor of the pretended device, got one of {tensor.device}"
    return tensor.held
