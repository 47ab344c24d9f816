"""A number of the page with its words."""

from __future__ import annotations

from dataclasses import dataclass

from fusiform.solvers.geometry.held_size import Held

CONVENTIONS = {
    Held.AREA: "C = F / (½ ρ U² d) per unit span, with d = √(4 A / π), the diameter of the circle of equal area A.",
    Held.VOLUME: "C = F / (½ ρ U² π d² / 4), with d = (6 V / π)^⅓, the diameter of the sphere of equal volume V.",
    Held.WETTED_AREA: "C = F / (½ ρ U² π d² / 4), with d = √(S / π), the diameter of the sphere of equal surface S.",
}

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
