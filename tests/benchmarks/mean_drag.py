"""Is the mean drag of unsteady flows right, by published drags and by finer steps and elements?

    OMP_NUM_THREADS=1 python tests/benchmarks/mean_drag.py [FLOWS]

Prints three tables: means against references (`finite_element_shedding.py` for the ellipse), the same flow of a circle
with other steps and elements, and the growth of a small disturbance in time against the eigenvalue. FLOWS: how many of
the first table only.
"""

from __future__ import annotations

import cmath
import sys
import time

import torch

from fusiform.solvers import FlowConditions, load_body, mean_drag, solve
from fusiform.solvers.flow import STEP, WAKE_ELEMENTS, Domain, Resolution, State
from fusiform.solvers.flow.stability.base_flow import base_flow
from fusiform.solvers.flow.stability.disturbances import Disturbances
from fusiform.solvers.flow.stability.modes import mode_near, rates_near
from fusiform.solvers.flow.unsteady.time_stepping import Moment, TimeStepping

FLOWS = (  # drags of the circle: Qu et al. (2013), table 3; its frequencies: Williamson (1996), figure 7
    ("circle", 60.0, 0.0, 1.377, 0.1358),
    ("circle", 100.0, 0.0, 1.317, 0.1643),
    ("circle", 150.0, 0.0, 1.301, 0.1834),
    ("ellipse:2", 100.0, 30.0, 1.152, 0.1646),
)
FINER, COARSER, WIDER = Resolution(10, 12, 8, 8), Resolution(8, 12, 6, 8), Resolution(8, 16, 8, 8)
GROWTHS = ((50.0, 0.012 + 0.733j), (60.0, 0.046 + 0.74j), (100.0, 0.12 + 0.72j))
SIZE, PERIODS = 1e-5, 1.0


def print_means(count: int) -> None:
    """The first `count` flows against their references."""
    print(
        "| body | Re | α | steady C_D | mean C_D (error) | reference | mean C_L | C_L rms | f d/U | reference | T | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, reynolds, alpha_deg, drag, strouhal in FLOWS[:count]:
        steady = solve(load_body(name), FlowConditions(reynolds, alpha_deg))
        begun = time.process_time()
        found = mean_drag(steady)
        spent = time.process_time() - begun
        print(
            f"| {name} | {reynolds:g} | {alpha_deg:g} | {steady.drag_coefficient:.4f} | {found.drag_coefficient:.4f} "
            f"({found.drag_error:.4f}) | {drag:.3f} ({found.drag_coefficient / drag - 1.0:+.2%}) | "
            f"{found.lift_coefficient:.4f} | {found.lift_rms:.4f} | {found.strouhal:.4f} | {strouhal:.4f} "
            f"({found.strouhal / strouhal - 1.0:+.2%}) | {found.history[-1, 0]:.0f} | {spent:.0f} |",
            flush=True,
        )


def print_refinements() -> None:
    """The circle at Re 100 with finer steps and elements."""
    print("\n| circle, Re 100 | mean C_D | C_L rms | f d/U | s |\n|---|---|---|---|---|")
    steady = solve(load_body("circle"), FlowConditions(100.0))
    for words, elements, step in (
        (f"{WAKE_ELEMENTS}, Δt = {STEP}", WAKE_ELEMENTS, STEP),
        ("half the step", WAKE_ELEMENTS, 0.5 * STEP),
        (str(FINER), FINER, STEP),
        (str(COARSER), COARSER, STEP),
        (str(WIDER), WIDER, STEP),
    ):
        begun = time.process_time()
        found = mean_drag(steady, elements=elements, step=step)
        spent = time.process_time() - begun
        numbers = f"{found.drag_coefficient:.4f} | {found.lift_rms:.4f} | {found.strouhal:.4f}"
        print(f"| {words} | {numbers} | {spent:.0f} |", flush=True)


@torch.no_grad()
def print_growths() -> None:
    """Growth over a period by steps in time, and the eigenvalue on the same elements."""
    print("\n| circle, Re | eigenvalue | growth in time | difference of the growth rate |\n|---|---|---|---|")
    for reynolds, near in GROWTHS:
        coefficients = load_body("circle").coefficients[None]
        base = base_flow(coefficients, torch.tensor([reynolds], dtype=torch.float64), WAKE_ELEMENTS, Domain.PLANE)
        disturbances = Disturbances.of(base)
        mode = mode_near(disturbances, *next(rates_near(disturbances, near))[0])
        stepping = TimeStepping(base.problem, STEP, disturbances.damping, float("inf"))

        def swing(factor: complex, right: State = mode.right) -> State:
            return State(*((factor * values).real for values in vars(right).values()))

        states = [base.state + swing(SIZE * cmath.exp(-mode.rate * STEP * back)) for back in range(3)]
        first = Moment(0, (states[0], states[1], states[2]), base.state.omega)
        steps = round(PERIODS * 2.0 * cmath.pi / mode.rate.imag / STEP)
        for moment, _ in stepping.march(first):
            if moment.steps == steps:
                break
        found = ((moment.states[0].omega - base.state.omega) / SIZE).flatten()
        columns = torch.stack([mode.right.omega.real.flatten(), -mode.right.omega.imag.flatten()], dim=1)
        factor = complex(*torch.linalg.lstsq(columns, found[:, None]).solution[:, 0].tolist())
        turn = mode.rate.imag * steps * STEP
        rate = cmath.log(factor * cmath.exp(-1j * turn)) / (steps * STEP) + 1j * mode.rate.imag
        off = rate.real / mode.rate.real - 1.0
        print(f"| {reynolds:g} | {mode.rate:.5f} | {rate:.5f} | {off:+.2%} |", flush=True)


def main() -> None:
    """Print what is asked for."""
    torch.set_num_threads(1)
    print_means(int(sys.argv[1]) if len(sys.argv) > 1 else len(FLOWS))
    if len(sys.argv) == 1:
        print_refinements()
        print_growths()


if __name__ == "__main__":
    main()
