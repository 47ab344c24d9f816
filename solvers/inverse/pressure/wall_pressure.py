"""The pressure coefficient along the wall, by arc length.

C_p = (p − p_∞)/(½ρU²), zero far away in the undisturbed stream. The arc fraction s runs from 0 to 1 counter-clockwise,
with the stream along +x, from the tail over the upper side to the front and back along the lower side, as in airfoil
files. The tail is the trailing edge, or the middle of a blunt base: the mean of the arc fraction of the body at zero
incidence, weighted with e^{x/ℓ}, ℓ = 0.05 d. (The rearmost point itself would jump between the two corners of a base.)
Of a body of revolution s runs along the meridian, from 0 at the nose to 1 at the tail, both on the axis.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require, require_kind
from fusiform.solvers.flow import DYNAMIC_PRESSURE, Domain, Problem, State, total_head, wall_samples
from fusiform.solvers.geometry import laurent
from fusiform.solvers.solution import Solution

TAIL_LENGTH, REFINEMENT, GAUSS_POINTS = 0.05, 4, 3


def pressure_distribution(solution: Solution, count: int = 128) -> FloatArray:
    """The pressure coefficient C_p along the wall of a solved flow, by arc length.

    The arc fraction s runs from 0 to 1 counter-clockwise, with the stream along +x, from the tail over the upper side
    to the front and back along the lower side. Of a body of revolution it runs along the meridian, from the nose to the
    tail.

    Parameters
    ----------
    solution : Solution
        A converged flow.
    count : int
        Number of points, at equal steps of s: on a meridian both ends are among them.

    Returns
    -------
    ndarray, shape (count, 2)
        Rows of s and C_p; a target for `match_pressure`.

    Raises
    ------
    InputError
        For a flow that did not converge, and fewer than two points.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions, solve
    >>> from fusiform.solvers.inverse import pressure_distribution
    >>> table = pressure_distribution(solve(Body.circle(), FlowConditions(10.0), grid="coarse"), 4)
    >>> table[:, 0].tolist()
    [0.0, 0.25, 0.5, 0.75]
    >>> int(table[:, 1].argmax())  # the pressure is highest at the front, s = 0.5
    2
    >>> around = pressure_distribution(solve(Body.sphere(), FlowConditions(10.0), grid="coarse"), 5)
    >>> around[:, 0].tolist(), int(around[:, 1].argmax())
    ([0.0, 0.25, 0.5, 0.75, 1.0], 0)
    """
    require_kind(solution, Solution, "give what `solve` returned")
    require(solution.converged, "expected a converged solution for its pressure, got one that is not; see its status")
    require(count >= 2, f"expected at least 2 points, got {count}; ask for more")
    arc = np.linspace(0.0, 1.0, count) if solution.body.revolution else np.arange(count) / count
    return np.column_stack([arc, wall_pressure_of(solution, arc)])


def wall_pressure_of(solution: Solution, arc: FloatArray) -> FloatArray:
    """C_p (n,) of a solved flow at the arc fractions `arc` (n,)."""
    flow, alpha = solution.flow, math.radians(solution.conditions.alpha_deg)
    return wall_pressure(flow.problem, flow.state, flow.coefficients, alpha, arc)[0].numpy()


def wall_pressure(problem: Problem, state: State, coefficients: Tensor, alpha: float, arc: FloatArray) -> Tensor:
    """C_p (batch, n) at the arc fractions `arc` (n,) of a batch on the whole plane, or on the meridian.

    `coefficients` (batch, K) are at incidence `alpha`, in radians. The elements' polynomials at `REFINEMENT` times as
    many angles as there are nodes, then a spline.
    """
    nodes = total_head(problem, state)[:, 0] / DYNAMIC_PRESSURE
    eta, pressure = wall_samples(problem, nodes, REFINEMENT)
    if problem.domain is Domain.MERIDIAN:
        s, pressure = _meridian_fractions(coefficients, eta), torch.cat([pressure, nodes[:, -1:]], dim=1)
        rows = [_even(*row, 1.0 - arc) for row in zip(s.cpu().numpy(), pressure.cpu().numpy(), strict=True)]
        return torch.from_numpy(np.array(rows))
    lengths = _lengths(coefficients, eta)
    after = lengths.cumsum(1)
    turn = after[:, -1:]
    wall = laurent.z(coefficients, torch.polar(torch.ones_like(eta), eta))
    x = (wall * complex(math.cos(alpha), math.sin(alpha))).real
    s = (after - lengths) / turn
    s = s - s.gather(1, x.argmax(1, keepdim=True))
    s = s - s.round()
    weight = torch.exp((x - x.amax(1, keepdim=True)) / TAIL_LENGTH) * (lengths + lengths.roll(1, 1))
    s = s - (weight * s).sum(1, keepdim=True) / weight.sum(1, keepdim=True)
    rows = [_periodic(row, values, arc) for row, values in zip(s.cpu().numpy(), pressure.cpu().numpy(), strict=True)]
    return torch.from_numpy(np.array(rows))


def _meridian_fractions(coefficients: Tensor, eta: Tensor) -> Tensor:
    """The arc from the tail, η = 0, to each angle `eta` (batch, n) and to the nose, η = π, over the whole meridian's;
    (batch, n + 1)."""
    after = _lengths(coefficients, eta, math.pi).cumsum(1)
    return torch.nn.functional.pad(after, (1, 0)) / after[:, -1:]


def _lengths(coefficients: Tensor, eta: Tensor, turn: float = 2.0 * math.pi) -> Tensor:
    """The arc (batch, n) of the outline from each angle `eta` (batch, n) to the next, by Gauss's rule.

    The last one ends at the first angle after a `turn`.
    """
    place, weight = (torch.from_numpy(a).to(eta) for a in np.polynomial.legendre.leggauss(GAUSS_POINTS))
    step = torch.cat([eta, eta[:, :1] + turn], dim=1).diff(dim=1)
    between = eta[..., None] + 0.5 * step[..., None] * (1.0 + place)
    speed = laurent.z_prime(coefficients, torch.polar(torch.ones_like(between), between)).abs()
    return 0.5 * step * (speed @ weight)


def _periodic(s: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """The function of period 1 with `values` (n,) at `s` (n,), ascending except for one wrap, at other arguments."""
    first = int(s.argmin())
    s, values = np.roll(s, -first), np.roll(values, -first)
    interpolated: FloatArray = CubicSpline([*s, s[0] + 1.0], [*values, values[0]], bc_type="periodic")(at)
    return interpolated


def _even(s: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """The function with `values` (n,) at `s` (n,) from 0 to 1 that is even about both ends, at other arguments."""
    interpolated: FloatArray = CubicSpline(s, values, bc_type="clamped")(at)
    return interpolated
