"""Forms in which a constraint is filled in: its numbers with labels and meanings, and first values for a body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body


@dataclass(frozen=True)
class Field:
    """A number of a constraint: its `key` in a problem file, its label and meaning; `optional` ones may stay empty."""

    key: str
    label: str
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Form:
    """A constraint, or one variant of it, to fill in.

    `first(body)` gives valid first values. `fixed` holds the entries of a problem file that are not numbers, such as
    the shape of a region. `name` distinguishes the forms of one constraint; by default it is the constraint's type.
    """

    label: str
    meaning: str
    fields: tuple[Field, ...]
    first: Callable[[Body], Mapping[str, float]]
    name: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)


def limit(meaning: str) -> tuple[Field, ...]:
    """The one field of a constraint whose number is `value`."""
    return (Field("value", "Limit", meaning),)


def rounded(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")
