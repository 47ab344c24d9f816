"""The surrogate where it is used: its drag along the paths of ten optimisations, against the solver on its grid.

    python tests/benchmarks/optimization_paths.py

Five bodies from each path (circle, ellipse 3:1, NACA 0012, kidney and rounded square; Re 2 and 30; one in two at 3°).
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch

from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry import laurent
from fusiform.solvers.inverse import SolverModel, minimize_drag
from fusiform.surrogates import load_surrogate

STARTS = ("circle", "ellipse:3", "naca0012", "kidney", "rounded-square")
REYNOLDS = (2.0, 30.0)
FROM_EACH = 5
COLUMNS = ("start", "Re", "incidence", "evaluations", "largest error on the path", "error at the end")


def path_errors(name: str, conditions: FlowConditions) -> tuple[int, list[float]]:
    """The number of evaluated bodies, and the relative errors of the surrogate's drag on `FROM_EACH` of them."""
    surrogate = load_surrogate()
    solver = SolverModel(surrogate.basis.resolution)
    path = minimize_drag(load_body(name), conditions, model=surrogate, verify=None).history
    alpha = torch.tensor([math.radians(conditions.alpha_deg)], dtype=torch.float64)
    reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64)
    errors = []
    for index in np.linspace(0, len(path) - 1, FROM_EACH):
        iterate = path[int(index)]
        with torch.no_grad():
            forces = solver.force_coefficients(laurent.rotate(iterate.coefficients[None], alpha), reynolds)
        errors.append(abs(iterate.drag_coefficient / float(forces.real) - 1.0))
    return len(path), errors


def main() -> None:
    errors = []
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for number, (name, reynolds) in enumerate(itertools.product(STARTS, REYNOLDS)):
        alpha = 3.0 * (number % 2)
        count, found = path_errors(name, FlowConditions(reynolds, alpha))
        errors += found
        cells = (name, f"{reynolds:g}", f"{alpha:g}°", str(count), f"{max(found):.2%}", f"{found[-1]:.2%}")
        print(f"| {' | '.join(cells)} |", flush=True)
    kept = np.array([e for e in errors if math.isfinite(e)])
    high = np.quantile(kept, 0.95)
    print(f"\n{len(kept)} bodies: median {np.median(kept):.2%}, 95 % {high:.2%}, largest {kept.max():.2%}")


if __name__ == "__main__":
    main()
