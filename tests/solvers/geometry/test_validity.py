"""The limit of bodies: z = ζ + a ζ⁻ᵏ is one-to-one outside the unit circle exactly where k |a| < 1."""

import math

import pytest
import torch

from fusiform.solvers.geometry import is_valid, univalence_margin


@pytest.mark.parametrize("turn", [0.0, 1.0, math.pi])
@pytest.mark.parametrize("k", [1, 2, 3, 8])
def test_one_mode_folds_the_plane_beyond_its_hypocycloid(k: int, turn: float) -> None:
    sizes = torch.tensor([0.5, 0.999, 1.001, 1.04, 1.5], dtype=torch.float64) / k
    coefficients = torch.zeros(5, 10, dtype=torch.complex128)
    coefficients[:, k - 1] = torch.polar(sizes, torch.full_like(sizes, turn))
    assert is_valid(coefficients).tolist() == [True, True, False, False, False]
    margin = univalence_margin(coefficients)
    assert float(margin[0]) == pytest.approx(0.5, abs=2e-4)  # 1 − k |a|, at 1,024 points
    assert (margin > 0.0).tolist() == [True, True, False, False, False]
