"""Is the confidence of the shipped surrogate worth its name, and what does the correction bring?

    python tests/benchmarks/confidence.py [BODIES]

Bodies inside the training space and outside of it (blunter, slenderer, faster, slower, at larger incidence), drawn with
another seed, against the solver on the model's own grid. Errors of the drag, median / 95 %: the network's, and after
the state inverse where it arrived.
"""

import itertools
import math
import sys
from dataclasses import replace

import numpy as np

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.flow.steady import solve_batch
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.dataset import turned
from fusiform.surrogates.design_space import sample

SEED = 4711
EDGES = (0.0, 0.1, 0.3, 0.6, 0.9999, 1.0)


def main() -> None:
    """Both tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    model = load_surrogate()
    outside = replace(
        model.space, fineness_min=0.4, fineness_max=14.0, reynolds_min=0.2, reynolds_max=90.0, alpha_max_deg=30.0
    )
    rows = []
    for space in (model.space, outside):
        designs = sample(space, SEED, range(count))
        for i in range(count):
            one = designs.select(slice(i, i + 1))
            flow = solve_batch(turned(one), one.reynolds, model.basis.resolution)
            if not bool(flow.converged):
                continue
            exact = float(sum(flow.force_coefficients).real)
            conditions = FlowConditions(float(one.reynolds), math.degrees(float(one.alpha)))
            answer = model.evaluate(Body(one.coefficients[0]), conditions)
            fixed = answer.correction
            errors = [abs(drag / exact - 1.0) for drag in (answer.drag_coefficient, fixed.drag_coefficient)]
            rows.append((space is outside, answer.confidence, fixed.residual, fixed.arrived, *errors))
    table = np.array(rows, dtype=float)
    for title, column, edges in (
        ("confidence", 1, EDGES),
        ("residual", 2, (0.0, *np.quantile(table[:, 2], (0.25, 0.5, 0.75, 0.9)), np.inf)),
    ):
        print(f"\n| {title} | bodies | of these outside | drag error | arrived | drag error after the correction |")
        print("|---|---|---|---|---|---|")
        for low, high in itertools.pairwise(edges):
            inside = (table[:, column] > low) | ((low == 0.0) & (table[:, column] == 0.0))
            part = table[inside & (table[:, column] <= high)]
            if len(part):
                arrived = part[part[:, 3] == 1.0]
                print(
                    f"| {low:.3g} to {high:.3g} | {len(part)} | {int(part[:, 0].sum())} | {_errors(part[:, 4])} | "
                    f"{len(arrived)} | {_errors(arrived[:, 5])} |"
                )


def _errors(values: np.ndarray) -> str:
    return " / ".join(f"{v:.2%}" for v in np.quantile(values, (0.5, 0.95))) if len(values) else ""


if __name__ == "__main__":
    main()
