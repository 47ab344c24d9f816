"""The equal-area optimum from a circle: with the solver and with the shipped surrogate as model, verified on `fine`.

python tests/benchmarks/optima.py
"""

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import SolverModel, minimize_drag
from fusiform.surrogates import load_surrogate


def main() -> None:
    """Print one Markdown row a Reynolds number and model."""
    surrogate = load_surrogate()
    print("| Re | model | start C_D | predicted C_D | verified C_D | reduction | fineness | evaluations | seconds |")
    print("|---|---|---|---|---|---|---|---|---|")
    for reynolds in (1.0, 10.0, 40.0):
        for name, model in (("solver", SolverModel()), ("surrogate", surrogate)):
            best = minimize_drag(Body.circle(), FlowConditions(reynolds), model=model)
            assert best.initial is not None
            assert best.verified is not None
            assert best.verified.converged
            print(
                f"| {reynolds:g} | {name} | {best.initial.drag_coefficient:.4f} "
                f"| {best.predicted_drag_coefficient:.4f} "
                f"| {best.verified.drag_coefficient:.4f} | {best.reduction_percent:.2f} % | {best.body.fineness:.2f} "
                f"| {best.evaluations} | {best.seconds:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
