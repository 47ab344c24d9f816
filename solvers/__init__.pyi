__all__ = [
    "Body",
    "FlowConditions",
    "ForceGradient",
    "InputError",
    "Solution",
    "SolveOutcome",
    "Stability",
    "StabilityOutcome",
    "export_body",
    "load_body",
    "solve",
    "stability",
]

from .common.errors import InputError
from .conditions import FlowConditions
from .export import export_body
from .geometry.body import Body
from .geometry.library import load_body
from .linear_stability import Stability, StabilityOutcome, stability
from .solution import ForceGradient, Solution, SolveOutcome
from .solver import solve
