"""Ranges of the numbers in a dataclass, declared with its fields: `steps: Annotated[int, Range(1, 1000)] = 100`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fusiform.solvers.common.errors import is_number, is_whole, require, shown, shown_count


@dataclass(frozen=True)
class Range:
    """Numbers from `least` to `most`, both included."""

    least: float
    most: float


def require_ranges(instance: Any, where: str) -> None:
    """Raise `InputError` unless each field of the dataclass that has a range holds a number of its type in it."""
    hints = get_type_hints(type(instance), include_extras=True)
    for each in fields(instance):
        require_in_range(hints[each.name], getattr(instance, each.name), each.name, where)


def require_in_range(hint: Any, value: Any, key: str, where: str) -> None:
    """Raise `InputError` if the type hint has a range and `value` is no number of its type in it."""
    known = _range_of(hint)
    if known is None:
        return
    whole = get_args(hint)[0] is int
    require(
        (is_whole(value) if whole else is_number(value)) and known.least <= value <= known.most,
        f"expected {key} of {where} to be {'a whole number' if whole else 'a number'} from {_text(known.least)} to "
        f"{_text(known.most)}, got {shown_count(value) if whole else shown(value)}; correct it",
    )


def _range_of(hint: Any) -> Range | None:
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((note for note in notes if isinstance(note, Range)), None)


def _text(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"
