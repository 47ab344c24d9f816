"""The rule of thumb on vortex shedding: by the height across the stream, not by the Reynolds number alone."""

import math

import pytest

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.inverse import minimize_drag
from fusiform.solvers.shedding import height_across, shedding_note
from fusiform.surrogates import predict


@pytest.mark.parametrize(("fineness", "alpha_deg"), [(1.0, 0.0), (4.0, 0.0), (4.0, 30.0), (0.25, -20.0), (2.0, 20.0)])
def test_the_height_across_the_stream_is_that_of_the_turned_ellipse(fineness, alpha_deg):
    a, b = 0.5 * math.sqrt(fineness), 0.5 / math.sqrt(fineness)
    turn = math.radians(alpha_deg)
    expected = 2.0 * math.hypot(a * math.sin(turn), b * math.cos(turn))
    for size in (1.0, 7.0):
        body = Body(Body.ellipse(fineness).coefficients, size, origin=3.0 - 2.0j)
        assert height_across(body, alpha_deg) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("fineness", "alpha_deg", "reynolds", "likely"),
    [
        (0.5, 0.0, 30.0, True),  # broadside on: sheds above Re 27
        (0.25, 0.0, 20.0, True),  # sheds above 17.5
        (0.25, 0.0, 16.0, False),
        (1.0, 0.0, 48.0, True),  # sheds above 47
        (1.0, 0.0, 30.0, False),
        (6.0, 0.0, 60.0, False),  # stable at 100
        (4.0, 30.0, 50.0, True),  # sheds above 49
        (4.0, 0.0, 50.0, False),
    ],
)
def test_shedding_is_likely_by_the_height_across_the_stream(fineness, alpha_deg, reynolds, likely):
    note = shedding_note(Body.ellipse(fineness), [FlowConditions(reynolds, alpha_deg)])
    assert bool(note) is likely
    assert not note or "a rule of thumb" in note


def test_of_several_conditions_the_one_that_sheds_first_counts():
    slow, fast = FlowConditions(5.0), FlowConditions(50.0)
    assert "is 50, above about 35" in shedding_note(Body.circle(), [slow, fast])


def test_solver_surrogate_and_optimiser_say_it_alike():
    circle, at = Body.circle(), FlowConditions(48.0)
    note = shedding_note(circle, [at])
    assert note
    assert solve(circle, at, grid="coarse").status.endswith(note)
    assert predict(circle, at).summary()["status"].endswith(note)
    assert "shed" not in minimize_drag(circle, at, verify=None).status  # the optimum is slender
