__all__ = [
    "ACCURACIES",
    "DYNAMIC_PRESSURE",
    "TANGENT_STEP",
    "Accuracy",
    "ErrorEstimate",
    "FlowAnalysis",
    "FlowBatch",
    "FlowField",
    "Linearisation",
    "Problem",
    "Resolution",
    "State",
    "Streamlines",
    "UpdatedState",
    "WallPoint",
    "analyse",
    "angular_nodes",
    "discretise",
    "estimate_error",
    "flow_tangents",
    "force_coefficients",
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
    "side_differences",
    "slopes",
    "solve_batch",
    "solve_to_accuracy",
    "state_inverse",
    "steady_forces",
    "streamlines",
    "tangent_states",
    "updated_state",
    "write_vts",
]

from .adaptive import ACCURACIES, Accuracy, solve_to_accuracy
from .analysis import FlowAnalysis, WallPoint, analyse
from .equations import DYNAMIC_PRESSURE, Problem, State, discretise, force_coefficients, residual, residual_norm, slopes
from .error_estimate import ErrorEstimate, estimate_error
from .fields import FlowField, grid_pressure, grid_velocity
from .grid import angular_nodes, periodic_integral
from .linear import Linearisation, linearise
from .newton import line_search, relative_update
from .resolution import Resolution
from .sensitivity import force_vjp, steady_forces
from .state_inversion import UpdatedState, state_inverse, updated_state
from .steady import FlowBatch, solve_batch
from .streamline_tracing import Streamlines, streamlines
from .tangent import TANGENT_STEP, flow_tangents, side_differences, tangent_states
from .transfer import resample
from .vts import write_vts
