"""How wrong is the surrogate of bodies of revolution for bodies from people, for spheroids, and at optima?

    python tests/benchmarks/revolution_model.py

Against the solver on `fine`, for the whole body as it is given; the model reduces it to its modes.
"""

import time

from fusiform.solvers import Body, FlowConditions, load_body, solve
from fusiform.solvers.inverse import minimize_drag
from fusiform.surrogates import Surrogate, load_surrogate
from fusiform.surrogates.quality.model_card import markdown

NAMES = ("capsule:3", "teardrop:3", "raindrop", "sears-haack", "myring", "suboff", "von-karman")
DUMB_BELL = [0.45, 0.0, -0.28]
SPEEDS = (1.0, 20.0, 150.0)
FINENESS, REYNOLDS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0), (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 200.0)
OPTIMA = {0.1: 232.825, 1.0: 25.878, 10.0: 3.8439, 100.0: 0.77232}  # two independent solvers; Re 0.1: closed form


def main() -> None:
    """All tables."""
    model = load_surrogate(revolution=True)
    print(f"{of_people(model)}\n", flush=True)
    print(f"{of_spheroids(model)}\n", flush=True)
    print(of_optima(model))


def of_people(model: Surrogate) -> str:
    """Errors of the drag and bounds on them, in per cent of the drag: the network's, then the correction's."""
    table = [["body", "misfit", "Re", "C_D", "error", "bound", "error corrected", "bound", "outcome"]]
    bodies = [load_body(name, revolution=True) for name in NAMES]
    for body in (*bodies, Body(DUMB_BELL, name="dumb-bell", revolution=True)):
        for reynolds in SPEEDS:
            conditions = FlowConditions(reynolds)
            drag, answer = solve(body, conditions, grid="fine").drag_coefficient, model.evaluate(body, conditions)
            fixed = answer.correction
            bound = "none" if answer.drag_bound is None else f"{answer.drag_bound / drag:.2%}"
            table.append(
                [
                    body.name,
                    f"{answer.body.fit_error:.4f}",
                    f"{reynolds:g}",
                    f"{drag:.5g}",
                    f"{answer.drag_coefficient / drag - 1.0:+.2%}",
                    bound,
                    f"{fixed.drag_coefficient / drag - 1.0:+.3%}",
                    f"{fixed.drag_bound / drag:.2%}",
                    fixed.outcome.value,
                ]
            )
    return markdown(table)


def of_spheroids(model: Surrogate) -> str:
    """Errors of the drag in per cent by fineness (rows) and Re (columns); bold where they are above their bounds."""
    table = [["L/D", *(f"Re {reynolds:g}" for reynolds in REYNOLDS)]]
    for fineness in FINENESS:
        row = [f"{fineness:g}"]
        for reynolds in REYNOLDS:
            body, conditions = Body.spheroid(fineness), FlowConditions(reynolds)
            drag, answer = solve(body, conditions, grid="fine").drag_coefficient, model.evaluate(body, conditions)
            kept = answer.drag_bound is not None and abs(answer.drag_coefficient - drag) <= answer.drag_bound
            error = f"{answer.drag_coefficient / drag - 1.0:+.2%}"
            row.append(error if kept else f"**{error}**")
        table.append(row)
    return markdown(table)


def of_optima(model: Surrogate) -> str:
    """Least drag at equal volume from the sphere, verified on `fine`, over that of independent solvers."""
    table = [["Re", "certified", "predicted", "verified", "over the reference", "CPU s"]]
    for reynolds, least in OPTIMA.items():
        for certify in (False, True):
            begun = time.process_time()
            at = FlowConditions(reynolds)
            best = minimize_drag(Body.sphere(), at, model=model, certify=certify, verify="fine")
            assert best.verified is not None
            drags = (best.predicted_drag_coefficient, best.verified.drag_coefficient)
            row = [f"{reynolds:g}", "yes" if best.certified else "no", *(f"{drag:.5g}" for drag in drags)]
            table.append([*row, f"{drags[1] / least:.5f}", f"{time.process_time() - begun:.1f}"])
    return markdown(table)


if __name__ == "__main__":
    main()
