"""A body of revolution as rings about its axis, with a quantity of the wall as colours. Lengths in d."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusiform.app.drawings.colours import colour_limits
from fusiform.app.drawings.quantities import QUANTITIES, WALL_QUANTITIES
from fusiform.app.drawings.raster import Layer
from fusiform.solvers import Body
from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.flow import FlowField, WallPoint

RINGS = 161
TABLE = "balance"
WALL_OF = {
    "speed": "wall_pressure_coefficient",
    "pressure": "wall_pressure_coefficient",
    "vorticity": "wall_shear_coefficient",
}
"""The quantity of the wall that is shown beside each field."""
_ON_AXIS = 1e-3


@dataclass(frozen=True)
class WallColours:
    """A quantity of the wall at each ring, (RINGS,), to be coloured between `low` and `high`.

    `shared`: True if the plane shows the same quantity in the same colours.
    """

    name: str
    values: FloatArray
    low: float
    high: float
    shared: bool = False

    @property
    def label(self) -> str:
        """Its name as text."""
        return WALL_QUANTITIES[self.name].plain_label.split(",")[0]


@dataclass(frozen=True)
class Revolved:
    """The rings of a body: their places `x` along the stream and their radii `r`, from the nose to the rear, (RINGS,).

    The origin is that of the flow, the centre of the map. `separation`: x and r of the rings at which the flow leaves
    the wall.
    """

    body: Body
    x: FloatArray
    r: FloatArray
    wall: WallColours | None = None
    separation: tuple[tuple[float, float], ...] = ()

    @property
    def separation_rings(self) -> list[int]:
        """The numbers of the rings that are nearest to those of `separation`."""
        return [int(np.argmin(np.hypot(self.x - x, self.r - r))) for x, r in self.separation]


def revolved(
    body: Body,
    field: FlowField | None = None,
    quantity: str = "speed",
    layer: Layer | None = None,
    separation: Sequence[WallPoint] = (),
) -> Revolved:
    """The rings of a body of revolution; with its flow `field`, in the colours of the wall beside the field `quantity`.

    Where `layer` shows the pressure, the wall has its limits.
    """
    x, r = (body.meridian(RINGS).T - [[complex(body.origin).real], [0.0]]) / body.reference_length
    if field is None:
        return Revolved(body, x, r)
    name = WALL_OF[quantity]
    eta = np.linspace(np.pi, 0.0, RINGS)
    values = (field.wall_shear_at if name == "wall_shear_coefficient" else field.wall_pressure_at)(eta)
    shared = layer is not None and layer.quantity == QUANTITIES["pressure"]
    low, high = (layer.low, layer.high) if layer is not None and shared else colour_limits(values, signed=True)
    rings = tuple((p.position.real, p.position.imag) for p in separation if p.position.imag > _ON_AXIS)
    return Revolved(body, x, r, WallColours(name, values, low, high, shared), rings)
