"""A number of the page with its words."""

from __future__ import annotations

from dataclasses import dataclass

CONVENTION = "C = F / (½ ρ U² d) per unit span, with d = √(4 A / π), the diameter of the circle of equal area A."
REVOLUTION_CONVENTION = "C = F / (½ ρ U² π d² / 4), with d = (6 V / π)^⅓, the diameter of the sphere of equal volume V."

START = (
    "The body that gains are measured against: the given one, or the first body of the search that satisfies all "
    "constraints where the given one does not."
)


def convention(*, revolution: bool) -> str:
    """The definition of the force coefficients of a kind of body."""
    return REVOLUTION_CONVENTION if revolution else CONVENTION


@dataclass(frozen=True)
class Metric:
    """A number under its `label`, with a `note` below it and its `definition`."""

    label: str
    value: str
    note: str | None
    definition: str
