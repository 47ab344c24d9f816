"""Drag of the circle and of two ellipses on each grid, with what it costs: cold solve, warm solve, gradient.

    python tests/benchmarks/solver_cost.py

Times are wall-clock seconds of one run on whatever machine this is; compare them with each other.
"""

import time

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.flow.grid import RESOLUTIONS

CASES = [
    ("circle", Body.circle(), 1.0, 0.0, 10.335),
    ("circle", Body.circle(), 10.0, 0.0, 2.754),
    ("circle", Body.circle(), 20.0, 0.0, 1.999),
    ("circle", Body.circle(), 40.0, 0.0, 1.4973),
    ("ellipse 4:1", Body.ellipse(4.0), 40.0, 0.0, 1.126),
    ("ellipse 4:1, 15 deg", Body.ellipse(4.0), 40.0, 15.0, None),
]


def main() -> None:
    """Print one Markdown row a case and grid."""
    print("| body | Re | grid | C_D | reference | difference | C_L | solves | cold s | warm s | gradient s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    solve(Body.circle(), FlowConditions(10.0), grid="coarse")
    for name, body, reynolds, alpha, reference in CASES:
        for grid, resolution in RESOLUTIONS.items():
            cold = solve(body, FlowConditions(reynolds, alpha), grid=grid)
            warm = solve(body, FlowConditions(1.02 * reynolds, alpha), grid=grid, start=cold.flow.state)
            begun = time.perf_counter()
            cold.gradient()
            gradient = time.perf_counter() - begun
            known = "| |" if reference is None else f"| {reference} | {cold.drag_coefficient / reference - 1:+.2%}"
            print(
                f"| {name} | {reynolds:g} | {grid} {resolution.n_xi} x {resolution.n_eta} "
                f"| {cold.drag_coefficient:.4f} "
                f"{known} | {cold.lift_coefficient:.4f} | {int(cold.flow.linear_solves)} | {cold.seconds:.2f} "
                f"| {warm.seconds:.2f} | {gradient:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
