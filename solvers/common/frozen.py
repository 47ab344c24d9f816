"""Fields of frozen dataclasses that nothing outside can change: tensors, arrays, mappings, networks."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.common.errors import InputError, shown


class _FrozenTensor:
    """Keeps a copy of the dataclass's argument, and returns a new copy at each access."""

    def __init__(self, dtype: torch.dtype) -> None:
        self._dtype = dtype
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object | None, owner: type | None = None) -> Tensor:
        if instance is None:
            raise AttributeError(self._name)  # a field without a default value
        with torch.inference_mode(False):
            tensor: Tensor = kept(instance, self._name)
            return tensor.clone()

    def __set__(self, instance: object, value: Any) -> None:
        with torch.inference_mode(False):
            vars(instance)[self._name] = self._converted(value).detach().to(device="cpu", copy=True)

    def _converted(self, value: Any) -> Tensor:
        try:
            return torch.as_tensor(value, dtype=self._dtype)
        except (TypeError, ValueError, RuntimeError) as error:
            raise InputError(f"expected numbers for {self._name}, got {shown(value)}; give a list of them") from error


def frozen_tensor(dtype: torch.dtype) -> Any:
    """The field of a frozen dataclass whose tensor cannot be changed from outside.

    The dataclass keeps a detached copy of its argument as `dtype` on the CPU, and each access to the field returns a
    new copy. The copies are ordinary tensors, also under `torch.inference_mode`. `InputError` for an argument
    that does not consist of numbers.
    """
    return _FrozenTensor(dtype)


class _FrozenArray:
    """Keeps the dataclass's argument as converted, None if it is left out, and returns a copy at each access."""

    def __init__(self, converted: Callable[[Any], FloatArray]) -> None:
        self._converted = converted
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object | None, owner: type | None = None) -> FloatArray | None:
        array = None if instance is None else kept(instance, self._name)
        return None if array is None else array.copy()

    def __set__(self, instance: object, value: Any) -> None:
        left_out = value is None or value is self  # the default of `field`
        vars(instance)[self._name] = None if left_out else self._converted(value)


def frozen_array(converted: Callable[[Any], FloatArray]) -> Any:
    """The optional field of a frozen dataclass, None or an array that cannot be changed from outside, nor is printed.

    `converted` makes a new array of the argument, or raises `InputError`.
    """
    return field(default=_FrozenArray(converted), repr=False)


def read_only(array: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A copy of the array that refuses to be written to."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


class _FrozenCopy:
    """Keeps a deep copy of the dataclass's argument, and returns a new one at each access."""

    def __init__(self) -> None:
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        if instance is None:
            raise AttributeError(self._name)  # a field without a default value
        return _copy(kept(instance, self._name))

    def __set__(self, instance: object, value: Any) -> None:
        vars(instance)[self._name] = _copy(value)


def _copy(value: Any) -> Any:
    with ordinary_tensors():
        return deepcopy(value)


def frozen_copy() -> Any:
    """The field of a frozen dataclass whose value, a network or a dictionary, cannot be changed from outside.

    The dataclass keeps a deep copy of its argument, and each access to the field returns a new one; its own methods
    read the field by `kept`, without copying. Tensors of the copies are ordinary, also under `torch.inference_mode`.
    """
    return _FrozenCopy()


def kept(instance: object, name: str) -> Any:
    """The value that `instance` keeps for its field `name`, for its own methods: not to be changed or passed on."""
    return vars(instance)[name]
