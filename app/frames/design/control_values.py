"""The numbers that the controls of a design show."""

from __future__ import annotations

from functools import cache

from fusiform.app.state.design import Design
from fusiform.app.state.shape_sliders import SLIDERS, slider_values

_MANTISSAS = (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9)
_SURROGATE_RANGES = {False: (0.5, 60.0), True: (0.1, 200.0)}


@cache
def reynolds_steps(*, revolution: bool) -> list[float]:
    """The Reynolds numbers of the slider: the range of the surrogate that ships for the kind of the body."""
    low, high = _SURROGATE_RANGES[revolution]
    return [round(m * 10.0**e, 3) for e in (-1, 0, 1, 2) for m in _MANTISSAS if low <= m * 10.0**e <= high]


def control_values(design: Design) -> dict[str, float]:
    """By the key of the control: its value for `design`, within the range of a slider."""
    values = slider_values(design.body)
    shape = {name: round(min(max(values[name], s.low), s.high), 6) for name, s in SLIDERS.items()}
    steps = reynolds_steps(revolution=design.revolution)
    nearest = min(steps, key=lambda step: abs(step / design.reynolds - 1.0))
    return shape | {"reynolds": design.reynolds, "reynolds_slider": nearest, "alpha": design.alpha_deg}
