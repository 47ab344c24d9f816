__all__ = [
    "ACCURACIES",
    "DYNAMIC_PRESSURE",
    "SAFETY",
    "STEP",
    "TANGENT_STEP",
    "WAKE_ELEMENTS",
    "Accuracy",
    "Domain",
    "ErrorEstimate",
    "FlowAnalysis",
    "FlowBatch",
    "FlowField",
    "LeadingMode",
    "Linearisation",
    "ModeField",
    "ModeValues",
    "PeriodMeans",
    "Problem",
    "Resolution",
    "SheddingStart",
    "State",
    "Streamlines",
    "WallPoint",
    "analyse",
    "coefficient_scale",
    "count_periods",
    "counted_change",
    "critical_reynolds",
    "discretise",
    "flow_tangents",
    "force_coefficients",
    "force_vjp",
    "is_symmetric",
    "last_windows",
    "leading_mode",
    "level",
    "linearise",
    "newton",
    "rate_gradient",
    "read_run",
    "residual",
    "residual_norm",
    "shedding_start",
    "side_differences",
    "slopes",
    "solve_batch",
    "solve_to_accuracy",
    "state_inverse",
    "steady_forces",
    "streamlines",
    "tangent_states",
    "total_head",
    "transfer",
    "updated_state",
    "wake_flow",
    "wall_samples",
    "write_run",
    "write_vts",
]

from .condensation.linearisation import Linearisation, linearise
from .derivatives.sensitivity import force_vjp, steady_forces
from .derivatives.state_inversion import state_inverse, updated_state
from .derivatives.tangent import TANGENT_STEP, flow_tangents, side_differences, tangent_states
from .discretisation.layout import Domain
from .equations.problem import Problem, discretise, is_symmetric
from .equations.state import State
from .equations.transfer import transfer
from .equations.weak_form import (
    DYNAMIC_PRESSURE,
    coefficient_scale,
    force_coefficients,
    residual,
    residual_norm,
    slopes,
)
from .fields.analysis import FlowAnalysis, analyse
from .fields.flow_field import FlowField
from .fields.pressure import total_head, wall_samples
from .fields.streamline_tracing import Streamlines, streamlines
from .fields.vts import write_vts
from .fields.wall_features import WallPoint
from .resolution import Resolution
from .stability.critical import critical_reynolds
from .stability.leading_mode import LeadingMode, leading_mode, wake_flow
from .stability.mode_field import ModeField, ModeValues
from .stability.rate_gradient import rate_gradient
from .steady.adaptive import ACCURACIES, Accuracy, solve_to_accuracy
from .steady.error_estimate import SAFETY, ErrorEstimate, counted_change
from .steady.flow_batch import FlowBatch
from .steady.levels import level
from .steady.newton import newton
from .steady.steady import solve_batch
from .unsteady.periods import PeriodMeans, count_periods, last_windows
from .unsteady.run_file import read_run, write_run
from .unsteady.shedding_start import STEP, WAKE_ELEMENTS, SheddingStart, shedding_start
