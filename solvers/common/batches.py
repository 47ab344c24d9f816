"""Batches: frozen dataclasses of tensors whose first axis numbers the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, fields, is_dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar

import torch
from torch import Tensor


class Dataclass(Protocol):
    """An instance of any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Record = TypeVar("Record", bound=Dataclass)


def select(record: Record, index: Tensor | slice) -> Record:
    """The cases `index` (integers, booleans or a slice) of a batch.

    Indexes the first axis of every tensor, also of those in tuples and in nested dataclasses; other fields stay.
    """

    def part(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value[index]
        if isinstance(value, tuple):
            return tuple(part(item) for item in value)
        return select(value, index) if _is_record(value) else value

    return replace(record, **{name: part(value) for name, value in _values(record).items()})


def concatenate(records: Sequence[Record]) -> Record:
    """All cases of several batches, in order; fields without a tensor are those of the first."""

    def whole(parts: list[Any]) -> Any:
        if isinstance(parts[0], Tensor):
            return torch.cat(parts)
        if isinstance(parts[0], tuple):
            return tuple(whole(list(same)) for same in zip(*parts, strict=True))
        return concatenate(parts) if _is_record(parts[0]) else parts[0]

    values = [_values(record) for record in records]
    return replace(records[0], **{name: whole([each[name] for each in values]) for name in values[0]})


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _values(record: Dataclass) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
