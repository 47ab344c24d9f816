"""Certified optima against the solver alone: drag on the fine grid, solves, seconds, in one run.

    python tests/benchmarks/certified_optima.py

Both start from a circle and from a NACA 0012, at Re 1, 10 and 40. A solve is one steady flow; each comes with one
adjoint solve (its gradient), counted apart and not shown; the two solves of the verification on `fine` are left out on
both sides. `KKT`: residual of the optimality conditions with the solver's gradient, over the drag of the start.
Textbook SLSQP works on the plain coefficients a_k from the same starts, as an engineer would set it up with SciPy; ours
works on the scaled ones, under the margin that keeps edges resolved.
"""

from __future__ import annotations

import time

import numpy as np
import torch
from scipy.optimize import minimize

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.geometry import is_valid
from fusiform.solvers.inverse import DesignPoint, DragModel, SolverModel, minimize_drag
from fusiform.solvers.inverse.search.evaluations import ForceModel
from fusiform.solvers.inverse.search.variables import Variables
from fusiform.surrogates import load_surrogate

MODES = 8


def textbook(body: Body, conditions: FlowConditions) -> tuple[Body, int, float]:
    """SciPy's SLSQP on C_D(a_k) with adjoint gradients and its default tolerance; body, solves, seconds."""
    begun = time.perf_counter()
    variables = Variables(body, MODES, True, ())
    forces = ForceModel(SolverModel(modes=MODES), variables, (DesignPoint(conditions),))
    scale = variables.scale.numpy()
    last = np.zeros(MODES)

    def drag(a: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal last
        found = forces(a * scale)
        if found is None:
            return 1e3, last
        last = found.drag_slope[0] * scale
        return float(found.drag[0]), last

    start = body.with_modes(MODES).coefficients.real.numpy().copy()
    result = minimize(drag, start, jac=True, method="SLSQP", options={"maxiter": 100})
    coefficients = torch.from_numpy(result.x).to(torch.complex128)
    found = Body(coefficients) if bool(is_valid(coefficients[None])[0]) else body
    return found, forces.solves, time.perf_counter() - begun


def fine(body: Body, conditions: FlowConditions) -> float:
    return solve(body, conditions, grid="fine").drag_coefficient


def main() -> None:
    surrogate: DragModel = load_surrogate()
    print("| Re | start | method | C_D on fine | solves | seconds | KKT |\n|---|---|---|---|---|---|---|")
    for reynolds in (1.0, 10.0, 40.0):
        conditions = FlowConditions(reynolds)
        for start in (Body.circle(), Body.naca("0012")):
            rows = []
            for name, model, certify in (
                ("surrogate alone", surrogate, False),
                ("surrogate, certified", surrogate, True),
                ("solver alone, our SLSQP", SolverModel(modes=MODES), False),
            ):
                r = minimize_drag(start, conditions, model=model, certify=certify, verify=None)
                kkt = f"{r.kkt_residual:.0e}" if name != "surrogate alone" else ""
                rows.append((name, fine(r.body, conditions), r.solver_solves, r.seconds, kkt))
            body, solves, seconds = textbook(start, conditions)
            rows.append(("solver alone, textbook SLSQP", fine(body, conditions), solves, seconds, ""))
            for name, drag, solves, seconds, kkt in rows:
                print(
                    f"| {reynolds:g} | {start.name} | {name} | {drag:.4f} | {solves} | {seconds:.1f} | {kkt} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
