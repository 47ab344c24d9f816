"""The table of numbers with their definitions."""

from __future__ import annotations

import math
import re

from fusiform.app.results.definitions import rows
from fusiform.solvers import Body, FlowConditions
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample


def test_a_number_that_is_not_known_has_no_row() -> None:
    numbers = {"drag_coefficient": 1.5, "predicted_drag_coefficient": math.nan, "drag_error": None}
    assert [(label, value) for label, value, _ in rows(numbers)] == [("drag C_D", "1.5")]


def test_rounding_noise_is_zero() -> None:
    assert rows({"lift_coefficient": -1e-17})[0][1] == "0"


def test_the_residual_that_is_called_usual_is_that_of_the_shipped_model() -> None:
    model, designs = load_surrogate(), sample(DesignSpace(), 3, range(10))
    conditions = zip(designs.reynolds.tolist(), designs.alpha.rad2deg().tolist(), strict=True)
    answers = [
        model.evaluate(Body(a), FlowConditions(*at)) for a, at in zip(designs.coefficients, conditions, strict=True)
    ]
    found = [answer.correction.residual for answer in answers]
    words = rows({"flow_residual": found[0]})[0][2]
    low, high = map(float, re.search(r"([\d.]+) to ([\d.]+) is usual", words).groups())
    assert sum(low <= residual <= high for residual in found) >= 8, found


def test_a_pressure_at_a_sharp_tip_has_a_row_that_says_so() -> None:
    (row,) = rows({"base_pressure_nearby": [-0.2371, -0.2519], "front_pressure_nearby": None})
    assert row[1] == "-0.237, -0.252"
    assert "sharp tip" in row[2]
