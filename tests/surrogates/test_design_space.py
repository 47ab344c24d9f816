"""The sampler of designs."""

import math

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


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"reynolds_min": 10.0, "reynolds_max": 1.0}, "reynolds_min .* at most reynolds_max, got 10 and 1"),
        ({"fineness_min": 9.0}, "fineness_min .* at most fineness_max, got 9 and 8"),
        ({"reynolds_max": math.inf}, "reynolds_max of a design space to be a number from 0.05 to 1000, got inf"),
        ({"alpha_max_deg": math.nan}, "alpha_max_deg of a design space to be a number from 0 to 90, got nan"),
        ({"modes": True}, "modes of a design space to be a whole number from 1 to 32, got True"),
        ({"fineness_max": "8"}, "fineness_max of a design space to be a number from 0.1 to 20, got '8'"),
        ({"fineness_min": 12.0, "fineness_max": 20.0, "margin": 0.2}, "margin .* below that of its ellipses, got 0.2"),
    ],
)
def test_a_bad_design_space_is_refused(wrong, match):
    with pytest.raises(InputError, match=match):
        DesignSpace(**wrong)
