"""The sampler of designs."""

import math

import pytest
import torch

from fusiform.solvers import InputError
from fusiform.solvers.flow import Resolution
from fusiform.solvers.geometry.validity import has_radius, univalence_margin
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample

AXIAL = DesignSpace(alpha_max_deg=0.0, symmetric_share=1.0, margin=0.05, revolution=True)


def test_sampler_is_deterministic_valid_and_extends():
    space = DesignSpace()
    small, large = sample(space, 3, range(6)), sample(space, 3, range(12))
    assert torch.equal(small.coefficients, large.coefficients[:6])
    assert bool((large.reynolds >= space.reynolds_min).all())
    assert bool((large.reynolds <= space.reynolds_max).all())
    straight = large.coefficients.imag.abs().amax(1) == 0
    assert 0 < int(straight.sum()) < 12
    assert bool((large.alpha[straight] == 0).all())


def test_bodies_of_revolution_have_real_coefficients_and_a_radius_and_no_incidence():
    designs = sample(AXIAL, 3, range(24))
    assert not bool(designs.coefficients.imag.any())
    assert not bool(designs.alpha.any())
    assert bool(has_radius(designs.coefficients).all())
    assert bool((univalence_margin(designs.coefficients) >= AXIAL.margin).all())
    assert torch.equal(sample(AXIAL, 3, range(5, 9)).coefficients, designs.coefficients[5:9])


def test_a_waist_that_reaches_the_axis_is_the_end_of_a_direction():
    """With a negative a_3 spheroids become dumb-bells, whose waists may close before the map folds over."""
    pinched = torch.tensor([[0.6, 0.0, -0.45]], dtype=torch.complex128)
    assert not bool(has_radius(pinched)[0])
    designs = sample(AXIAL, 11, range(200))
    eta = torch.linspace(0.02, math.pi - 0.02, 400, dtype=torch.float64)
    k = torch.arange(1, AXIAL.modes + 1, dtype=torch.float64)
    radius = torch.sin(eta) - designs.coefficients.real @ torch.sin(k[:, None] * eta)
    assert float(radius.min()) > 0.0


def test_the_kind_is_part_of_a_data_set_and_plane_sets_keep_their_digest():
    plane = DatasetConfig(2600, 1, DesignSpace(), Resolution(4, 12, 6, 8))
    assert plane.digest == "37924510180ac721"
    assert DatasetConfig(2600, 1, AXIAL, Resolution(4, 12, 6, 8)).table()["space"]["revolution"] is True


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
        ({"revolution": 1}, "revolution of a design space to be true or false, got 1"),
        ({"revolution": True}, "alpha_max_deg = 0 and symmetric_share = 1 .* along the axis, got 20 and 0.4"),
    ],
)
def test_a_bad_design_space_is_refused(wrong, match):
    with pytest.raises(InputError, match=match):
        DesignSpace(**wrong)
