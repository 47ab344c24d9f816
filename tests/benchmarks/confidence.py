"""Is the bound on the surrogate's drag error kept, what tells the error best, and what does the correction bring?

    python tests/benchmarks/confidence.py [BODIES]

Bodies of the training space and of a wider one (blunter, slenderer, faster, slower, at larger incidence), drawn with a
seed of their own, against the solver on the model's own grid.
"""

import itertools
import math
import sys
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.batches import select
from fusiform.solvers.flow.fields import FlowField
from fusiform.solvers.flow.steady import solve_batch
from fusiform.surrogates import Prediction, load_surrogate
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.model.error_bound import kinematic_residual

SEED = 4711
EDGES = (0.0, 0.002, 0.005, 0.01, 0.02, math.inf)


@dataclass(frozen=True)
class Case:
    """One body: what is known without solving, relative drag errors before and after the correction, and those of the
    vorticity and the velocity, ‖f − f*‖/‖f*‖ over the nodes, before and after."""

    wider: bool
    bound: float
    distance: float
    kinematic: float
    whole: float
    answered: bool
    error: float
    corrected: float
    fields: tuple[float, float, float, float]


def main() -> None:
    """All tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    model = load_surrogate()
    cases = []
    for space in (model.space, model.space.widened()):
        designs = sample(space, SEED, range(count))
        for i in range(count):
            one = select(designs, slice(i, i + 1))
            flow = solve_batch(turned(one), one.reynolds, model.basis.resolution)
            if not bool(flow.converged):
                continue
            exact = float(sum(flow.force_coefficients).real)
            conditions = FlowConditions(float(one.reynolds), math.degrees(float(one.alpha)))
            answer = model.evaluate(Body(one.coefficients[0]), conditions)
            fixed = answer.correction
            case = Case(
                wider=space is not model.space,
                bound=answer.drag_bound / answer.drag_coefficient,
                distance=float(model.error.distance(model.inputs(turned(one), one.reynolds))[0]),
                kinematic=float(kinematic_residual(*model.state(turned(one), one.reynolds))[0]),
                whole=fixed.residual,
                answered=fixed.answered,
                error=abs(answer.drag_coefficient / exact - 1.0),
                corrected=abs(fixed.drag_coefficient / exact - 1.0),
                fields=field_errors(answer, FlowField(flow.problem, flow.state, turned(one))),
            )
            cases.append(case)
    print("| relative bound | bodies | wider | drag error | within | correction answered | drag error then |")
    print("|---|---|---|---|---|---|---|")
    for low, high in itertools.pairwise(EDGES):
        show(
            f"{low:.1%} to {high:.1%}" if high < 1 else f"above {low:.1%}", [c for c in cases if low < c.bound <= high]
        )
    show("all of the training space", [c for c in cases if not c.wider])
    show("all of the wider one", [c for c in cases if c.wider])
    print("\n| known without solving | rank correlation with the drag error |\n|---|---|")
    names = {
        "distance": "distance to the training designs",
        "kinematic": "residual of ψ_ξξ + ψ_ηη + h²ω = 0",
        "whole": "residual of all equations",
        "bound": "the bound, from the first two",
    }
    for key, name in names.items():
        rank = spearmanr([getattr(c, key) for c in cases], [c.error for c in cases]).statistic
        print(f"| {name} | {rank:.2f} |")
    print("\n| field, all bodies | network | after the state inverse |\n|---|---|---|")
    for i, name in enumerate(("vorticity", "velocity")):
        before, after = (errors([c.fields[i + shift] for c in cases]) for shift in (0, 2))
        print(f"| {name} | {before} | {after} |")


def field_errors(answer: Prediction, exact: FlowField) -> tuple[float, float, float, float]:
    """Of the vorticity and the velocity: the network's, and after the state inverse."""

    def error(found: np.ndarray, exact: np.ndarray) -> float:
        return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))

    own, updated = answer.network_field, answer.field
    return (
        error(own.omega, exact.omega),
        error(own.velocity, exact.velocity),
        error(updated.omega, exact.omega),
        error(updated.velocity, exact.velocity),
    )


def show(name: str, part: list[Case]) -> None:
    """A row."""
    if part:
        answered = [c for c in part if c.answered]
        within = sum(c.error <= c.bound for c in part) / len(part)
        network, corrected = errors([c.error for c in part]), errors([c.corrected for c in answered])
        wider = sum(c.wider for c in part)
        print(f"| {name} | {len(part)} | {wider} | {network} | {within:.0%} | {len(answered)} | {corrected} |")


def errors(values: list[float]) -> str:
    """Median / 95 %."""
    return " / ".join(f"{v:.2%}" for v in np.quantile(values, (0.5, 0.95))) if values else ""


if __name__ == "__main__":
    main()
