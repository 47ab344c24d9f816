"""Inverse design: does the C_p of a random body, as the target from another start, bring back that body's C_p?

python tests/benchmarks/inverse_design.py [BODIES] [GRID] [revolution]

The bodies are the sampler's (8 modes, edges that the optimiser allows), Re 1 to 40, incidence 0 to 10 degrees; each is
looked for with 10 modes, in turn from the circle and from the 2:1 ellipse. With `revolution` they are symmetric ones as
meridians, Re 1 to 100. Required: a misfit of at most 1 % for all.
"""

import math
import sys
import time
from dataclasses import replace

import torch

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.inverse import match_pressure, pressure_distribution
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample

SEED, MODES = 2024, 10
SPACE = DesignSpace(modes=8, reynolds_min=1.0, reynolds_max=40.0, alpha_max_deg=10.0, margin=0.15)
MERIDIANS = replace(SPACE, fineness_min=0.5, reynolds_max=100.0, alpha_max_deg=0.0, symmetric_share=1.0)


def main() -> None:
    """Print one Markdown row a body."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    grid = sys.argv[2] if len(sys.argv) > 2 else "standard"
    revolution = "revolution" in sys.argv[3:]
    designs = sample(MERIDIANS if revolution else SPACE, SEED, range(count))
    print(
        "| body | Re | α | fineness | start | rms misfit | largest | body error | searches | iterations | solves | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    misfits = []
    for i in range(count):
        body = Body(designs.coefficients[i], revolution=revolution)
        conditions = FlowConditions(float(designs.reynolds[i]), abs(math.degrees(float(designs.alpha[i]))))
        target = pressure_distribution(solve(body, conditions, grid=grid))
        start = Body.ellipse(2.0, modes=MODES) if i % 2 else Body.circle(modes=MODES)
        start = start.revolved() if revolution else start
        begun = time.perf_counter()
        match = match_pressure(start, conditions, target, modes=MODES, grid=grid)
        seconds = time.perf_counter() - begun
        difference = match.body.coefficients - body.with_modes(MODES).coefficients
        error = float((difference.abs().square() * torch.arange(1, MODES + 1)).sum().sqrt())
        misfits.append(match.misfit)
        searches = match.history[-1].search if match.history else 1
        print(
            f"| {i} | {conditions.reynolds:.1f} | {conditions.alpha_deg:.1f} | {body.fineness:.2f} | {start.name} "
            f"| {match.misfit:.3%} | {match.largest_misfit:.2%} | {error:.1e} | {searches} | {match.iterations} "
            f"| {match.solves} | {seconds:.0f} |",
            flush=True,
        )
    print(f"\n{sum(m <= 0.01 for m in misfits)} of {count} within 1 %, worst {max(misfits):.3%}")


if __name__ == "__main__":
    main()
