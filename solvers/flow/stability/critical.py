"""The critical Reynolds number: where the growth rate of the leading mode is zero.

Growth rates are nearly linear in 1/Re. The search starts at the Reynolds number that length and height let expect, or
from a mode that is known close to it, takes the leading mode there, and follows this one mode: each flow starts from
the last one, each mode from the last by inverse iteration at the rate foretold. Steps in Re are at most by a factor of
1.3. At the end all modes near the axis are looked at once more: where another one grows, that one is followed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.stability.base_flow import BaseFlow, base_flow
from fusiform.solvers.flow.stability.disturbances import Disturbances
from fusiform.solvers.flow.stability.leading_mode import LeadingMode, aspect, leading_mode, likely_threshold, wake_flow
from fusiform.solvers.flow.stability.modes import iterated, mode_near
from fusiform.solvers.flow.stability.wake_layout import height_in_d, wake_resolution

LARGEST_STEP, CLOSE = 1.3, 1e-3  # factor of Re; relative distance from the root at which the secant ends
RISE, SLENDER_RISE, LEAST_RISE = 9.0, 0.66, 6.5  # −dσ_r/d(1/Re) on the height at onset: circle, power of L/H, at least
FOLLOW_STEPS, NEAR = 4, 1e-3
MOST_STEPS, MOST_MODES = 16, 3
NEARBY, SLOW = 0.5, 0.08  # |ln| of the ratio to the likely threshold, and |σ_r| H, of a mode to start from
SAME = 1e-3  # |σ − σ'| H of two that are one mode


@dataclass(frozen=True)
class Critical:
    """The critical Reynolds number; ∞ if no mode grows up to the highest one, NaN if a flow on the way was not solved.
    `leading`: the mode at the threshold."""

    reynolds: float
    leading: LeadingMode | None


@dataclass(frozen=True)
class _Point:
    """A followed mode: its `rate` and vorticity `omega` of a flow."""

    base: BaseFlow
    rate: complex
    omega: Tensor

    @property
    def inverse(self) -> float:
        return 1.0 / float(self.base.reynolds)


@torch.no_grad()
def critical_reynolds(
    coefficients: Tensor,
    domain: Domain,
    highest: float,
    near: tuple[Problem, State] | None = None,
    start: LeadingMode | None = None,
) -> Critical:
    """Of one turned body (1, K), up to the Reynolds number `highest`; `near`: a flow past it, with its problem.

    `start`: the leading mode of a flow past it, from which the search begins if that is near the threshold.
    """
    guess = min(likely_threshold(coefficients, domain), highest)
    if start is not None and _is_near(start, guess):
        return _followed(start, highest)
    base = _flow(coefficients, guess, domain, near)
    while base.solved:
        leading = leading_mode(base, check=False)
        if leading.mode is not None:
            return _followed(leading, highest)
        if float(base.reynolds) >= highest:
            return Critical(math.inf, None)
        further = min(LARGEST_STEP * float(base.reynolds), highest)
        base = _flow(coefficients, further, domain, (base.problem, base.state))
    return Critical(math.nan, None)


def _is_near(start: LeadingMode, guess: float) -> bool:
    """True if the mode is likely to be the one at the threshold, and not far from it."""
    across = float(height_in_d(start.base.coefficients, start.base.problem.domain))
    return abs(math.log(float(start.base.reynolds) / guess)) < NEARBY and abs(start.growth) * across < SLOW


def _flow(coefficients: Tensor, reynolds: float, domain: Domain, near: tuple[Problem, State] | None) -> BaseFlow:
    at = torch.full_like(coefficients[:, 0].real, reynolds)
    return wake_flow(coefficients, at, domain, near)


def _followed(leading: LeadingMode, highest: float) -> Critical:
    """The threshold of the mode, and of another one if that grows there."""
    for _ in range(MOST_MODES):
        point = _threshold(leading, highest)
        if point is None:
            return Critical(math.nan, None)
        reynolds, at = point
        if math.isinf(reynolds):
            return Critical(math.inf, None)
        leading = leading_mode(at.base, at.rate, check=False)
        across = float(height_in_d(at.base.coefficients, at.base.problem.domain))
        if leading.mode is None or (abs(leading.mode.rate - at.rate) > SAME / across and leading.growth <= 0.0):
            mode = mode_near(leading.disturbances, at.rate, at.omega)
            return Critical(reynolds, LeadingMode(at.base, leading.disturbances, mode, False))
        if abs(leading.mode.rate - at.rate) <= SAME / across:
            return Critical(reynolds, leading)
    return Critical(math.nan, None)


def _threshold(leading: LeadingMode, highest: float) -> tuple[float, _Point] | None:
    """Re at which the growth rate of the mode is zero, and the mode close to it; the secant method in 1/Re."""
    mode, base = leading.mode, leading.base
    assert mode is not None
    across = float(height_in_d(base.coefficients, base.problem.domain))
    rise = max(RISE * aspect(base.coefficients) ** SLENDER_RISE, LEAST_RISE)
    here, slope = _Point(base, mode.rate, mode.right.omega[0]), complex(-rise / across**2)
    for _ in range(MOST_STEPS):
        reynolds = 1.0 / here.inverse
        root = here.inverse - here.rate.real / slope.real
        target = 1.0 / root if root > 0.0 else math.inf
        if abs(target / reynolds - 1.0) < CLOSE:
            return target, here
        if reynolds >= highest and target > highest:
            return math.inf, here
        target = min(max(target, reynolds / LARGEST_STEP), reynolds * LARGEST_STEP, highest)
        there = _moved(here, target, slope)
        if there is None:
            return None
        change = (there.rate - here.rate) / (there.inverse - here.inverse)
        slope = change if change.real < 0.0 else slope
        here = there
    return None


def _moved(point: _Point, reynolds: float, slope: complex) -> _Point | None:
    """The mode at another Reynolds number; None where the flow is not solved."""
    base = point.base
    at, domain = torch.full_like(base.reynolds, reynolds), base.problem.domain
    resolution = wake_resolution(base.coefficients, at, domain)
    there = base_flow(base.coefficients, at, resolution, domain, (base.problem, base.state))
    if not there.solved:
        return None
    foretold = point.rate + slope * (1.0 / reynolds - point.inverse)
    disturbances = Disturbances.of(there)
    if resolution != base.problem.layout.resolution:
        found = leading_mode(there, foretold, check=False)
        return None if found.mode is None else _Point(found.base, found.mode.rate, found.mode.right.omega[0])
    shift = foretold + NEAR
    before, after = iterated(disturbances.factorised(shift), disturbances, point.omega, FOLLOW_STEPS)
    weighted = disturbances.mass * before.conj()
    share = complex((weighted * before).sum() / (weighted * after.omega).sum())
    return _Point(there, shift - share, after.omega[0] / after.omega.abs().max())
