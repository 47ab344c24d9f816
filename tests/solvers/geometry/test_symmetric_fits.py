"""Outlines that are their own mirror image about a line along x give bodies with exactly real coefficients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fusiform.solvers import FlowConditions, solve
from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry import Body
from fusiform.solvers.geometry.named_outlines import naca_outline

CASES = Path(__file__).parent / "cases"


def hull(stations: int = 41) -> FloatArray:
    """An 8:1 ellipse at equal stations, as tables of hulls are."""
    x = np.linspace(-4.0, 4.0, stations)
    y = np.sqrt(np.maximum(0.25 - (x / 8.0) ** 2, 0.0))
    return np.concatenate([np.column_stack([x, -y]), np.column_stack([x, y])[-2:0:-1]])


def test_a_hull_of_41_stations_is_symmetric_and_has_no_lift() -> None:
    body = Body.from_file(CASES / "y01_symmetric_8to1_41_stations.dat")
    assert not body.coefficients.imag.any()
    assert body.origin.imag == pytest.approx(0.0, abs=1e-15)
    assert solve(body, FlowConditions(10.0), grid="coarse").lift_coefficient == 0.0


@pytest.mark.parametrize("decimals", [3, 4, 6, 15])
@pytest.mark.parametrize("height", [0.0, 0.1234567, -7.0])
def test_the_axis_may_be_anywhere_and_digits_rounded(decimals: int, height: float) -> None:
    body = Body.from_outline(np.round(hull() + np.array([0.0, height]), decimals))
    assert not body.coefficients.imag.any()
    assert body.origin.imag == pytest.approx(height, abs=10.0**-decimals)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_axis_is_found_at_any_size_and_start(scale: float) -> None:
    for points in (hull(), np.roll(hull(), 17, axis=0), hull()[::-1], naca_outline("0012", 61)):
        assert not Body.from_outline(scale * points).coefficients.imag.any()


def test_stations_need_not_be_the_same_above_and_below() -> None:
    angle = 2.0 * np.pi * (np.arange(301) + 0.3) / 301
    assert not Body.from_outline(np.column_stack([2.0 * np.cos(angle), np.sin(angle) + 3.0])).coefficients.imag.any()


def test_outlines_that_differ_from_their_mirror_image_are_left_as_they_are() -> None:
    bent = hull() + np.column_stack([np.zeros(80), 2e-3 * np.cos(hull()[:, 0])])
    for points in (bent, np.round(bent, 4), naca_outline("1412", 200)):
        assert Body.from_outline(points).coefficients.imag.abs().max() > 1e-4
    coarse = np.array([(0, 0), (4, -2), (8, -2), (12, 0), (8, 1), (4, 2)], dtype=float)
    assert Body.from_outline(coarse).coefficients.imag.abs().max() > 1e-3


def test_bodies_that_are_symmetric_about_another_line_are_left_as_they_are() -> None:
    turn = np.array([[np.cos(0.3), np.sin(0.3)], [-np.sin(0.3), np.cos(0.3)]])
    body = Body.from_outline(hull(401) @ turn)
    assert abs(complex(body.coefficients[0]) - 7.0 / 9.0 * np.exp(0.6j)) < 1e-4
