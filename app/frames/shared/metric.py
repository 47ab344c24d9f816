"""A number of the page with its words."""

from __future__ import annotations

from dataclasses import dataclass

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
