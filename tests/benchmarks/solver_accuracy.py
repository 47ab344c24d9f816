"""Errors of the grids, slender bodies to Re 1000, the flat plate's limit, the outer radius, and the error estimate.

    python tests/benchmarks/solver_accuracy.py [TABLE] [BODIES]

TABLE: grids, slender, plate, radius, balance, estimates or all (the default). References are solutions to twice the
outer radius, on 24 angular and three more radial elements than the level that `auto` with a tolerance of 2e-4 takes.
The estimates are tried on BODIES (50) random bodies of the solver's range, with Re on the height across the stream up
to 150.
"""

import math
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch

from fusiform.solvers import Body, FlowConditions, Solution, load_body, solve
from fusiform.solvers.flow import ACCURACIES, Resolution, discretise, force_coefficients, newton, solve_batch, transfer
from fusiform.solvers.flow.discretisation import mesh
from fusiform.solvers.flow.discretisation.extent import outer_radius
from fusiform.solvers.flow.fields.contour_forces import contour_forces
from fusiform.solvers.grids import GRIDS
from fusiform.solvers.shedding import height_across
from fusiform.solvers.solution import turned_coefficients
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample

CASES = [
    ("circle", Body.circle(), 0.1, 0.0),
    ("circle", Body.circle(), 1.0, 0.0),
    ("circle", Body.circle(), 40.0, 0.0),
    ("circle", Body.circle(), 100.0, 0.0),
    ("ellipse 0.5", Body.ellipse(0.5), 40.0, 0.0),
    ("ellipse 0.5", Body.ellipse(0.5), 100.0, 0.0),
    ("ellipse 0.25", Body.ellipse(0.25), 40.0, 0.0),
    ("ellipse 3:1", Body.ellipse(3.0), 1.0, 20.0),
    ("ellipse 4:1", Body.ellipse(4.0), 20.0, 90.0),
    ("ellipse 4:1", Body.ellipse(4.0), 100.0, 30.0),
    ("ellipse 6:1", Body.ellipse(6.0), 100.0, 5.0),
    ("ellipse 10:1", Body.ellipse(10.0), 40.0, 0.0),
    ("ellipse 10:1", Body.ellipse(10.0), 100.0, 20.0),
    ("naca2412", load_body("naca2412"), 20.0, 5.0),
    ("kidney", load_body("kidney"), 40.0, 0.0),
]
SLENDER = {"ellipse 6:1": Body.ellipse(6.0), "ellipse 10:1": Body.ellipse(10.0), "NACA 0012": Body.naca("0012")}
WHOLE = DesignSpace(
    fineness_min=0.25, fineness_max=12.0, reynolds_min=0.1, reynolds_max=1000.0, alpha_max_deg=30.0, symmetric_share=0.3
)
ESTIMATE_SEED, STEADY = 605, 150.0
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def table_head(*titles: str) -> None:
    """The first two lines of a Markdown table."""
    print("\n| " + " | ".join(titles) + " |\n|" + "---|" * len(titles))


def reference(body: Body, conditions: FlowConditions) -> complex:
    """C_D + i C_L, converged."""
    flow = solve(body, conditions, grid="auto", tolerance=2e-4).flow
    finest = Resolution(flow.resolution.radial_elements + 3, 24, 8, 10)
    mesh.outer_radius = lambda coefficients, reynolds: 2.0 * outer_radius(coefficients, reynolds)
    problem = discretise(flow.coefficients, flow.reynolds, finest, flow.solved.domain)
    mesh.outer_radius = outer_radius
    result = newton(problem, transfer(flow.unknowns, flow.solved, problem), 1e-9)
    return (
        complex(sum(force_coefficients(problem, result.state))[0]) if bool(result.update < 1e-9) else complex(math.nan)
    )


def timed(body: Body, conditions: FlowConditions, grid: str) -> tuple[Solution, float]:
    """The solution, and CPU seconds, the least of three."""
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        solution = solve(body, conditions, grid=grid)
        seconds.append(time.process_time() - begun)
    return solution, min(seconds)


