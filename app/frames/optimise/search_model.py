"""The source of a search's numbers in words: a model, or the flow solver on the elements of the search."""

from __future__ import annotations

from fusiform.solvers.inverse import ModelKind

SEARCH_ELEMENTS = "search elements"
ABOUT_MODEL = "The model's value is that of the search."
ABOUT_SOLVER = (
    "The search used the solver, too: its value, on the elements of the search, shows the error of those elements and "
    "is no independent check."
)


def by_source(kind: ModelKind) -> str:
    """The source of a number that the search gave."""
    return f"by the solver, {SEARCH_ELEMENTS}" if kind is ModelKind.SOLVER else "by the model"


def beside_verified(kind: ModelKind, value: str) -> str:
    """The note to a number of the verification, with the `value` that the search gave."""
    return f"solver; {SEARCH_ELEMENTS if kind is ModelKind.SOLVER else 'model'} {value}"


def about_source(kind: ModelKind) -> str:
    """What the value of the search is worth beside that of the verification."""
    return ABOUT_SOLVER if kind is ModelKind.SOLVER else ABOUT_MODEL
