"""Vortex shedding by a rule of thumb, where the stability of the flow was not computed (`linear_stability.py`).

In nature the steady flow past a body of height H across the stream, in units of d, is likely to be unstable and to shed
vortices where Re H is above about 35. Thresholds of single bodies: 35 for an ellipse of 4:1 broadside on, 38 for 2:1
broadside on, 47 for a circle, 72 for 4:1 at 20°, 75 for 2:1 along the stream.

The wake of a sphere loses its axial symmetry at Re = 212 and sheds vortices from about 270 (R. Natarajan & A. Acrivos,
J. Fluid Mech. 254, 1993, p. 323); more slender bodies keep it to higher Re.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence

from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.geometry import Body

SHEDDING_REYNOLDS = 35.0  # on the height across the stream
AXISYMMETRIC_REYNOLDS = 210.0  # on the greatest diameter
OUTLINE_POINTS = 2048


def height_across(body: Body, alpha_deg: float) -> float:
    """Extent of the body across the stream at incidence `alpha_deg`, over d."""
    plane = body.outline(OUTLINE_POINTS) @ [1.0, 1.0j] * cmath.exp(-1j * math.radians(alpha_deg))
    return float(plane.imag.max() - plane.imag.min()) / body.reference_length


def shedding_note(body: Body, conditions: Sequence[FlowConditions]) -> str:
    """A sentence if a flow past the body is likely to shed vortices in nature, by the rule of thumb; else nothing."""
    reynolds = max(at.reynolds * height_across(body, at.alpha_deg) for at in conditions)
    if body.revolution:
        return _symmetry_note(reynolds)
    if reynolds <= SHEDDING_REYNOLDS:
        return ""
    return (
        f"Likely to shed vortices in nature: Re on the height across the stream is {reynolds:.0f}, above about "
        f"{SHEDDING_REYNOLDS:g} (a rule of thumb: its stability was not computed)."
    )


def _symmetry_note(reynolds: float) -> str:
    if reynolds <= AXISYMMETRIC_REYNOLDS:
        return ""
    return (
        f"In nature the wake may lose its axial symmetry: Re on the greatest diameter is {reynolds:.0f}, above about "
        f"{AXISYMMETRIC_REYNOLDS:g}, where a sphere's does; a flow around an axis cannot show it."
    )
