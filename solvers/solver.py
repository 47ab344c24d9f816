"""The steady flow past a body at given conditions: `solve(body, conditions)`."""

from __future__ import annotations

import math
import time

import torch

from fusiform.solvers.common.errors import InputError, require, require_kind, shown
from fusiform.solvers.conditions import FlowConditions, require_along_axis
from fusiform.solvers.flow import ACCURACIES, Accuracy, Domain, FlowBatch, solve_to_accuracy
from fusiform.solvers.geometry import Body
from fusiform.solvers.geometry.body import require_body
from fusiform.solvers.grids import check_grid
from fusiform.solvers.shedding import shedding_note
from fusiform.solvers.solution import Solution, SolveOutcome, turned_coefficients

LIFT_ALLOWANCE = 3.0


def solve(
    body: Body,
    conditions: FlowConditions,
    *,
    grid: str = "standard",
    tolerance: float | None = None,
    start: Solution | None = None,
    device: torch.device | str = "cpu",
) -> Solution:
    """Solve the steady laminar flow past a body.

    The vorticity transport equation and that of the stream function, ∇²ψ = −ω in the plane and Stokes' around an axis,
    on spectral elements whose degrees rise until the estimated errors of drag and lift are below those that `grid`
    names. Takes hundredths to tenths of a second on one core.

    Parameters
    ----------
    body : Body
    conditions : FlowConditions
        Reynolds number and angle of attack, which is 0 for a body of revolution: its flow is along the axis.
    grid : str
        Relative errors that the drag and the lift may have: "coarse" 1 % and 3 %, "standard" 0.3 % and 1 %, "fine"
        0.1 % and 0.3 %, or "auto" with a `tolerance`. A lift below a tenth of the drag counts as that.
    tolerance : float, optional
        For "auto": the relative error that the drag may have, 2e-4 to 0.1; the lift may have three times that.
    start : Solution, optional
        For a similar body or condition; saves time.
    device : torch.device or str
        Where the flow is computed.

    Returns
    -------
    Solution
        Check its `outcome`, or `converged` and `accurate`.

    Raises
    ------
    InputError
        For an argument of another type, incidence of a body of revolution, an unknown grid or device, a start on
        another device, and a tolerance out of range.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve
    >>> solution = solve(Body.ellipse(2.0), FlowConditions(reynolds=10.0), grid="coarse")
    >>> print(f"{solution.drag_coefficient:.2f}; {solution.status}")
    2.47; Converged on 4 x 12 elements of degrees 5 and 6; estimated error of the drag 0.01%.

    A sphere; its drag coefficient is on the frontal area π d²/4:

    >>> sphere = solve(Body.sphere(), FlowConditions(reynolds=100.0))
    >>> print(f"{sphere.drag_coefficient:.3f}, separation at {sphere.analysis.separation_angles[0]:.0f} degrees")
    1.088, separation at 127 degrees
    """
    begun = time.perf_counter()
    accuracy = _accuracy(grid, tolerance)
    _check(body, conditions, device)
    _check_start(start, device)
    with torch.inference_mode(False), torch.no_grad():
        coefficients = turned_coefficients(body, conditions, device)
        reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64, device=device)
        domain = Domain.MERIDIAN if body.revolution else None
        near = start.flow if start else None
        flow, estimate, accurate = solve_to_accuracy(coefficients, reynolds, accuracy, near, domain)
        pressure, friction = (complex(f[0]) for f in flow.force_coefficients)
    outcome = _outcome(bool(flow.converged), accurate)
    if outcome is SolveOutcome.NOT_CONVERGED:
        pressure = friction = complex(math.nan, math.nan)
    error, bound = (complex(each[0]) for each in (estimate.total, estimate.bound))
    total = pressure + friction
    promises = _broken_promises(accuracy, total, bound) if outcome is SolveOutcome.INACCURATE else ""
    return Solution(
        body=body,
        conditions=conditions,
        grid=grid,
        drag_coefficient=total.real,
        drag_pressure=pressure.real,
        drag_friction=friction.real,
        lift_coefficient=total.imag,
        drag_error=error.real,
        lift_error=error.imag,
        outcome=outcome,
        status=f"{_status(outcome, flow, total, error)}{promises} {shedding_note(body, [conditions])}".rstrip(),
        seconds=time.perf_counter() - begun,
        flow=flow,
    )


def _check(body: Body, conditions: FlowConditions, device: torch.device | str) -> None:
    require_body(body)
    require_kind(conditions, FlowConditions, "give FlowConditions(reynolds, alpha_deg)")
    if body.revolution:
        require_along_axis([conditions])
    require(
        isinstance(device, str | torch.device), f"expected the name of a device, got {shown(device)}; give cpu or cuda"
    )
    try:
        float(torch.zeros(1, dtype=torch.float64, device=device))
    except (RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
        raise InputError(
            f"expected a device that computes in double precision, got {str(device)!r}; give cpu or cuda"
        ) from error


def _check_start(start: Solution | None, device: torch.device | str) -> None:
    if start is None:
        return
    require_kind(start, Solution, "give the result of another solve, or None")
    here, there = torch.empty(0, device=device).device, start.flow.reynolds.device
    require(here == there, f"expected a start solved on {here}, got one on {there}; solve it there, or leave it out")


def _outcome(converged: bool, accurate: bool) -> SolveOutcome:
    if not converged:
        return SolveOutcome.NOT_CONVERGED
    return SolveOutcome.CONVERGED if accurate else SolveOutcome.INACCURATE


def _accuracy(grid: str, tolerance: float | None) -> Accuracy:
    check_grid(grid, tolerance)
    if tolerance is None:
        return ACCURACIES[grid]
    first = next((a.first for a in ACCURACIES.values() if a.drag <= tolerance), ACCURACIES["fine"].first)
    return Accuracy(tolerance, LIFT_ALLOWANCE * tolerance, first)


def _status(outcome: SolveOutcome, flow: FlowBatch, forces: complex, error: complex) -> str:
    if outcome is SolveOutcome.NOT_CONVERGED:
        spurious = float(flow.unknowns.scalars[0, 0]) <= 0.0
        how = "a negative drag came out" if spurious else _last_step(float(flow.update))
        return (
            f"Newton's method did not converge ({how} on {flow.resolution}; from "
            "lower degrees, by continuation in the Reynolds number and in the shape): probably there is no steady flow "
            "that these elements resolve, because the body is bluff at this Reynolds number or its outline too sharp; "
            "try a lower Reynolds number, a smaller angle or fewer modes."
        )
    how = " by continuation" if bool(flow.continued) else ""
    text = f"Converged{how} on {flow.resolution}; "
    if math.isnan(error.real):
        return f"{text}its error is unknown, because no flow was found on finer elements: confirm it otherwise."
    text += f"estimated error of the drag {abs(error.real / forces.real):.2%}"
    text += "." if flow.without_lift else f", of the lift coefficient {abs(error.imag):.1e}."
    return text


def _last_step(update: float) -> str:
    return f"the last step changed it by {update:.1e}" if math.isfinite(update) else "no step came nearer to one"


def _broken_promises(accuracy: Accuracy, forces: complex, bound: complex) -> str:
    """A sentence about the estimates, with their safety factor, that are larger than promised."""
    off = accuracy.shares(forces, bound)
    found = [
        f"the {name} may be {share:.2%} off, where {promise:.2g}% is promised"
        for name, share, promise in zip(
            ("drag", "lift"), off, (100.0 * accuracy.drag, 100.0 * accuracy.lift), strict=True
        )
        if share > 0.01 * promise
    ]
    return f" With the safety factor of its estimate {' and '.join(found)}." if found else ""
