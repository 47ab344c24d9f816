"""Cost of a query of the shipped surrogate: CPU time of one thread, median of a few rounds.

Double precision but for the line that says single.

python tests/benchmarks/query_cost.py
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from fusiform.solvers import Body, FlowConditions
from fusiform.surrogates import load_surrogate

BATCH, ROUNDS = 1000, 7


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """CPU time of one call."""
    work()
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(repeats):
            work()
        rounds.append((time.process_time() - begun) / repeats)
    return 1e3 * float(np.median(rounds))


def main() -> None:
    """The table."""
    torch.set_num_threads(1)
    model = load_surrogate()
    body, conditions = Body.ellipse(3.0).with_modes(model.modes), FlowConditions(20.0, 5.0)

    def forces(count: int, gradient: bool, kind: torch.dtype = torch.float64) -> None:
        coefficients = body.coefficients.repeat(count, 1).to(kind.to_complex()).requires_grad_(gradient)
        reynolds = torch.full((count,), 20.0, dtype=kind)
        drag = model.force_coefficients(coefficients, reynolds).real.sum()
        if gradient:
            torch.autograd.grad(drag, coefficients)

    one = body.coefficients[None], torch.tensor([20.0], dtype=torch.float64)
    with torch.no_grad():
        state = milliseconds(lambda: model.state(*one), 20)
    print("| query | ms |\n|---|---|")
    print(f"| forces | {milliseconds(lambda: forces(1, False), 50):.2f} |")
    print(f"| forces and gradient | {milliseconds(lambda: forces(1, True), 50):.2f} |")
    for kind, name in ((torch.float64, "double"), (torch.float32, "single")):
        many = milliseconds(partial(forces, BATCH, True, kind), 2) / BATCH
        print(f"| the same, each of {BATCH} bodies in one call, {name} | {many:.3f} |")
    answer = partial(model.evaluate, body, conditions)
    print(f"| `evaluate`: forces and their parts | {milliseconds(answer, 20):.2f} |")
    print(f"| the same with bound and confidence | {milliseconds(lambda: answer().confidence, 20):.2f} |")
    print(f"| the whole state | {state:.2f} |")


if __name__ == "__main__":
    main()
