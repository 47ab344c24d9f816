"""The drag model of a name: `surrogate`, `solver`, or the folder of a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fusiform.surrogates.model.model_folder import read_configuration

if TYPE_CHECKING:
    from fusiform.solvers.inverse import DragModel

SHIPPED_NAME, SOLVER_NAME = "surrogate", "solver"


def check_drag_model(choice: str) -> None:
    """Raise `InputError` unless `choice` names a model; imports no torch."""
    if choice not in (SHIPPED_NAME, SOLVER_NAME):
        read_configuration(Path(choice))


def drag_model(choice: str, revolution: bool = False) -> DragModel:
    """The model that `choice` names: the shipped surrogate for bodies of the kind, the flow solver, or a model folder.

    `InputError` for a folder that holds no model.
    """
    if choice == SOLVER_NAME:
        from fusiform.solvers.inverse import SolverModel

        return SolverModel()
    from fusiform.surrogates import load_surrogate

    return load_surrogate(None if choice == SHIPPED_NAME else choice, revolution=revolution)
