"""The names of the optimizers that `OPTIMIZERS` makes, checked without torch."""

from __future__ import annotations

from fusiform.solvers.common.errors import require, shown

OPTIMIZER_NAMES = ("adamw", "muon", "soap")


def require_optimizer(name: object) -> None:
    """`InputError` unless `name` is one of `OPTIMIZER_NAMES`."""
    require(
        isinstance(name, str) and name in OPTIMIZER_NAMES,
        f"expected an optimizer of {', '.join(OPTIMIZER_NAMES)}, got {shown(name)}; choose one of these",
    )
