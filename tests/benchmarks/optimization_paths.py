"""The surrogate where it is used: its drag along the paths of ten optimisations, against the solver on the model's grid.

    python tests/benchmarks/optimization_paths.py

Five bodies from each path (circle, ellipse 3:1, NACA 0012, kidney and rounded square; Re 2 and 30; one in two at 3°).
"""

from __future__ import annotations

import math

import numpy as np
import torch

from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry import laurent
from fusiform.solvers.inverse import SolverModel, minimize_drag
from fusiform.surrogates import load_surrogate

STARTS = ("circle", "ellipse:3", "naca0012", "kidney", "rounded-square")
FROM_EACH = 5


def main() -> None:
    surrogate = load_surrogate()
    solver = SolverModel(surrogate.basis.resolution)
    errors = []
    print(
        "| start | Re | incidence | evaluations | largest error on the path | error at the end |\n|---|---|---|---|---|---|"
    )
    for number, (name, reynolds) in enumerate((n, r) for n in STARTS for r in (2.0, 30.0)):
        conditions = FlowConditions(reynolds, 3.0 * (number % 2))
        path = minimize_drag(load_body(name), conditions, model=surrogate, verify=None).history
        chosen = [path[int(i)] for i in np.linspace(0, len(path) - 1, FROM_EACH)]
        alpha = torch.tensor([math.radians(conditions.alpha_deg)], dtype=torch.float64)
        found = []
        for iterate in chosen:
            turned = laurent.rotate(iterate.coefficients[None], alpha)
            with torch.no_grad():
                drag = float(solver.force_coefficients(turned, torch.tensor([reynolds], dtype=torch.float64)).real)
            found.append(abs(iterate.drag_coefficient / drag - 1.0))
        errors += found
        row = (
            f"| {name} | {reynolds:g} | {conditions.alpha_deg:g}° | {len(path)} | {max(found):.2%} | {found[-1]:.2%} |"
        )
        print(row, flush=True)
    kept = np.array([e for e in errors if math.isfinite(e)])
    print(
        f"\n{len(kept)} bodies: median {np.median(kept):.2%}, 95 % {np.quantile(kept, 0.95):.2%}, largest {kept.max():.2%}"
    )


if __name__ == "__main__":
    main()
