"""The mean drag of unsteady flows: runs that resume, flows that do not shed, and the drags of a circle."""

import numpy as np
import pytest

from fusiform.solvers import Body, FlowConditions, InputError, MeanDragOutcome, mean_drag, solve


@pytest.fixture(scope="module")
def shedding():
    return solve(Body.ellipse(1.5), FlowConditions(100.0, 20.0), grid="coarse")


def test_a_resumed_run_is_an_uninterrupted_one(shedding, tmp_path):
    file = tmp_path / "run.npz"
    seen = []
    stopped = mean_drag(shedding, callback=lambda progress: seen.append(progress) or len(seen) == 2, checkpoint=file)
    assert stopped.outcome is MeanDragOutcome.STOPPED
    assert "Stopped at" in stopped.status
    assert seen[1].time == pytest.approx(2.0 * seen[0].time)
    ends = stopped.history[-1, 0] * 1.5 / seen[0].longest * 600.0
    whole = mean_drag(shedding, longest=ends)
    resumed = mean_drag(shedding, resume=file, longest=ends)
    assert whole.outcome is resumed.outcome is MeanDragOutcome.UNSETTLED
    assert len(whole.history) == len(resumed.history) == 1.5 * len(stopped.history)
    np.testing.assert_allclose(resumed.history, whole.history, atol=1e-9)
    assert np.ptp(whole.history[:, 2]) > 0.01


def test_another_flows_run_is_refused(shedding, tmp_path):
    file = tmp_path / "run.npz"
    mean_drag(shedding, callback=lambda progress: True, checkpoint=file)
    other = solve(Body.ellipse(1.5), FlowConditions(100.0, 21.0), grid="coarse")
    with pytest.raises(InputError, match="the run of the same flow"):
        mean_drag(other, resume=file)
    with pytest.raises(InputError, match="expected a readable file of arrays"):
        mean_drag(other, resume=tmp_path / "none.npz")


def test_a_flow_that_does_not_shed_says_so_with_its_steady_drag():
    solution = solve(Body.ellipse(2.0), FlowConditions(10.0))
    result = mean_drag(solution)
    assert result.outcome is MeanDragOutcome.STEADY
    assert "Sheds no vortices" in result.status
    assert result.drag_coefficient == solution.drag_coefficient
    assert result.history[-1, 1] == pytest.approx(solution.drag_coefficient, rel=1e-3)
    assert result.drag_error < 2e-3 * result.drag_coefficient
    assert result.lift_rms == result.lift_coefficient == 0.0
    assert result.summary()["mean_strouhal"] is None


def test_bodies_of_revolution_are_refused():
    with pytest.raises(InputError, match="got a body of revolution"):
        mean_drag(solve(Body.sphere(), FlowConditions(1.0), grid="coarse"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reynolds", "drag", "strouhal"),
    [
        (60.0, 1.377, 0.1358),  # drags: Qu et al., J. Fluids Struct. 39 (2013) 347, table 3
        (100.0, 1.317, 0.1643),  # measured frequencies: Williamson, Annu. Rev. Fluid Mech. 28 (1996) 477, figure 7
        (150.0, 1.301, 0.1834),
    ],
)
def test_the_mean_drag_of_a_circle_is_within_a_percent_of_published_ones(reynolds, drag, strouhal):
    result = mean_drag(solve(Body.circle(), FlowConditions(reynolds)))
    assert result.outcome is MeanDragOutcome.PERIODIC
    assert result.drag_coefficient == pytest.approx(drag, rel=0.01)
    assert result.strouhal == pytest.approx(strouhal, rel=0.015)
    assert abs(result.lift_coefficient) < 2e-3
