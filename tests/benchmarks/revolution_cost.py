"""The cost of a flow around an axis over that of the symmetric plane flow past the same section.

    python tests/benchmarks/revolution_cost.py [BODIES]

Both at the same Reynolds number of the section's diameter and at `standard` accuracy, one after the other, three times
each: the least CPU seconds count. Spheroids, then BODIES (40) of those of `revolution_robustness.py`; where one of the
two flows is not accurate, the body is left out. One thread.
"""

import sys
import time
from collections.abc import Iterator

import numpy as np
import torch
from revolution_robustness import case
from torch import Tensor

from fusiform.solvers import Body
from fusiform.solvers.flow import ACCURACIES, Domain, FlowBatch, solve_to_accuracy
from fusiform.solvers.flow.discretisation.extent import section_reynolds
from fusiform.solvers.flow.steady.levels import work

SPHEROIDS = [(f, reynolds) for f in (0.7, 1.0, 2.0, 4.0) for reynolds in (0.5, 5.0, 40.0, 150.0)]
ACCURACY, REPEATS = ACCURACIES["standard"], 3


def timed(coefficients: Tensor, reynolds: Tensor, domain: Domain) -> tuple[float, FlowBatch, bool]:
    """CPU seconds of one solve, the flow, and True if it is accurate."""
    begun = time.process_time()
    flow, _, accurate = solve_to_accuracy(coefficients, reynolds, ACCURACY, domain=domain)
    return time.process_time() - begun, flow, accurate


def spent(flow: FlowBatch) -> float:
    """Work of all factorisations of a solve."""
    return float(flow.factorisations) * work(flow.resolution)


def ratios(coefficients: Tensor, reynolds: Tensor) -> tuple[float, float, float, str] | None:
    """Plane seconds, the ratios of seconds and of work, and both resolutions; None if one flow is not accurate."""
    on_section = section_reynolds(coefficients, reynolds, Domain.MERIDIAN)
    axial, plane = [], []
    for _ in range(REPEATS):
        axial.append(timed(coefficients, reynolds, Domain.MERIDIAN))
        plane.append(timed(coefficients, on_section, Domain.HALF_PLANE))
    if not (axial[0][2] and plane[0][2]):
        return None
    least = [min(seconds for seconds, _, _ in runs) for runs in (axial, plane)]
    flows = axial[0][1], plane[0][1]
    return (
        least[1],
        least[0] / least[1],
        spent(flows[0]) / spent(flows[1]),
        " / ".join(str(f.resolution) for f in flows),
    )


def cases(count: int) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Name, coefficients (1, K) and Reynolds number (1,)."""
    for fineness, reynolds in SPHEROIDS:
        yield (
            f"spheroid {fineness:g}:1",
            Body.ellipse(fineness).coefficients[None],
            torch.tensor([reynolds], dtype=torch.float64),
        )
    for index in range(count):
        kind, coefficients, reynolds = case(index)
        yield f"{kind} {index}", coefficients, reynolds


def main() -> None:
    """Print one Markdown row a body, and the quantiles."""
    torch.set_num_threads(1)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print("| body | Re | plane, s | axis over plane, s | work | elements: axis / plane |\n|---|---|---|---|---|---|")
    found, left_out = [], 0
    for name, coefficients, reynolds in cases(count):
        row = ratios(coefficients, reynolds)
        if row is None:
            left_out += 1
            continue
        seconds, ratio, more, elements = row
        found.append((ratio, more))
        print(f"| {name} | {float(reynolds):.3g} | {seconds:.3f} | {ratio:.2f} | {more:.2f} | {elements} |", flush=True)
    quantiles = np.round(np.quantile(np.array(found), [0.1, 0.25, 0.5, 0.75, 0.9], axis=0), 2)
    print(f"\n{len(found)} bodies, {left_out} left out; 10, 25, 50, 75 and 90 % of the ratios of seconds and of work:")
    print(", ".join(f"{a:g} / {b:g}" for a, b in quantiles))


if __name__ == "__main__":
    main()
