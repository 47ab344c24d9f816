"""Verification by the solver at every design point."""

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.inverse import (
    DesignPoint,
    OptimizationResult,
    Problem,
    optimize,
)
from fusiform.solvers.inverse.result.verification import verification_status


def test_every_design_point_is_verified_and_reported(surrogate, tmp_path):
    points = (DesignPoint(FlowConditions(5.0), 1.0), DesignPoint(FlowConditions(30.0, 4.0), 3.0))
    result = optimize(Problem(Body.ellipse(2.0), points, verify="coarse"), model=surrogate)
    numbers = result.summary()
    assert [(p["reynolds"], p["alpha_deg"], p["weight"]) for p in numbers["points"]] == [(5, 0, 0.25), (30, 4, 0.75)]
    for point, at in zip(points, numbers["points"], strict=True):
        solved = solve(result.body, point.conditions, grid="coarse")
        assert at["drag_coefficient"] == pytest.approx(solved.drag_coefficient, rel=1e-6)
        assert at["lift_coefficient"] == pytest.approx(solved.lift_coefficient, abs=1e-6)
    weighted = 0.25 * numbers["points"][0]["drag_coefficient"] + 0.75 * numbers["points"][1]["drag_coefficient"]
    assert numbers["weighted_drag_coefficient"] == pytest.approx(weighted)
    assert numbers["drag_coefficient"] == numbers["points"][0]["drag_coefficient"]
    before = numbers["weighted_initial_drag_coefficient"]
    assert result.reduction_percent == pytest.approx(100.0 * (1.0 - weighted / before))
    assert result.solver_solves == 4
    result.save(tmp_path / "project.json")
    assert OptimizationResult.load(tmp_path / "project.json").verification == result.verification


def test_a_point_without_a_flow_is_named():
    class Flat:
        name, modes = "flat", 1

        def force_coefficients(self, coefficients, reynolds):
            return (2.0 + coefficients.abs().square().sum(1)).to(torch.complex128)

    points = (DesignPoint(FlowConditions(5.0)), DesignPoint(FlowConditions(20.0)))
    result = optimize(Problem(Body.circle(), points, verify="coarse"), model=Flat())
    broken = [{**p, "drag_coefficient": None} if n else p for n, p in enumerate(result.verification["points"])]
    numbers = {**result.verification, "points": broken, "weighted_drag_coefficient": None}
    assert "did not converge on the optimum at Re 20" in verification_status(result, numbers)
