"""Inverse problems of the flow solver: the body with the least drag."""

from fusiform.solvers.inverse.minimize import Iterate, OptimizationResult, minimize_drag
from fusiform.solvers.inverse.models import DragModel, SolverModel

__all__ = ["DragModel", "Iterate", "OptimizationResult", "SolverModel", "minimize_drag"]
