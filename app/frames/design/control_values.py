"""The numbers that the controls of a design show."""

from __future__ import annotations

from fusiform.app.state.design import Design
from fusiform.app.state.shape_sliders import SLIDERS, slider_values

_MANTISSAS = (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9)
REYNOLDS_STEPS = [round(m * 10.0**e, 3) for e in (-1, 0, 1) for m in _MANTISSAS if 0.5 <= m * 10.0**e <= 60.0]


def control_values(design: Design) -> dict[str, float]:
    """By the key of the control: its value for `design`, within the range of a slider."""
    values = slider_values(design.body)
    shape = {name: round(min(max(values[name], s.low), s.high), 6) for name, s in SLIDERS.items()}
    nearest = min(REYNOLDS_STEPS, key=lambda step: abs(step / design.reynolds - 1.0))
    return shape | {"reynolds": design.reynolds, "reynolds_slider": nearest, "alpha": design.alpha_deg}