def errors(solution: Solution, exact: complex) -> str:
    """Errors of drag and lift, and the estimates in brackets."""
    text = f"{solution.drag_coefficient / exact.real - 1:+.3%} ({solution.drag_error / exact.real:.3%})"
    if abs(exact.imag) > 1e-3:
        text += f"; {solution.lift_coefficient / exact.imag - 1:+.3%} ({solution.lift_error / abs(exact.imag):.3%})"
    return text + ("" if solution.accurate else f" ({solution.outcome.value})")


def grids() -> None:
    """Errors of the named grids."""
    table_head("body", "Re", "incidence", "C_D", "C_L", *(f"{name}: elements, errors (estimates)" for name in GRIDS))
    for name, body, reynolds, alpha in CASES:
        conditions = FlowConditions(reynolds, alpha)
        exact = reference(body, conditions)
        cells = []
        for grid in GRIDS:
            s = solve(body, conditions, grid=grid)
            r = s.flow.resolution
            elements = f"{r.radial_elements} x {r.angular_elements} ({r.radial_degree}, {r.angular_degree})"
            cells.append(f"{elements}: {errors(s, exact)}")
        row = f"| {name} | {reynolds:g} | {alpha:g} | {exact.real:.5f} | {exact.imag:.5f} | "
        print(row + " | ".join(cells) + " |", flush=True)


def slender() -> None:
    """Slender bodies with attached flow at high Reynolds numbers, from a cold start."""
    table_head("body", "Re", "incidence", "C_D", "C_L", "`standard`: errors (estimates)", "ms", "`fine`", "ms")
    for name, body in SLENDER.items():
        for reynolds in (100.0, 300.0, 1000.0):
            for alpha in (0.0, 3.0):
                conditions = FlowConditions(reynolds, alpha)
                exact = reference(body, conditions)
                row = f"| {name} | {reynolds:g} | {alpha:g} | {exact.real:.5f} | {exact.imag:.5f} |"
                for grid in ("standard", "fine"):
                    s, seconds = timed(body, conditions, grid)
                    row += f" {errors(s, exact)} | {1e3 * seconds:.0f} |"
                print(row, flush=True)


def plate() -> None:
    """Ellipses against the drag of a flat plate by triple-deck theory: Messiter (1970), Stewartson (1969).

    On the length L and both sides, C_D = 2.656/√Re_L + 5.322/Re_L^(7/8). The ratio falls like 1/fineness; the last
    column is its limit, from the two most slender bodies.
    """
    finenesses = (10.0, 20.0, 40.0, 80.0)
    table_head("Re_L", *(f"{f:g}:1" for f in finenesses), "limit")
    for on_length in (100.0, 1000.0, 4000.0):
        expected, ratios = 2.656 / on_length**0.5 + 5.322 / on_length**0.875, []
        for fineness in finenesses:
            conditions = torch.tensor([on_length / fineness**0.5], dtype=torch.float64)  # L = d √fineness
            ellipse = torch.tensor([[(fineness - 1.0) / (fineness + 1.0)]], dtype=torch.complex128)
            flow = solve_batch(ellipse, conditions, Resolution(8, 16, 6, 8))
            drag = float(sum(flow.force_coefficients).real) if bool(flow.converged) else math.nan
            ratios.append(drag / fineness**0.5 / expected)
        limit = 2.0 * ratios[-1] - ratios[-2]
        print(f"| {on_length:g} | " + " | ".join(f"{r:.3f}" for r in (*ratios, limit)) + " |", flush=True)


def radius() -> None:
    """Drag and lift against the outer radius of the elements, in units of the usual one."""
    factors = (0.5, 1.0, 2.0, 4.0)
    table_head("body", "Re", "incidence", *(f"R x {f:g}" for f in factors))
    for name, body, re, alpha in CASES:
        coefficients = turned_coefficients(body, FlowConditions(re, alpha))
        cells = []
        for factor in factors:
            mesh.outer_radius = lambda a, b, factor=factor: factor * outer_radius(a, b)
            flow = solve_batch(coefficients, torch.tensor([re], dtype=torch.float64), Resolution(10, 12, 7, 10))
            force = complex(sum(flow.force_coefficients)[0])
            cells.append(f"{force.real:.5f}" + (f" / {force.imag:.5f}" if abs(force.imag) > 1e-6 else ""))
        print(f"| {name} | {re:g} | {alpha:g} | " + " | ".join(cells) + " |", flush=True)
    mesh.outer_radius = outer_radius


