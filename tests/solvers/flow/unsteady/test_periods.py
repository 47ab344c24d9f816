"""Means over whole periods."""

import math

import numpy as np
import pytest

from fusiform.solvers.flow.unsteady.periods import count_periods, last_windows, upward_passages

FREQUENCY = 0.17


def history(end, drift=0.0):
    t = np.arange(0.0, end, 0.06)
    phase = 2.0 * math.pi * FREQUENCY * t
    drag = 1.3 + 0.02 * np.cos(2.0 * phase) + drift * np.exp(-0.1 * t)
    return np.stack([t, drag, 0.2 + 0.3 * np.sin(phase) + 0.02 * np.sin(3.0 * phase)], axis=1)


def test_passages_are_a_period_apart_to_the_square_of_the_step():
    assert np.diff(upward_passages(history(100.0))) == pytest.approx(1.0 / FREQUENCY, rel=2e-3)


def test_means_are_those_of_the_signal_whatever_its_end():
    for end in (60.0, 62.0, 64.5):
        now, before = last_windows(history(end), 4)
        for means in (now, before):
            assert means.drag == pytest.approx(1.3, abs=1e-4)
            assert means.lift == pytest.approx(0.2, abs=2e-3)
            assert means.lift_rms == pytest.approx(math.sqrt(0.5 * (0.3**2 + 0.02**2)), rel=2e-3)
            assert means.frequency == pytest.approx(FREQUENCY, rel=2e-3)


def test_a_drift_shows_as_a_change_between_the_windows():
    now, before = last_windows(history(60.0, drift=0.5), 4)
    assert before.drag - now.drag > 0.01


@pytest.mark.parametrize(("end", "periods"), [(0.0, 0), (0.05, 0), (3.0, 0), (60.0, 10)])
def test_too_few_periods_have_no_windows(end, periods):
    assert abs(count_periods(history(end)) - periods) <= 1
    assert (last_windows(history(end), 4) is None) == (periods < 8)
