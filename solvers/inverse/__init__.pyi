__all__ = [
    "Circle",
    "Cone",
    "ConfidentModel",
    "Constraint",
    "ConstraintReport",
    "Convex",
    "Cylinder",
    "DesignPoint",
    "Drag",
    "DragEquals",
    "DragModel",
    "ForceConstraint",
    "Gain",
    "GradientCheck",
    "Iterate",
    "KeepOut",
    "Lift",
    "LiftToDrag",
    "MaxHeight",
    "MaxLength",
    "MaxPerimeter",
    "MaxWettedArea",
    "MinBase",
    "MinRadius",
    "MinThickness",
    "ModelKind",
    "Nearest",
    "OptimizationOutcome",
    "OptimizationResult",
    "ParetoPoint",
    "Payload",
    "Phase",
    "PressureIterate",
    "PressureMatch",
    "PressureOutcome",
    "Problem",
    "Quantity",
    "Rectangle",
    "ShapeConstraint",
    "SolverModel",
    "Sphere",
    "Symmetry",
    "TerminalVelocity",
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
from .pressure.match_pressure import match_pressure
from .pressure.outcome import PressureOutcome
from .pressure.pressure_match import PressureIterate, PressureMatch
from .pressure.wall_pressure import pressure_distribution
from .problem.constraints.base import MinBase
from .problem.constraints.constraint import Constraint, ForceConstraint, ShapeConstraint
from .problem.constraints.containment import KeepOut, Payload
from .problem.constraints.convex import Convex
from .problem.constraints.curvature import MinRadius
from .problem.constraints.extents import MaxHeight, MaxLength, MaxPerimeter
from .problem.constraints.forces import DragEquals, Lift
from .problem.constraints.mirror_symmetry import Symmetry
from .problem.constraints.regions.plane_regions import Circle, Rectangle
from .problem.constraints.regions.solids import Cone, Cylinder, Sphere
from .problem.constraints.thickness import MinThickness
from .problem.constraints.user_constraint import UserConstraint
from .problem.constraints.wedge import WedgeAngle
from .problem.constraints.wetted import MaxWettedArea
from .problem.design_points import DesignPoint
from .problem.objectives import Drag, LiftToDrag, Nearest, UserObjective
from .problem.problem import Problem
from .problem.problem_file import problem_from
from .problem.quantities import Gain, Quantity
from .problem.terminal_velocity import TerminalVelocity
from .result.constraint_report import ConstraintReport
from .result.optimum import OptimizationResult
from .search.drag_models import ConfidentModel, DragModel, ModelKind, SolverModel
from .search.run.iterate import Iterate, Phase
from .search.run.outcome import OptimizationOutcome
