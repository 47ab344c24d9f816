__all__ = [
    "Circle",
    "Constraint",
    "ConstraintReport",
    "DesignPoint",
    "Drag",
    "DragEquals",
    "DragModel",
    "GradientCheck",
    "Iterate",
    "KeepOut",
    "Lift",
    "LiftToDrag",
    "MaxHeight",
    "MaxLength",
    "MaxPerimeter",
    "MinRadius",
    "MinThickness",
    "Nearest",
    "OptimizationResult",
    "ParetoPoint",
    "Payload",
    "PressureIterate",
    "PressureMatch",
    "Problem",
    "Rectangle",
    "SolverModel",
    "Symmetry",
    "UserConstraint",
    "UserObjective",
    "WedgeAngle",
    "check_gradient",
    "match_pressure",
    "minimize_drag",
    "optimize",
    "pareto_front",
    "pressure_distribution",
    "problem_from",
]

from .gradient_check import GradientCheck, check_gradient
from .optimization import minimize_drag, optimize
from .pareto import ParetoPoint, pareto_front
from .pressure.match_pressure import PressureIterate, PressureMatch, match_pressure
from .pressure.wall_pressure import pressure_distribution
from .problem.containment import KeepOut, Payload
from .problem.objectives import DesignPoint, Drag, DragEquals, Lift, LiftToDrag, Nearest, UserObjective
from .problem.problem import Problem, problem_from
from .problem.regions import Circle, Rectangle
from .problem.shape_constraints import (
    Constraint,
    MaxHeight,
    MaxLength,
    MaxPerimeter,
    MinRadius,
    MinThickness,
    Symmetry,
    UserConstraint,
    WedgeAngle,
)
from .result.optimum import ConstraintReport, Iterate, OptimizationResult
from .search.drag_models import DragModel, SolverModel