def balance() -> None:
    """Momentum balance on far contours against the forces at the wall."""
    radii = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    table_head("`fine`: force through a contour against the wall's", *(f"{r:g} d" for r in radii))
    for name, body, re, alpha in (CASES[2], CASES[1], CASES[7], ("ellipse 4:1", Body.ellipse(4.0), 40.0, 10.0)):
        s = solve(body, FlowConditions(re, alpha), grid="fine")
        distances, forces = contour_forces(s.field)
        wall = complex(s.drag_coefficient, s.lift_coefficient)
        cells = []
        for distance in radii:
            ratio = forces[abs(distances - distance).argmin()]
            lift = f" / {ratio.imag / wall.imag - 1:+.2%}" if alpha else ""
            cells.append(f"{ratio.real / wall.real - 1:+.2%}{lift}")
        print(f"| {name}, Re {re:g}, {alpha:g} deg | " + " | ".join(cells) + " |", flush=True)


def random_cases(count: int) -> Iterator[tuple[Body, FlowConditions]]:
    """Bodies of the whole range whose Reynolds number on the height across the stream is at most STEADY."""
    index = 0
    while count:
        design = sample(WHOLE, ESTIMATE_SEED, range(index, index + 1))
        body, index = Body(design.coefficients[0]), index + 1
        conditions = FlowConditions(float(design.reynolds[0]), math.degrees(float(design.alpha[0])))
        if conditions.reynolds * height_across(body, conditions.alpha_deg) <= STEADY:
            count -= 1
            yield body, conditions


def estimates(count: int) -> None:
    """The estimates against the true errors on random bodies."""
    rows: dict[str, list[list[float]]] = {grid: [] for grid in GRIDS}
    for done, (body, conditions) in enumerate(random_cases(count), 1):
        exact = reference(body, conditions)
        for grid, found in rows.items():
            s = solve(body, conditions, grid=grid)
            miss = exact - complex(s.drag_coefficient, s.lift_coefficient)
            lift = s.lift_error / abs(miss.imag) if not s.flow.symmetric else math.nan
            used = ACCURACIES[grid].relative(exact, miss)
            found.append(
                [s.drag_error / abs(miss.real), lift, float(s.accurate), float(s.accurate and used > 1.0), used]
            )
        print(f"{done} of {count}", file=sys.stderr, flush=True)
    table_head(
        "grid",
        "drag within a factor of three",
        "lift",
        "errors at most three times the estimate",
        "accurate",
        "wrongly",
    )
    for grid, found in rows.items():
        drag, lift, accurate, wrong, used = np.array(found).T
        lift = lift[np.isfinite(lift)]
        both = np.concatenate([drag, lift])
        cells = [f"{sum((x > 1 / 3) & (x < 3))} of {len(x)}" for x in (drag, lift)]
        cells += [f"{sum(both > 1 / 3)} of {len(both)}", f"{accurate.sum():.0f}", f"{wrong.sum():.0f}"]
        print(f"| {grid} | " + " | ".join(cells) + " |")
        print(
            f"{grid}: estimate over error of the drag, quantiles",
            np.round(np.quantile(drag, QUANTILES), 2),
            file=sys.stderr,
        )


TABLES = {"grids": grids, "slender": slender, "plate": plate, "radius": radius, "balance": balance}


def main() -> None:
    """The table that is asked for, or all."""
    asked = sys.argv[1] if len(sys.argv) > 1 else "all"
    for name, table in TABLES.items():
        if asked in (name, "all"):
            table()
    if asked in ("estimates", "all"):
        estimates(int(sys.argv[2]) if len(sys.argv) > 2 else 50)


if __name__ == "__main__":
    main()
