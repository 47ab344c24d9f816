"""Errors of the grids, accuracy of the error estimate, and effect of the outer radius.

    python tests/benchmarks/solver_accuracy.py [BODIES]

References are solutions on 128 x 160 nodes plus their own estimated error (radial part). The error estimate is tried on
BODIES (50) random bodies of the surrogate's design space.
"""

import math
import sys

import torch

from fusiform.solvers import Body, FlowConditions, load_body, solve
from fusiform.solvers.flow import grid as flow_grid
from fusiform.solvers.flow.adaptive import ACCURACIES
from fusiform.solvers.flow.analysis import contour_forces
from fusiform.solvers.flow.error_estimate import estimate_error
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady import solve_batch
from fusiform.solvers.solution import turned_coefficients
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample

REFERENCE = Resolution(128, 160)
CASES = [
    ("circle", Body.circle(), 0.1, 0.0),
    ("circle", Body.circle(), 1.0, 0.0),
    ("circle", Body.circle(), 40.0, 0.0),
    ("circle", Body.circle(), 100.0, 0.0),
    ("ellipse 0.5", Body.ellipse(0.5), 40.0, 0.0),
    ("ellipse 0.5", Body.ellipse(0.5), 100.0, 0.0),
    ("ellipse 3:1", Body.ellipse(3.0), 1.0, 20.0),
    ("ellipse 4:1", Body.ellipse(4.0), 100.0, 30.0),
    ("ellipse 6:1", Body.ellipse(6.0), 100.0, 5.0),
    ("ellipse 10:1", Body.ellipse(10.0), 40.0, 0.0),
    ("ellipse 10:1", Body.ellipse(10.0), 100.0, 20.0),
    ("naca2412", load_body("naca2412"), 20.0, 5.0),
    ("kidney", load_body("kidney"), 40.0, 0.0),
]


def table_head(*titles: str) -> None:
    """The first two lines of a Markdown table."""
    print("\n| " + " | ".join(titles) + " |\n|" + "---|" * len(titles))


def reference(body: Body, conditions: FlowConditions) -> complex:
    """C_D + i C_L, converged."""
    reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64)
    flow = solve_batch(turned_coefficients(body, conditions), reynolds, REFERENCE)
    if not bool(flow.converged):
        return complex(math.nan)
    pressure, friction = flow.force_coefficients
    return complex((pressure + friction + estimate_error(flow).radial)[0])


def grids() -> None:
    """Errors of the named grids."""
    table_head("body", "Re", "incidence", "C_D", "C_L", *(f"{name}: nodes, error, estimate" for name in ACCURACIES))
    for name, body, reynolds, alpha in CASES:
        conditions = FlowConditions(reynolds, alpha)
        exact = reference(body, conditions)
        cells = []
        for grid in ACCURACIES:
            s = solve(body, conditions, grid=grid)
            drag = f"{s.drag_coefficient / exact.real - 1:+.3%}, {-s.drag_error / exact.real:+.3%}"
            lift = f"; C_L {s.lift_coefficient / exact.imag - 1:+.3%}" if abs(exact.imag) > 1e-3 else ""
            nodes = f"{s.flow.resolution.n_xi} x {s.flow.resolution.n_eta}"
            cells.append(f"{nodes}, {drag}{lift}{'' if s.accurate else ' (not accurate)'}")
        row = f"| {name} | {reynolds:g} | {alpha:g} | {exact.real:.5f} | {exact.imag:.5f} | "
        print(row + " | ".join(cells) + " |", flush=True)


def estimates(count: int) -> None:
    """The estimate of `standard` against the true error on random bodies."""
    designs = sample(DesignSpace(), 77, range(count))
    hits = {"drag": 0, "lift": 0}
    lifting = 0
    for i in range(count):
        body = Body(designs.coefficients[i])
        conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
        s, exact = solve(body, conditions), reference(body, conditions)
        true = exact - complex(s.drag_coefficient, s.lift_coefficient)
        hits["drag"] += 1 / 3 < abs(s.drag_error / true.real) < 3
        if abs(exact.imag) > 1e-6:
            lifting += 1
            hits["lift"] += 1 / 3 < abs(s.lift_error / true.imag) < 3
        print(f"{i + 1} of {count}", file=sys.stderr, flush=True)
    print(f"\nEstimated error of `standard` within a factor of three of the true one, {count} random bodies:")
    print(f"drag {hits['drag']} of {count}, lift {hits['lift']} of {lifting}.")


def outer_radius() -> None:
    """Drag and lift against the outer radius of the grid."""
    radii, chosen = (20.0, 30.0, 60.0, 120.0), flow_grid.far_radius
    table_head("body", "Re", "incidence", *(f"r = {r:g} d" for r in radii))
    for name, body, re, alpha in [c for c in CASES if c[2] in (1.0, 40.0, 100.0)][:7]:
        cells = []
        for radius in radii:
            flow_grid.far_radius = lambda reynolds, radius=radius: torch.full_like(reynolds, radius)
            coefficients = turned_coefficients(body, FlowConditions(re, alpha))
            flow = solve_batch(coefficients, torch.tensor([re], dtype=torch.float64), Resolution(96, 112))
            force = complex(sum(flow.force_coefficients)[0])
            cells.append(f"{force.real:.4f}" + (f" / {force.imag:.4f}" if alpha else ""))
        print(f"| {name} | {re:g} | {alpha:g} | " + " | ".join(cells) + " |", flush=True)
    flow_grid.far_radius = chosen


def balance() -> None:
    """Momentum balance on far contours against the forces at the wall."""
    radii = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    table_head("`fine`: force through a contour against the wall's", *(f"{r:g} d" for r in radii))
    for name, body, re, alpha in (CASES[2], CASES[1], CASES[6], ("ellipse 4:1", Body.ellipse(4.0), 40.0, 10.0)):
        s = solve(body, FlowConditions(re, alpha), grid="fine")
        distances, forces = contour_forces(s.field)
        wall = complex(s.drag_coefficient, s.lift_coefficient)
        cells = []
        for radius in radii:
            ratio = forces[abs(distances - radius).argmin()]
            lift = f" / {ratio.imag / wall.imag - 1:+.2%}" if alpha else ""
            cells.append(f"{ratio.real / wall.real - 1:+.2%}{lift}")
        print(f"| {name}, Re {re:g}, {alpha:g} deg | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """All four tables."""
    grids()
    outer_radius()
    balance()
    estimates(int(sys.argv[1]) if len(sys.argv) > 1 else 50)


if __name__ == "__main__":
    main()
