"""The record of a run: stopping, timeouts, checkpoints and resuming."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import (
    MaxLength,
    OptimizationOutcome,
    SolverModel,
    minimize_drag,
)

AT = FlowConditions(10.0)
SCRIPT = """
import sys
from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import SolverModel, minimize_drag
print(minimize_drag(Body.circle(), FlowConditions(10.0), model=SolverModel(modes=4), verify=None,
                    checkpoint=sys.argv[1], resume=sys.argv[1] if len(sys.argv) > 2 else None).fun)
"""


def test_stopping_keeps_the_best_body_so_far(surrogate):
    best = []

    def stop_at_four(iterate):
        best.append(iterate.best_drag_coefficient)
        return iterate.evaluation == 4

    result = minimize_drag(Body.circle(), FlowConditions(10.0), model=surrogate, verify=None, callback=stop_at_four)
    assert result.evaluations == 4
    assert not result.success
    assert result.outcome is OptimizationOutcome.STOPPED
    assert "Stopped on request" in result.status
    assert result.predicted_drag_coefficient == min(best)


def test_the_iteration_limit_is_reported(surrogate):
    result = minimize_drag(Body.circle(), FlowConditions(10.0), model=surrogate, verify=None, max_iterations=2)
    assert not result.success
    assert result.outcome is OptimizationOutcome.NOT_CONVERGED
    assert "Ended before convergence" in result.status


def test_a_run_stops_at_its_timeout_and_on_request_and_keeps_the_best_body(surrogate, tmp_path):
    slow = minimize_drag(Body.circle(), AT, timeout=0.3, verify=None)
    assert slow.outcome is OptimizationOutcome.TIMED_OUT
    assert "the timeout" in slow.status
    assert len(slow.history) >= 1
    file = tmp_path / "run.json"
    minimize_drag(
        Body.circle(), AT, model=surrogate, verify=None, checkpoint=file, callback=lambda it: it.evaluation == 4
    )
    best = json.loads(file.read_text())["best"]
    assert best["drag_coefficient"] < 2.76


def test_a_killed_run_resumes_to_the_same_optimum_without_solving_twice(tmp_path):
    file = tmp_path / "run.json"
    run = subprocess.Popen([sys.executable, "-c", SCRIPT, str(file)])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and run.poll() is None:
        if file.exists() and len(json.loads(file.read_text())["evaluations"]) >= 4:
            break
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    kept = len(json.loads(file.read_text())["evaluations"])
    model = SolverModel(modes=4)
    whole = minimize_drag(Body.circle(), AT, model=model, verify=None)
    resumed = minimize_drag(Body.circle(), AT, model=SolverModel(modes=4), verify=None, resume=file)
    assert resumed.fun == pytest.approx(whole.fun, rel=1e-8)
    assert resumed.solver_solves <= whole.solver_solves - kept + 1
    with pytest.raises(InputError, match="checkpoint of the same problem"):
        minimize_drag(Body.ellipse(2.0), AT, model=SolverModel(modes=4), resume=file)


@pytest.mark.parametrize("at", [3, 9, 14])
@pytest.mark.parametrize("certify", [False, True])
def test_a_stop_at_any_evaluation_is_a_stop(surrogate, at, certify):
    result = minimize_drag(
        Body.circle(),
        FlowConditions(40.0),
        model=surrogate,
        verify=None,
        certify=certify,
        callback=lambda it: it.evaluation == at,
    )
    assert result.stopped
    assert result.outcome is OptimizationOutcome.STOPPED
    assert not result.success
    assert "stopped on request" in result.status.lower()
    assert result.nfev == at


def test_the_checkpoint_holds_a_real_drag_after_restoration(surrogate, tmp_path):
    file = tmp_path / "run.json"
    result = minimize_drag(
        Body.ellipse(1.2), AT, model=surrogate, lift=1.5, constraints=(MaxLength(1.6),), verify=None, checkpoint=file
    )
    best = json.loads(file.read_text())["best"]
    assert best["drag_coefficient"] == pytest.approx(result.predicted_drag_coefficient, rel=0.02)


def test_a_stopped_run_may_be_resumed_with_other_limits_but_not_with_another_model(surrogate, tmp_path):
    file = tmp_path / "run.json"
    model = SolverModel(modes=4)
    minimize_drag(Body.circle(), AT, model=model, verify=None, checkpoint=file, callback=lambda it: it.evaluation == 3)
    again = minimize_drag(
        Body.circle(), AT, model=SolverModel(modes=4), verify=None, resume=file, max_iterations=50, timeout=60.0
    )
    assert again.success, again.status
    with pytest.raises(InputError, match="same problem and model"):
        minimize_drag(Body.circle(), AT, model=SolverModel(modes=6), verify=None, resume=file)


def test_a_timeout_while_other_starts_are_chosen_leaves_the_first_optimum():
    class Slow:
        """Answers for one body at once, and for many only after the timeout."""

        name, modes = "slow", 3

        def force_coefficients(self, coefficients, reynolds):
            time.sleep(0.0 if len(coefficients) == 1 else 3.0)
            drag = 2.0 - coefficients[:, 0].real + coefficients.abs().square().sum(1)
            return drag.to(torch.complex128)

    result = minimize_drag(Body.circle(), AT, model=Slow(), verify=None, starts=2, timeout=3.0)
    assert result.outcome is OptimizationOutcome.TIMED_OUT
    assert result.feasible
    assert result.fun == pytest.approx(1.75, abs=1e-3)
