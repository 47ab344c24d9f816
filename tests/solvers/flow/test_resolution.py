"""Numbers of elements and degrees are checked before anything is computed."""

import pytest

from fusiform.solvers import InputError
from fusiform.solvers.flow.resolution import Resolution


def test_nodes_are_shared_between_elements_and_the_plane_is_closed():
    resolution = Resolution(4, 12, 6, 8)
    assert (resolution.n_xi, resolution.n_eta) == (25, 96)
    assert resolution.with_degrees(5, 6) == Resolution(4, 12, 5, 6)
    assert str(resolution) == "4 x 12 elements of degrees 6 and 8"


@pytest.mark.parametrize(
    ("numbers", "match"),
    [
        ((4, 13, 6, 8), "even number of angular elements, got 13"),
        ((1, 12, 6, 8), "radial_elements"),
        ((4, 2, 6, 8), "angular_elements"),
        ((4, 12, 1, 8), "radial_degree"),
        ((4, 12, 6, 17), "angular_degree"),
        ((4, 12, 6.5, 8), "radial_degree"),
    ],
)
def test_impossible_resolutions_are_refused_in_a_sentence(numbers, match):
    with pytest.raises(InputError, match=match):
        Resolution(*numbers)
