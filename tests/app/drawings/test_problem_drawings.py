"""Drawings of a problem and its search: regions, limits, convergence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.drawings.convergence import convergence
from fusiform.app.drawings.optimum_sketch import optimum_sketch
from fusiform.app.frames.optimise.trade_off import point_numbers
from fusiform.app.frames.shared import formatting
from fusiform.app.results.kept_results import Front, Optimum
from fusiform.app.views.optimise import sweep_controls
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.inverse import (
    DesignPoint,
    MaxLength,
    Problem,
    Symmetry,
    optimize,
    pareto_front,
)
from fusiform.surrogates import load_surrogate

CONDITIONS = FlowConditions(10.0)


def test_a_sketch_shows_all_of_its_regions() -> None:
    body = load_body("circle")
    row = {"kind": "keep_out", "x": 3.0, "y": -1.0, "width": 0.5, "height": 0.5}
    drawing = sketch.draw(sketch.outline(body), body, [row], 0.0)
    numbers = [
        float(n)
        for n in drawing.svg.split('<g data-row="0"')[1].split('points="')[1].split('"')[0].replace(",", " ").split()
    ]
    assert max(numbers[::2]) < sketch.WIDTH
    assert drawing.scale * 0.5 == pytest.approx(np.ptp(numbers[::2]), abs=0.1)


def test_a_limit_beside_symmetry_is_drawn_and_swept_by_its_own_report() -> None:
    asked = Problem(
        load_body("circle"), (DesignPoint(CONDITIONS),), constraints=(Symmetry(), MaxLength(1.2)), verify=None
    )
    result = optimize(asked, model=load_surrogate())
    assert [result.report_of(c) for c in asked.constraints] == [None, *result.constraints]
    assert '<g data-row="1" stroke-width="2.4">' in optimum_sketch(Optimum.of(result))
    fitted = replace(asked, body=replace(asked.body, given_outline=asked.body.outline(9)))
    thin = [
        optimum_sketch(Optimum.of(one)).count('stroke-opacity=".3"')
        for one in (result, replace(result, problem=fitted))
    ]
    assert thin == [0, 1], "the outline that was given for the start"
    front = pareto_front(asked, "length", [1.2], model=load_surrogate())
    gain = point_numbers(Front(asked, "length", front), 0)[1]
    assert gain.value == formatting.coefficient(result.constraints[0].gain)


def test_an_empty_search_has_no_convergence() -> None:
    assert convergence(()) == ""
    assert sweep_controls.LIMITS.keys() == {"length", "height", "thickness"}
