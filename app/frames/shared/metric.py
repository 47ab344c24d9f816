"""A number of the page with its words."""

from __future__ import annotations

from dataclasses import dataclass

CONVENTION = "C = F / (½ ρ U² d) per unit span, with d = √(4 A / π), the diameter of the circle of equal area A."

START = (
    "The body that gains are measured against: the given one, or the first body of the search that satisfies all "
    "constraints where the given one does not."
)


@dataclass(frozen=True)
class Metric:
    """A number under its `label`, with a `note` below it and its `definition`."""

    label: str
    value: str
    note: str | None
    definition: str
