"""The early end of a run."""

import time

import pytest
import torch

from fusiform.solvers.inverse import Iterate, OptimizationOutcome
from fusiform.solvers.inverse.search.run.stopping import Stopped, Stopping

ITERATE = Iterate(1, 2.0, 2.0, torch.zeros(2))


def test_a_callback_that_returns_true_stops_the_run_and_any_other_does_not() -> None:
    asked: list[Iterate] = []
    Stopping(asked.append, None).check_after(ITERATE)
    assert asked == [ITERATE]
    with pytest.raises(Stopped, match="on request") as stopped:
        Stopping(lambda it: True, None).check_after(ITERATE)
    assert stopped.value.stop.outcome is OptimizationOutcome.STOPPED


def test_a_timeout_stops_the_run_once_it_is_over() -> None:
    Stopping(None, 60.0).check()
    short = Stopping(None, 1e-3)
    time.sleep(2e-3)
    with pytest.raises(Stopped, match=r"after 0.001 s, the timeout") as stopped:
        short.check()
    assert stopped.value.stop.outcome is OptimizationOutcome.TIMED_OUT
