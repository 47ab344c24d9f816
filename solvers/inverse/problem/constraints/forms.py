"""Offers of a constraint to the user: forms with all its numbers, a flag with one number, a limit that fronts vary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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


@dataclass(frozen=True)
class Flag:
    """The option of the command line for a constraint: its `name` with underscores, `metavar` and help text.

    `entries(number)` are the constraint's entries in a problem file for the number that is given.
    """

    name: str
    meaning: str = "In the body's own unit of length."
    metavar: str = "X"
    entries: Callable[[float], Mapping[str, Any]] = lambda number: {"value": number}


@dataclass(frozen=True)
class Sweep:
    """The variation of a constraint's limit in a Pareto front: its `name`, label and meaning.

    `entries(value)` are the constraint's entries in a problem file for a value of the limit; `ends` are the first
    values of the range on the page, loose and tight, in d; without them the page does not offer the sweep.
    """

    name: str
    label: str
    meaning: str
    ends: tuple[float, float] | None = None
    entries: Callable[[float], Mapping[str, Any]] = lambda value: {"value": value}

    @classmethod
    def of(cls, name: str, form: Form, ends: tuple[float, float]) -> Sweep:
        """The sweep of the one number of `form`, in its words."""
        return cls(name, form.label, form.fields[0].meaning, ends)


def limit(meaning: str) -> tuple[Field, ...]:
    """The one field of a constraint whose number is `value`."""
    return (Field("value", "Limit", meaning),)


def rounded(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")
