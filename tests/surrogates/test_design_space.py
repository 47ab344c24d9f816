"""The sampler of designs."""

import pytest
import torch

from fusiform.solvers import InputError
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample


def test_sampler_is_deterministic_valid_and_extends():
    space = DesignSpace()
    small, large = sample(space, 3, range(6)), sample(space, 3, range(12))
    assert torch.equal(small.coefficients, large.coefficients[:6])
    assert bool((large.reynolds >= space.reynolds_min).all())
    assert bool((large.reynolds <= space.reynolds_max).all())
    straight = large.coefficients.imag.abs().amax(1) == 0
    assert 0 < int(straight.sum()) < 12
    assert bool((large.alpha[straight] == 0).all())


def test_bad_design_space_is_refused():
    with pytest.raises(InputError, match="ordered positive ranges"):
        DesignSpace(reynolds_min=10.0, reynolds_max=1.0)
