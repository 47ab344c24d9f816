"""Residuals, their Jacobians, and batches."""

import pytest
import torch
from training_problems import Cubic, data

from fusiform.solvers import InputError
from fusiform.surrogates.training import (
    Batch,
    Regression,
)
from fusiform.surrogates.training.physics import residual_and_jacobian


def test_automatic_jacobian_is_the_analytic_one():
    batch, physics = data(5), Cubic()
    y = torch.randn(5, 2).double()
    residual, jacobian = residual_and_jacobian(physics, y, batch)
    assert torch.equal(residual, physics.residual(y, batch))
    assert torch.allclose(jacobian, torch.diag_embed(3.0 * y**2 + 1.0), rtol=1e-14)
    scaled = Regression(torch.tensor([2.0, 3.0]).double())
    _, jacobian = residual_and_jacobian(scaled, y, batch)
    assert torch.equal(jacobian, torch.diag(torch.tensor([2.0, 3.0]).double()).expand(5, 2, 2))


def test_data_of_unequal_length_is_refused():
    with pytest.raises(InputError, match="expected data for 3 samples"):
        Batch.of(torch.zeros(3, 1), torch.zeros(2))
