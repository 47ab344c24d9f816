"""Ranges of the numbers in a dataclass, declared with its fields: `steps: int = within(1, 1000, 100)`."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, get_type_hints

from fusiform.solvers.common.errors import is_number, is_whole, require, shown

RANGE = "range"


@dataclass(frozen=True)
class Range:
    """Numbers from `least` to `most`, both included; whole ones, or any."""

    least: float
    most: float

    def holds(self, value: object, *, whole: bool) -> bool:
        """True for a number in the range that is no bool, NaN or inf."""
        return (is_whole(value) if whole else is_number(value)) and self.least <= value <= self.most  # type: ignore[operator]

    def words(self, *, whole: bool) -> str:
        """The range in a sentence."""
        kind = "a whole number" if whole else "a number"
        return f"{kind} from {_text(self.least)} to {_text(self.most)}"


def within(least: float, most: float, default: Any = MISSING) -> Any:
    """A field of a dataclass that holds a number from `least` to `most`; its type hint, int or float, says which."""
    return field(default=default, metadata={RANGE: Range(least, most)})


def require_ranges(instance: Any, where: str) -> None:
    """Raise `InputError` unless each field of the dataclass that has a range holds a number of its type in it."""
    hints = get_type_hints(type(instance))
    for each in fields(instance):
        require_in_range(each, hints[each.name], getattr(instance, each.name), where)


def require_in_range(each: Field[Any], hint: Any, value: object, where: str) -> None:
    """Raise `InputError` if the field has a range and `value` is no number of type `hint` in it."""
    known: Range | None = each.metadata.get(RANGE)
    whole = hint is int
    require(
        known is None or known.holds(value, whole=whole),
        f"expected {each.name} of {where} to be {known and known.words(whole=whole)}, got {shown(value)}; correct it",
    )


def _text(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"
