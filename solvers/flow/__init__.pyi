__all__ = [
    "ACCURACIES",
    "Accuracy",
    "FlowAnalysis",
    "FlowBatch",
    "FlowField",
    "Linearisation",
    "Problem",
    "Resolution",
    "State",
    "Streamlines",
    "WallPoint",
    "analyse",
    "angular_nodes",
    "discretise",
    "flow_tangents",
    "force",
    "force_vjp",
    "grid_pressure",
    "grid_velocity",
    "line_search",
    "linearise",
    "periodic_integral",
    "relative_update",
    "resample",
    "residual",
    "residual_norm",
    "slopes",
    "solve_batch",
    "solve_columns",
    "solve_to_accuracy",
    "state_inverse",
    "steady_forces",
    "streamlines",
    "write_vts",
]

from .adaptive import ACCURACIES, Accuracy, solve_to_accuracy
from .analysis import FlowAnalysis, WallPoint, analyse
from .equations import Problem, State, discretise, force, residual, residual_norm, slopes
from .fields import FlowField, grid_pressure, grid_velocity
from .grid import Resolution, angular_nodes, periodic_integral
from .linear import Linearisation, linearise
from .newton import line_search, relative_update
from .sensitivity import force_vjp, steady_forces
from .state_inversion import state_inverse
from .steady import FlowBatch, solve_batch
from .streamline_tracing import Streamlines, streamlines
from .tangent import flow_tangents, solve_columns
from .transfer import resample
from .vts import write_vts
