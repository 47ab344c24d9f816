"""The table of numbers with their definitions."""

from __future__ import annotations

import math

from fusiform.app.results.definitions import rows


def test_a_number_that_is_not_known_has_no_row() -> None:
    numbers = {"drag_coefficient": 1.5, "predicted_drag_coefficient": math.nan, "drag_error": None}
    assert [(label, value) for label, value, _ in rows(numbers)] == [("drag C_D", "1.5")]


def test_rounding_noise_is_zero() -> None:
    assert rows({"lift_coefficient": -1e-17})[0][1] == "0"
