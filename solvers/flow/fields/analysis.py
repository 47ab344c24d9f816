"""Features of a flow: attachment, separation, stagnation, recirculation, extreme pressures, and forces.

All of it for any body at any incidence, from a `FlowField`. Lengths in d, velocities in U; C_p = (p − p_∞)/(½ρU²);
force coefficients are complex, C_D + i C_L, force over ½ρU²d. Of a body of revolution it is the mirrored section that
is described, as if its flow were plane: a ring appears as its two points, above and below the axis; force coefficients
are on πd²/4.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from typing import Any

from fusiform.solvers.flow.fields.flow_field import FlowField
from fusiform.solvers.flow.fields.stagnation import FreeStagnationPoint, free_stagnation_points
from fusiform.solvers.flow.fields.wall_features import Wall, WallPoint

WEAK_SHEAR = 1e-3
ON_AXIS = 1e-9


@dataclass(frozen=True)
class FlowAnalysis:
    """The answers of `analyse`.

    `attachment`, `separation`: points of the wall where the flow along it diverges or converges, by η. The rear of an
    attached flow is a separation point, the rear within a closed wake an attachment point.
    `free_stagnation`: from front to rear. `recirculation_length`: from the rearmost point of the body along x to the
    rearmost free stagnation point, 0 if none lies behind the body.
    `front`: the attachment point of highest C_p; `rear`: the rearmost point; `suction_peak`: the point of least C_p.
    Where one is `sharp`, its C_p is a matter of the tip's radius, and `nearby` holds what is resolved.
    `pressure_force`, `friction_force`: C_D + i C_L at the wall, as the solver computes them.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve
    >>> analysis = solve(Body.circle(), FlowConditions(reynolds=40.0), grid="coarse").analysis
    >>> len(analysis.separation), len(analysis.eddies), analysis.topology_holds
    (2, 2, True)
    >>> round(analysis.recirculation_length, 1)
    2.2
    """

    attachment: tuple[WallPoint, ...]
    separation: tuple[WallPoint, ...]
    free_stagnation: tuple[FreeStagnationPoint, ...]
    recirculation_length: float
    front: WallPoint
    rear: WallPoint
    suction_peak: WallPoint
    pressure_force: complex
    friction_force: complex

    @property
    def eddies(self) -> tuple[FreeStagnationPoint, ...]:
        """Centres of closed streamlines; empty where the flow does not recirculate."""
        return tuple(point for point in self.free_stagnation if not point.saddle)

    @property
    def saddles(self) -> tuple[FreeStagnationPoint, ...]:
        """Free stagnation points where streamlines cross; a closed wake ends at one."""
        return tuple(point for point in self.free_stagnation if point.saddle)

    @property
    def separation_angles(self) -> tuple[float, ...]:
        """Where the flow separates above the x axis, in degrees from upstream as seen from the map's centre."""
        above = (p.position for p in self.separation if p.position.imag > ON_AXIS)
        return tuple(180.0 - math.degrees(cmath.phase(position)) for position in above)

    @property
    def topology_holds(self) -> bool:
        """True if centres − saddles − ½ (attachments + separations) = −1, as for any flow past one body.

        If not, there is an eddy that is too weak or too small for the elements. Source: Hunt, Abell, Peterka & Woo,
        J. Fluid Mech. 86 (1978) 179.
        """
        wall = len(self.attachment) + len(self.separation)
        return 2 * len(self.eddies) - 2 * len(self.saddles) - wall == -2

    def summary(self) -> dict[str, Any]:
        """The main features, ready for JSON; points of the wall are [x, y] in d, body at incidence.

        `front_pressure_change`, `base_pressure_change`: from the level below. `front_pressure_nearby`,
        `base_pressure_nearby`: where these points are `sharp`, else None.
        """
        return {
            "front_pressure_coefficient": self.front.pressure_coefficient,
            "front_pressure_change": self.front.pressure_change,
            "front_pressure_nearby": list(self.front.nearby) if self.front.sharp else None,
            "base_pressure_coefficient": self.rear.pressure_coefficient,
            "base_pressure_change": self.rear.pressure_change,
            "base_pressure_nearby": list(self.rear.nearby) if self.rear.sharp else None,
            "recirculation_length": self.recirculation_length,
            "separation_points": [[p.position.real, p.position.imag] for p in self.separation],
            "attachment_points": [[p.position.real, p.position.imag] for p in self.attachment],
        }


def analyse(field: FlowField, below: FlowField | None = None, *, weak_shear: float = WEAK_SHEAR) -> FlowAnalysis:
    """Attachment, separation, stagnation, recirculation, pressure extremes and forces of a flow.

    `below`: the same flow on the level below, for `WallPoint.pressure_change`.

    Stretches of the wall along which the shear stays below `weak_shear` times its mean over the outline are too weak
    to count as reversed, and those shorter than the spacing of the nodes too short: near a sharp edge the shear
    of the discrete solution may swing from node to node.
    """
    wall = Wall(field, below)
    attachment, separation = wall.attachment_and_separation(weak_shear)
    free = free_stagnation_points(field)
    return FlowAnalysis(
        attachment=attachment,
        separation=separation,
        free_stagnation=free,
        recirculation_length=max([0.0, *(point.position.real - wall.rear.position.real for point in free)]),
        front=max(attachment, key=lambda point: point.pressure_coefficient, default=wall.pressure_peak),
        rear=wall.rear,
        suction_peak=wall.suction_peak,
        pressure_force=field.pressure_force,
        friction_force=field.friction_force,
    )
