"""The leading mode of a flow: the fastest growing one that is the body's own.

A wake swings at a frequency f with f H/U between 0.08 and 0.17, more of it behind slender bodies; the first shift is
there. Every settled eigenvalue near it is looked at. Where no discrete mode is among them, or only one that decays
fast, and the flow is not far below its likely threshold, other shifts follow; a slender body's flow that seems to be
stable is looked at again on finer elements, and so is one in which only waves of the free stream grow, for which too
coarse elements are the likely reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import islice

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.stability.base_flow import BaseFlow, base_flow
from fusiform.solvers.flow.stability.disturbances import Disturbances
from fusiform.solvers.flow.stability.modes import SPACES, Found, Mode, mode_near, rates_near
from fusiform.solvers.flow.stability.wake_layout import height_in_d, is_slender, wake_resolution

SHIFT_GROWTH = 0.05  # real part of the shifts, times H
BLUNT_FREQUENCY, BLUNT_RISE, SLENDER_RISE, SLENDER_BEND = 0.110, 0.006, 0.0075, 0.009
OTHER_SHIFTS = (0.7, 1.4)
DAMPED = 0.1  # −σ_r H of a mode beyond which others are looked for elsewhere
THRESHOLD = (32.0, 11.0, 4.3)  # critical Re on the height by powers of length over height, to 20 %
FAR_BELOW, NOT_FAR = 0.5, 0.7  # shares of it: below, one shift and a small space are enough; above, large ones count
FAR_ABOVE = 2.3  # share of it above which several modes grow, the fastest often at a lower frequency
LOOKED_AT = 3  # eigenvalues near one shift whose modes are computed


@dataclass(frozen=True)
class LeadingMode:
    """The `mode`, if there is one, of the `base` flow's `disturbances`; `waves`: something grows that is no discrete
    mode; `checked`: on finer elements than the usual ones."""

    base: BaseFlow
    disturbances: Disturbances
    mode: Mode | None
    waves: bool
    checked: bool = False

    @property
    def growth(self) -> float:
        """Growth rate in U/d; −∞ without a discrete mode."""
        return -math.inf if self.mode is None else self.mode.rate.real


def aspect(coefficients: Tensor) -> float:
    """Length along the stream over height across it, both root mean squares, of one turned body (1, K)."""
    first, rest = coefficients[0, 0], coefficients[0, 1:].abs().square().sum()
    ratio = ((first + 1.0).abs().square() + rest) / ((first - 1.0).abs().square() + rest)
    return math.sqrt(float(ratio))


def swing(coefficients: Tensor) -> float:
    """f H/U that the wake of one turned body (1, K) is likely to have."""
    x = math.log(aspect(coefficients))
    if x < 0.0:
        return BLUNT_FREQUENCY + BLUNT_RISE * x
    return BLUNT_FREQUENCY + SLENDER_RISE * x + SLENDER_BEND * x**2


def likely_threshold(coefficients: Tensor, domain: Domain) -> float:
    """The critical Reynolds number on d that one turned body (1, K) is likely to have, by its length and height."""
    powers = (aspect(coefficients) ** n for n in range(3))
    return sum(c * p for c, p in zip(THRESHOLD, powers, strict=True)) / float(height_in_d(coefficients, domain))


@torch.no_grad()
def leading_mode(base: BaseFlow, rate: complex | None = None, *, check: bool = True) -> LeadingMode:
    """Of a solved `base` flow; near `rate` first if that is given. `check`: on finer elements too, where it matters."""
    found = _leading(base, rate, thorough=check or rate is not None)
    slender = _domain(base) is not Domain.MERIDIAN and is_slender(base.coefficients, base.reynolds, _domain(base))
    if not check or found.growth > 0.0 or not (found.waves or slender):
        return found
    resolution = wake_resolution(base.coefficients, base.reynolds, _domain(base), finer=True)
    finer = base_flow(base.coefficients, base.reynolds, resolution, _domain(base), (base.problem, base.state))
    return replace(_leading(finer, rate, thorough=True), checked=True) if finer.solved else replace(found, waves=True)


def _domain(base: BaseFlow) -> Domain:
    return base.problem.domain


def _leading(base: BaseFlow, rate: complex | None, *, thorough: bool) -> LeadingMode:
    """`thorough`: near the threshold a mode that decays counts as the leading one after the large space only."""
    disturbances, axial = Disturbances.of(base), _domain(base) is Domain.MERIDIAN
    across = float(height_in_d(base.coefficients, _domain(base)))
    first = 2.0 * math.pi * swing(base.coefficients) / across
    shifts = [complex(SHIFT_GROWTH / across, first * share) for share in (1.0, *OTHER_SHIFTS)]
    if rate is not None:
        shifts.insert(0, complex(max(rate.real, 0.0) + 0.5 * SHIFT_GROWTH / across, rate.imag))
    spaces = len(SPACES)
    threshold = likely_threshold(base.coefficients, _domain(base))
    if axial or float(base.reynolds) < FAR_BELOW * threshold:
        shifts, spaces = shifts[:1], 1
    best, waves = None, False
    near, fast = thorough and float(base.reynolds) > NOT_FAR * threshold, float(base.reynolds) > FAR_ABOVE * threshold
    for shift in shifts:
        for number, rates in enumerate(islice(rates_near(disturbances, shift), spaces)):
            enough = 0.0 if near and number == 0 else -DAMPED / across
            here, growing = _discrete(disturbances, rates[:LOOKED_AT])
            waves = waves or growing
            if here is not None and (best is None or here.rate.real > best.rate.real):
                best = here
            if best is not None and best.rate.real > enough:
                break
        if best is not None and best.rate.real > enough and not (fast and shift is shifts[0]):
            break
    return LeadingMode(base, disturbances, best, waves and (best is None or best.rate.real <= 0.0))


def _discrete(disturbances: Disturbances, rates: Found) -> tuple[Mode | None, bool]:
    """The first discrete mode among the `rates`, and True if one before it grows."""
    growing = False
    for rate, omega in rates:
        mode = mode_near(disturbances, rate, omega)
        if mode.discrete:
            return mode, growing
        growing = growing or mode.rate.real > 0.0
    return None, growing


def wake_flow(coefficients: Tensor, reynolds: Tensor, domain: Domain, near: tuple[Problem, State] | None) -> BaseFlow:
    """The steady flow past one turned body on the elements for its disturbances, from a flow `near`."""
    return base_flow(coefficients, reynolds, wake_resolution(coefficients, reynolds, domain), domain, near)
