"""The fit of the error bound, and the shipped model's card."""

import math

import pytest
import torch

from fusiform.solvers.common.batches import select
from fusiform.surrogates.model.error_bound import ErrorModel
from fusiform.surrogates.quality.calibration import Evidence, fitted


def test_fitted_bounds_lie_above_95_percent_of_errors_that_follow_the_formula():
    generator = torch.Generator().manual_seed(3)
    distance, parts = (torch.rand(2, 4000, dtype=torch.float64, generator=generator) + 0.1).unbind(0)
    noise = torch.randn(4000, dtype=torch.float64, generator=generator)
    errors = 0.01 * distance**0.7 * parts**0.5 * torch.exp(0.3 * noise)
    inside = Evidence(distance, parts, errors)
    nothing = ErrorModel(torch.zeros(1, 1), 1.0, 0.0, 0.0, 0.0)
    found = fitted(nothing, inside, select(inside, slice(0, 0)))
    assert (found.distance_exponent, found.residual_exponent) == pytest.approx((0.7, 0.5), abs=0.05)
    assert found.log_scale == pytest.approx(math.log(0.01) + 0.3 * 1.645, abs=0.05)
    assert float((inside.excess(found) <= 0.0).double().mean()) == pytest.approx(0.95, abs=1e-3)
    worse = fitted(nothing, inside, Evidence(distance, parts, 2.0 * errors))
    assert worse.log_scale == pytest.approx(found.log_scale + math.log(2.0), abs=0.05)


def test_the_card_states_how_it_was_made_and_meets_the_targets(surrogate):
    card = surrogate.card
    assert card["heldout"]["cases"] >= 200
    assert card["heldout"]["drag"]["median"] <= 0.001
    assert card["heldout"]["drag"]["p95"] <= 0.005
    assert card["heldout"]["lift"]["p95"] <= 0.03
    assert min(card["calibration"][where]["covered"] for where in ("inside", "outside")) >= 0.9
    assert card["dataset_digest"] != card["heldout_digest"]
    assert {"recipe", "full_solves", "linear_solves", "versions"} <= set(card)
