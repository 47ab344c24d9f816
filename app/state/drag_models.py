"""The drag model of a name: `surrogate`, `solver`, or the folder of a trained model."""

from __future__ import annotations

from fusiform.solvers.inverse import DragModel, SolverModel

SURROGATE, SOLVER = "surrogate", "solver"


def drag_model(choice: str) -> DragModel:
    """The model that `choice` names: the shipped surrogate, the flow solver (one grid, by Re), or a model folder.

    Raises `InputError` for a folder that holds no model. A solver model keeps its last state: make one for each
    optimisation.
    """
    if choice == SOLVER:
        return SolverModel()
    from fusiform.surrogates import load_surrogate

    return load_surrogate(None if choice == SURROGATE else choice)
