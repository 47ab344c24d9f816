"""Inverse problems of the flow solver: the body with the least drag, under constraints, certified by the solver."""

from fusiform.solvers.inverse.constraints import (
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
from fusiform.solvers.inverse.containment import KeepOut, Payload
from fusiform.solvers.inverse.gradient_check import GradientCheck, check_gradient
from fusiform.solvers.inverse.minimize import minimize_drag, optimize
from fusiform.solvers.inverse.models import DragModel, SolverModel
from fusiform.solvers.inverse.objectives import (
    DesignPoint,
    Drag,
    DragEquals,
    Lift,
    LiftToDrag,
    Nearest,
    UserObjective,
)
from fusiform.solvers.inverse.pareto import ParetoPoint, pareto_front
from fusiform.solvers.inverse.pressure import PressureIterate, PressureMatch, match_pressure
from fusiform.solvers.inverse.problem import Problem, problem_from
from fusiform.solvers.inverse.regions import Circle, Rectangle
from fusiform.solvers.inverse.result import ConstraintReport, Iterate, OptimizationResult
from fusiform.solvers.inverse.wall_pressure import pressure_distribution

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
