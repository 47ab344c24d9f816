"""The laminar flow solver, its inverse and the bodies it works on."""

from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.errors import InputError
from fusiform.solvers.geometry import Body, load_body
from fusiform.solvers.solve import ForceGradient, Solution, solve

__all__ = ["Body", "FlowConditions", "ForceGradient", "InputError", "Solution", "load_body", "solve"]
