"""Makes the numbers of `references.toml`: converged drag and lift by finite elements, and their uncertainty.

    OMP_NUM_THREADS=1 python tests/benchmarks/finite_element_references.py [--all]

Computes the flows of the table that have no numbers yet (a new entry has a drag of 0), or all, and writes the file
after each. Seconds a flow: Newton's method starts from the flow of this library (`finite_element_start.py`).

Each flow is solved on quadrilaterals of `finite_element_meshes.py` with order `ORDER`, which gives the value, and again
with `LOWER_ORDER`. The uncertainty is the change, an upper bound as the error falls by more than half, plus `FAR_ERROR`
for the outer radius R: in seven flows from 0.3 R to R the drag changes by 3e-5 to 1.3e-4 and, by NACA 0012 at Re 100
and 1000, the rest falls like R^-1.6. Values that were made otherwise say how in `made`.
Where the change exceeds `WANTED` of the drag, the mesh is refined.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import torch  # isort: skip  (before NGSolve, whose BLAS torch would call and crash)
import ngsolve as ng
from finite_element_flow import FiniteElementFlow
from finite_element_meshes import cheap_radius, quadrilaterals, turned
from finite_element_revolution import ON_FRONTAL_AREA, RevolutionFlow, meridian_scale
from finite_element_start import library_flow
from reference_flows import REVOLUTION, TABLE, body_of, read_table

from fusiform.solvers import Body

SIZES, ORDER, LOWER_ORDER, TOLERANCE = (0.2, 0.14, 0.1), 6, 5, 1e-8
WANTED, RADIUS, FAR_ERROR = 2e-4, 16.0, 3e-5
HEAD = """\
# Converged drag and lift by finite elements: made by finite_element_references.py, read by reference_flows.py.
# Coefficients on d; of bodies of revolution on π d²/4. Uncertainties are absolute."""


def solved(
    body: Body, reynolds: float, alpha_deg: float, size: float, *, revolved: bool
) -> tuple[complex, complex, str]:
    """C_D + i C_L, their change by the last step in the order, and the discretisation."""
    radius = RADIUS * cheap_radius(reynolds)
    kind, scale, factor = FiniteElementFlow, 1.0, 2.0
    if revolved:
        kind, scale, factor = RevolutionFlow, meridian_scale(body), ON_FRONTAL_AREA
    mesh = quadrilaterals(turned(body, alpha_deg), size, radius, ORDER, reynolds=reynolds, scale=scale)
    if revolved:
        flow = kind.continued(mesh, reynolds, ORDER, TOLERANCE)
    else:
        flow = kind(mesh, reynolds, ORDER).solve(TOLERANCE, library_flow(mesh, body, reynolds, alpha_deg))
    lower = kind(mesh, reynolds, LOWER_ORDER).solve(TOLERANCE, flow)
    words = f"{mesh.mesh.ne} elements of order {ORDER}, {flow.space.ndof} unknowns, R = {radius:.0f} d"
    return factor * complex(*flow.forces), factor * complex(*(flow.forces - lower.forces)), words


def measure(entry: dict[str, Any], body: Body) -> None:
    """Fill in the numbers of one flow."""
    revolved = entry["group"] == REVOLUTION
    for size in SIZES:
        force, change, words = solved(body, entry["reynolds"], entry["alpha_deg"], size, revolved=revolved)
        if max(abs(change.real), 0.5 * abs(change.imag)) < WANTED * force.real:
            break
    for name, value, step in (("drag", force.real, change.real), ("lift", force.imag, change.imag)):
        entry[name] = round(value, 6)
        entry[f"{name}_uncertainty"] = round(abs(step) + FAR_ERROR * abs(value), 6)
    entry["made"] = f"{words}; {change.real:+.1e}, {change.imag:+.1e} from order {LOWER_ORDER}"


def write(table: dict[str, Any]) -> None:
    """Write the file."""
    bodies = [f'"{name}" = {{ real = {a["real"]}, imag = {a["imag"]} }}' for name, a in table["bodies"].items()]
    flows = [
        "\n".join(["[[flows]]", *(f"{key} = {_value(value)}" for key, value in flow.items())])
        for flow in table["flows"]
    ]
    TABLE.write_text("\n\n".join([HEAD, "\n".join(["[bodies]", *bodies]), *flows]) + "\n")


def _value(value: str | float) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def main() -> None:
    """Compute what is asked for."""
    torch.set_num_threads(1)
    ng.SetNumThreads(1)
    table = read_table()
    for entry in table["flows"]:
        if entry["drag"] == 0.0 or "--all" in sys.argv[1:]:
            begun = time.process_time()
            measure(entry, body_of(table, entry["body"]))
            write(table)
            print(*entry.values(), f"{time.process_time() - begun:.0f} s", sep=", ", flush=True)


if __name__ == "__main__":
    main()
