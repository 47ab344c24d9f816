__all__ = [
    "Body",
    "FlowConditions",
    "ForceGradient",
    "InputError",
    "MeanDrag",
    "MeanDragOutcome",
    "MeanDragProgress",
    "Solution",
    "SolveOutcome",
    "Stability",
    "StabilityOutcome",
    "export_body",
    "load_body",
    "mean_drag",
    "solve",
    "stability",
]

from .common.errors import InputError
from .conditions import FlowConditions
from .export import export_body
from .geometry.body import Body
from .geometry.library import load_body
from .linear_stability import Stability, stability
from .mean_drag_result import MeanDrag, MeanDragOutcome, MeanDragProgress
from .solution import ForceGradient, Solution, SolveOutcome
from .solver import solve
from .stability_status import StabilityOutcome
from .time_average import mean_drag
