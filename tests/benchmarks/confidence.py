"""Are the bounds on the surrogate's errors kept in each part of the space, what tells the error best, and what does the
correction bring?

    python tests/benchmarks/confidence.py [BODIES] [--revolution] [--corrected N] [--data DIR]

Fresh bodies of the training space, four drawn ones for each ellipse or spheroid, against the solver at the accuracy of
`fine`. The first N of them are corrected by the state inverse. DIR keeps the solved cases for a later call.
"""

import argparse
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.stats import spearmanr

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.batches import select
from fusiform.surrogates import Correction, Prediction, Surrogate, load_surrogate
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.data.force_cases import load_force_cases, make_force_cases
from fusiform.surrogates.designs import turned
from fusiform.surrogates.quality.calibration import coverage
from fusiform.surrogates.quality.cells import cell_of
from fusiform.surrogates.quality.model_card import coverage_table, markdown

SEED = 90211  # no other data has it


@dataclass(frozen=True)
class Case:
    """One body: its bounds, the clues, the errors of the network's drag (relative) and lift, and its answer."""

    cell: int
    drag_bound: float
    lift_bound: float
    distance: float
    residuals: float
    drag: float
    lift: float
    unsure: complex
    answer: Prediction
    truth: complex

    @property
    def correction(self) -> Correction:
        """Made when it is first asked for."""
        return self.answer.correction


def main() -> None:
    """All tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bodies", nargs="?", type=int, default=375)
    parser.add_argument("--revolution", action="store_true", help="The shipped model of bodies of revolution.")
    parser.add_argument("--corrected", type=int, default=100, help="How many bodies are corrected.")
    parser.add_argument("--data", type=Path, help="Folder of the solved cases.")
    options = parser.parse_args()
    model = load_surrogate(revolution=options.revolution)
    with tempfile.TemporaryDirectory() as spare:
        cases, drawn = measured(model, options.bodies, options.data or Path(spare))
    print(f"{len(cases)} bodies; {drawn - len(cases)} more are outside the trained range, without a bound\n")
    print(f"{by_cell(model, cases)}\n\n{by_quantity(cases)}\n", flush=True)
    print(corrections(cases[: options.corrected]))


def measured(model: Surrogate, count: int, folder: Path) -> tuple[list[Case], int]:
    """The bodies inside the trained range, and the number of all."""
    config = DatasetConfig(count, SEED, model.space, model.basis.resolution)
    make_force_cases(config, folder, workers=2)
    solved, cases = load_force_cases(folder), []
    for i in range(len(solved)):
        one = select(solved.designs, slice(i, i + 1))
        conditions = FlowConditions(float(one.reynolds), math.degrees(float(one.alpha)))
        body, truth = Body(one.coefficients[0], revolution=model.revolution), complex(solved.forces[i])
        answer = model.evaluate(body, conditions)
        if answer.drag_bound is None or answer.lift_bound is None:
            continue
        clues = model.clues(turned(one), one.reynolds, model.state(turned(one), one.reynolds))
        case = Case(
            cell=int(cell_of(model.space, one)),
            drag_bound=answer.drag_bound / abs(answer.drag_coefficient),
            lift_bound=answer.lift_bound,
            distance=float(clues.distance),
            residuals=float(clues.residuals),
            drag=abs(truth.real - answer.drag_coefficient) / abs(answer.drag_coefficient),
            lift=abs(truth.imag - answer.lift_coefficient),
            unsure=complex(solved.errors[i]),
            answer=answer,
            truth=truth,
        )
        cases.append(case)
    return cases, len(solved)


def by_cell(model: Surrogate, cases: list[Case]) -> str:
    """The shares that keep the bounds, by part of the space, and of all."""
    cell = torch.tensor([case.cell for case in cases])
    drag = torch.tensor([case.drag <= case.drag_bound for case in cases])
    lift = torch.tensor([case.lift <= case.lift_bound + 1e-12 for case in cases])
    counted = coverage(model.space, cell, drag, lift)
    whole = ["all", "", "", str(len(cases)), f"{counted['drag']:.1%}", f"{counted['lift']:.1%}"]
    if model.revolution:
        whole = [*whole[:2], *whole[3:5]]
    return markdown([*coverage_table(counted, model.revolution), whole])


def by_quantity(cases: list[Case]) -> str:
    """Sizes of errors and bounds, and the rank correlation of the drag error with quantities known without a solve."""
    sizes = {
        "drag error": [c.drag for c in cases],
        "bound on it": [c.drag_bound for c in cases],
        "lift error, bodies with lift": [c.lift for c in cases if c.lift_bound > 0.0],
        "bound on it ": [c.lift_bound for c in cases if c.lift_bound > 0.0],
    }
    table = [["", "median", "95 %"]]
    for name, values in sizes.items():
        if not values:
            continue
        form = "{:.4f}" if "lift" in name or name.endswith(" ") else "{:.2%}"
        table.append([name.strip(), *(form.format(x) for x in np.quantile(values, (0.5, 0.95)))])
    ranks = [["known without solving", "rank correlation with the drag error"]]
    names = {"distance": "distance to the training designs", "residuals": "residual of ψ_ξξ + ψ_ηη + h²ω = 0"}
    for key, name in (names | {"drag_bound": "the bound"}).items():
        rank = spearmanr([getattr(c, key) for c in cases], [c.drag for c in cases]).statistic
        ranks.append([name, f"{rank:.2f}"])
    return f"{markdown(table)}\n\n{markdown(ranks)}"


def corrections(cases: list[Case]) -> str:
    """How often the correction answers, how far off it is, and how often it keeps its own bound."""
    table = [
        ["correction", "bodies", "drag error, median", "95 %", "largest", "within its bound", "lift within its bound"]
    ]
    for outcome in sorted({c.correction.outcome.value for c in cases}):
        part = [c for c in cases if c.correction.outcome.value == outcome]
        row = [outcome, str(len(part))]
        answered = [c for c in part if c.correction.answered]
        if answered:
            errors = [abs(c.correction.drag_coefficient / c.truth.real - 1.0) for c in answered]
            drag = [abs(c.correction.drag_coefficient - c.truth.real) <= c.correction.drag_bound + abs(c.unsure.real)
                    for c in answered]  # fmt: skip
            lift = [abs(c.correction.lift_coefficient - c.truth.imag) <= c.correction.lift_bound + abs(c.unsure.imag)
                    for c in answered]  # fmt: skip
            row += [f"{x:.3%}" for x in (*np.quantile(errors, (0.5, 0.95)), max(errors))]
            row += [f"{np.mean(kept):.1%}" for kept in (drag, lift)]
        table.append(row + [""] * (len(table[0]) - len(row)))
    return markdown(table)


if __name__ == "__main__":
    main()
