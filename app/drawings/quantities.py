"""The fields and the properties of the wall that can be shown, with labels and definitions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """A field that can be shown: labels as HTML and as text, Plotly's colours, definition; `signed` for both signs."""

    label: str
    plain_label: str
    colours: str
    signed: bool
    definition: str

    @property
    def table(self) -> str:
        """Its table of `colours.colour_table`."""
        return "balance" if self.signed else "viridis"


QUANTITIES = {
    "speed": Quantity(
        "speed |u| / U", "speed |u| / U", "Viridis", False, "Magnitude of the velocity over that of the stream."
    ),
    "pressure": Quantity(
        "pressure C<sub>p</sub>",
        "pressure Cₚ",
        "RdBu_r",
        True,
        "C_p = (p − p∞) / (½ ρ U²): 1 where an ideal fluid comes to rest, 0 far away.",
    ),
    "vorticity": Quantity(
        "vorticity ω d / U",
        "vorticity ω d / U",
        "RdBu_r",
        True,
        "ω = ∂v/∂x − ∂u/∂y, positive where the fluid turns counter-clockwise.",
    ),
}


@dataclass(frozen=True)
class WallQuantity:
    """A property of `FlowField` along the wall: symbol and label, as HTML and as text, and its definition.

    `upside_down` for the pressure, as is usual.
    """

    symbol: str
    label: str
    plain_symbol: str
    plain_label: str
    upside_down: bool
    definition: str


WALL_QUANTITIES = {
    "wall_pressure_coefficient": WallQuantity(
        "C<sub>p</sub>",
        "wall pressure C<sub>p</sub>",
        "Cₚ",
        "Wall pressure Cₚ, suction up",
        True,
        "Cₚ = (p − p∞) / (½ ρ U²) along the wall. Circles: where the flow leaves the wall.",
    ),
    "wall_shear_coefficient": WallQuantity(
        "C<sub>f</sub>",
        "wall shear stress C<sub>f</sub>",
        "C_f",
        "Wall shear stress C_f",
        False,
        "C_f = τ / (½ ρ U²) along the wall, positive clockwise: downstream on the upper side. Circles: separation.",
    ),
}
