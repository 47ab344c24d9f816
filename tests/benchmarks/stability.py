"""Growth rates, critical Reynolds numbers, and what they cost: circle and ellipses, usual elements against finer ones.

python tests/benchmarks/stability.py
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import torch

from fusiform.solvers import Body, FlowConditions, solve, stability
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.stability.base_flow import base_flow
from fusiform.solvers.flow.stability.disturbances import Disturbances
from fusiform.solvers.flow.stability.modes import mode_near

REFERENCE = Resolution(16, 12, 8, 8)
RATES = [(1.0, 50.0), (1.0, 60.0), (1.0, 100.0), (0.5, 27.0), (2.0, 107.0), (4.0, 290.0), (6.0, 550.0)]
THRESHOLDS = [
    (0.25, 0.0),
    (0.5, 0.0),
    (1.0, 0.0),
    (1.5, 0.0),
    (2.0, 0.0),
    (2.0, 20.0),
    (4.0, 20.0),
    (4.0, 0.0),
    (6.0, 0.0),
]


def timed(function: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, float]:
    """The second of two answers, and its CPU time in ms."""
    function(*arguments, **options)
    begun = time.process_time()
    return function(*arguments, **options), 1e3 * (time.process_time() - begun)


def body_of(fineness: float) -> Body:
    return Body.circle() if fineness == 1.0 else Body.ellipse(fineness)


def main() -> None:
    """Print both tables."""
    print(f"| fineness | Re | growth, U/d | Strouhal number | change on {REFERENCE} | solve, ms | stability, ms |")
    print("|---|---|---|---|---|---|---|")
    for fineness, reynolds in RATES:
        solution, spent = timed(solve, body_of(fineness), FlowConditions(reynolds))
        found, more = timed(stability, solution)
        mode = found._leading.mode
        flow = solution.flow
        finer = base_flow(flow.coefficients, flow.reynolds, REFERENCE, flow.solved.domain, (flow.solved, flow.unknowns))
        disturbances = Disturbances.of(finer)
        start = torch.ones_like(disturbances.mass) * torch.exp(-disturbances.problem.position[0].abs()) + 0j
        with torch.no_grad():
            exact = mode_near(disturbances, mode.rate, start)
        change = exact.rate - mode.rate
        print(
            f"| {fineness:g} | {reynolds:g} | {found.growth_rate:.4f} | {found.strouhal:.4f} | {change.real:+.4f}, "
            f"{change.imag / (2.0 * math.pi):+.4f} | {spent:.0f} | {more:.0f} |",
            flush=True,
        )
    print("\n| fineness | incidence | critical Re | Re at 60, 40 lifting: solve, ms | with critical Re, ms | solves |")
    print("|---|---|---|---|---|---|")
    for fineness, alpha_deg in THRESHOLDS:
        at = FlowConditions(40.0 if alpha_deg else 60.0 * min(1.0, fineness), alpha_deg)
        solution, spent = timed(solve, body_of(fineness), at)
        found, more = timed(stability, solution, critical=True)
        print(
            f"| {fineness:g} | {alpha_deg:g} | {found.critical_reynolds:.2f} | {spent:.0f} | {more:.0f} | "
            f"{more / spent:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
