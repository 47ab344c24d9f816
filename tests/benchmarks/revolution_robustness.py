"""Random bodies of revolution: how many converge, how accurate they are, and why the rest fail.

    python tests/benchmarks/revolution_robustness.py [COUNT] [RESULTS.jsonl] [CHECKED]

Of every four bodies two are random, of fineness 0.5 to 10 and 8 modes up to nearly pointed ones, one is a spindle with
two pointed ends, and one a dumbbell. Re 0.1 to 200 on the diameter of the sphere of equal volume, `standard`
accuracy. Every case is one line of RESULTS.jsonl; killed and run again it goes on where it stopped. The accurate ones
of the first CHECKED (100) are compared with more elements than those of the last level. One process; leave the machine
to others with `nice`.
"""

import math
import time
from dataclasses import replace

import numpy as np
import torch
from robustness import main
from torch import Tensor

from fusiform.solvers.flow import (
    ACCURACIES,
    Domain,
    FlowBatch,
    discretise,
    force_coefficients,
    newton,
    solve_to_accuracy,
    transfer,
)
from fusiform.solvers.flow.discretisation.extent import height
from fusiform.solvers.flow.steady.levels import LEVELS, least_layers, level
from fusiform.solvers.geometry.validity import is_valid, univalence_margin
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample

SPACE = DesignSpace(
    fineness_min=0.5, fineness_max=10.0, reynolds_min=0.1, reynolds_max=200.0, alpha_max_deg=0.0, symmetric_share=1.0
)
SEED, GRID, MARGIN = 47, "standard", 0.03


def case(index: int) -> tuple[str, Tensor, Tensor]:
    """Kind, coefficients (1, K) and Reynolds number (1,) of an index."""
    designs = sample(SPACE, SEED, range(index, index + 1))
    kind = ("random", "spindle", "random", "dumbbell")[index % 4]
    if kind == "random":
        return kind, designs.coefficients, designs.reynolds
    random = np.random.default_rng([SEED, index])
    while True:
        a = torch.from_numpy(spindle(random) if kind == "spindle" else dumbbell(random))[None] + 0j
        if bool(is_valid(a)) and float(univalence_margin(a)) >= MARGIN:
            return kind, a, designs.reynolds


def spindle(random: np.random.Generator) -> np.ndarray:
    """Coefficients with z'(±1) = 1 − Σ k a_k between 0.03 and 0.15 at one end and nearly so at the other."""
    first, left = random.uniform(0.05, 0.8), random.uniform(0.03, 0.15)
    return np.array([first, random.normal(0.0, 0.02), (1.0 - left - first) / 3.0])


def dumbbell(random: np.random.Generator) -> np.ndarray:
    """Coefficients with a waist of radius c (1 − a₁ + a₃) between two thicker ends."""
    first = random.uniform(0.1, 0.6)
    waist = random.uniform(0.3, 0.9) * min(0.32, 1.0 - first)
    return np.array([first, random.normal(0.0, 0.05), -waist, 0.0, random.normal(0.0, 0.02)])


def record_of(index: int, checked: bool) -> dict:
    """The record of a case; an exception is a record too."""
    kind, coefficients, reynolds = case(index)
    record = {"index": index, "kind": kind, "reynolds": float(reynolds), "alpha_deg": 0.0}
    begun = time.process_time()
    try:
        flow, estimate, accurate = solve_to_accuracy(coefficients, reynolds, ACCURACIES[GRID], domain=Domain.MERIDIAN)
        drag, error = float(sum(flow.force_coefficients).real), float(estimate.total.real)
        converged = bool(flow.converged)
        record |= {
            "converged": converged,
            "accurate": accurate,
            "continued": bool(flow.continued),
            "numbers": (drag, error),
            "finite": (math.isfinite(drag) and math.isfinite(error)) or not converged,
            "elements": str(flow.resolution),
            "status": f"error {error / drag:.2%}" if converged else "no flow found",
        }
    except Exception as error:
        record |= {"converged": False, "accurate": False, "status": f"exception: {error!r}", "finite": False}
    record["seconds"] = time.process_time() - begun
    if checked and record["accurate"]:
        record["used"] = used(flow)
    return record


def used(flow: FlowBatch) -> float:
    """The error against more elements than the last level has, in units of what the grid promises; infinite if there is
    no such solution."""
    least = least_layers(flow.coefficients, flow.reynolds, Domain.MERIDIAN)
    last = level(float(flow.reynolds), len(LEVELS) - 1, float(height(flow.coefficients)), least)
    finest = replace(last, radial_elements=last.radial_elements + 2, angular_elements=32)
    problem = discretise(flow.coefficients, flow.reynolds, finest, Domain.MERIDIAN)
    result = newton(problem, transfer(flow.unknowns, flow.solved, problem), 1e-8)
    exact = complex(sum(force_coefficients(problem, result.state))[0])
    miss = exact - complex(sum(flow.force_coefficients)[0])
    return ACCURACIES[GRID].relative(exact, miss) if bool(result.update < 1e-8) else math.inf


if __name__ == "__main__":
    main(record_of, 500, "revolution_robustness")
