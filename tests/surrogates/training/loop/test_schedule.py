"""Schedules of the step size."""

import pytest

from fusiform.surrogates.training import (
    constant,
    one_cycle,
)


def test_schedules():
    cycle = one_cycle(0.1)
    assert constant(0.3) == 1.0
    assert cycle(0.1) == pytest.approx(1.0)
    assert cycle(0.55) == pytest.approx(0.5)
    assert 0.0 < cycle(0.0) < 0.02
    assert cycle(1.0) == pytest.approx(0.0)
