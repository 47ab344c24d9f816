"""Cost of a flow: each grid alone, then batches of bodies, with the peak of memory.

    OMP_NUM_THREADS=1 python tests/benchmarks/solver_cost.py

Times are wall-clock seconds of one run on whatever machine this is; compare them with each other. A cold solve includes
the error estimate and all grids that were tried; warm: from the solution at 0.98 Re; gradient: of the drag, adjoint.
"""

import multiprocessing
import resource
import time

import torch

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.flow.adaptive import ACCURACIES
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady import solve_batch
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample, turned

CASES = [
    ("circle", Body.circle(), 1.0, 0.0),
    ("circle", Body.circle(), 40.0, 0.0),
    ("circle", Body.circle(), 100.0, 0.0),
    ("ellipse 4:1", Body.ellipse(4.0), 40.0, 0.0),
    ("ellipse 4:1", Body.ellipse(4.0), 40.0, 15.0),
    ("ellipse 0.5", Body.ellipse(0.5), 40.0, 10.0),
]
BATCHES = [(n_xi, n_eta, size) for n_xi, n_eta in ((40, 48), (56, 64), (72, 96)) for size in (1, 4, 16)]


def single() -> None:
    """One row a case and grid."""
    print("| body | Re | incidence | grid | C_D | estimated error | cold s | warm s | gradient s | gradient / cold |")
    print("|" + "---|" * 10)
    solve(Body.circle(), FlowConditions(10.0), grid="coarse").gradient()
    for name, body, reynolds, alpha in CASES:
        for grid in ACCURACIES:
            cold = solve(body, FlowConditions(reynolds, alpha), grid=grid)
            before = solve(body, FlowConditions(0.98 * reynolds, alpha), grid=grid)
            warm = solve(body, FlowConditions(reynolds, alpha), grid=grid, start=before)
            begun = time.perf_counter()
            cold.gradient()
            gradient = time.perf_counter() - begun
            nodes = f"{cold.flow.resolution.n_xi} x {cold.flow.resolution.n_eta}"
            print(
                f"| {name} | {reynolds:g} | {alpha:g} | {grid} {nodes} | {cold.drag_coefficient:.4f} "
                f"| {cold.drag_error / cold.drag_coefficient:+.2%} | {cold.seconds:.2f} | {warm.seconds:.2f} "
                f"| {gradient:.2f} | {gradient / cold.seconds:.0%} |",
                flush=True,
            )


def batch_cost(n_xi: int, n_eta: int, size: int) -> tuple[float, float, float]:
    """Seconds of a cold batch on a fixed grid, factorisations a body, and peak memory in GB, of this process."""
    torch.set_num_threads(1)
    designs = sample(DesignSpace(reynolds_max=40.0, symmetric_share=0.0), 5, range(size))
    solve_batch(torch.zeros(1, 1, dtype=torch.complex128), torch.ones(1, dtype=torch.float64), Resolution(24, 32))
    begun = time.perf_counter()
    flow = solve_batch(turned(designs), designs.reynolds, Resolution(n_xi, n_eta))
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return seconds, float(flow.linear_solves.mean()), peak


def batches() -> None:
    """One row a grid and batch size, each in a fresh process."""
    print("\n| nodes | bodies in one call | seconds a body | factorisations a body | peak memory GB (with libraries) |")
    print("|" + "---|" * 5)
    for n_xi, n_eta, size in BATCHES:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, solves, peak = pool.apply(batch_cost, (n_xi, n_eta, size))
        print(f"| {n_xi} x {n_eta} | {size} | {seconds / size:.2f} | {solves:.1f} | {peak:.2f} |", flush=True)


if __name__ == "__main__":
    single()
    batches()
