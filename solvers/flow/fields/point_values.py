"""The flow at points, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.flow.equations.weak_form import DYNAMIC_PRESSURE


@dataclass(frozen=True)
class PointValues:
    """Flow at points: each array has the shape of the points; NaN inside the body."""

    u: FloatArray
    v: FloatArray
    pressure: FloatArray
    vorticity: FloatArray
    streamfunction: FloatArray

    @property
    def pressure_coefficient(self) -> FloatArray:
        """C_p = (p − p_∞)/(½ρU²)."""
        return self.pressure / DYNAMIC_PRESSURE


@dataclass(frozen=True)
class PointGradients:
    """Derivatives along x and y at points: each array has the shape of the points.

    NaN inside the body and beyond the elements. Those of ψ are u and v: u = ψ_y, v = −ψ_x.
    """

    u_x: FloatArray
    u_y: FloatArray
    v_x: FloatArray
    v_y: FloatArray
    pressure_x: FloatArray
    pressure_y: FloatArray
    vorticity_x: FloatArray
    vorticity_y: FloatArray
