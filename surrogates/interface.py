"""The interface of a surrogate to the page and the optimiser, independent of its network and basis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from torch import Tensor

from fusiform.solvers import Body, FlowConditions, ForceGradient
from fusiform.solvers.flow import FlowField, Problem, State
from fusiform.solvers.inverse import ConfidentModel
from fusiform.surrogates.design_space import DesignSpace


class CorrectionOutcome(Enum):
    """The outcome of a correction: only `ANSWERED` replaces the network's forces.

    Examples
    --------
    >>> from fusiform.surrogates import CorrectionOutcome
    >>> CorrectionOutcome("inaccurate") is CorrectionOutcome.INACCURATE
    True
    """

    ANSWERED = "answered"
    NOT_ARRIVED = "not arrived"
    """The updates did not reach the solver's flow on the model's elements."""
    INACCURATE = "inaccurate"
    """The estimated error of the corrected forces is large."""
    NO_BETTER = "no better"
    """The corrected forces are accurate, but their bound is above the network's."""


@dataclass(frozen=True)
class Correction:
    """Forces of a predicted flow after updates by the state inverse, with a bound on their own error.

    The updates arrive at the solver's flow on the model's elements, which can be too coarse for the body. Where they do
    not arrive, or the estimated error is large or above the network's bound, the correction is no answer: the forces
    are then the network's.

    Attributes
    ----------
    drag_coefficient, lift_coefficient : float
        As in `Solution`.
    drag_bound, lift_bound : float
        2.5 times the change of the forces with higher degrees of the same elements, a bound on the far field's
        truncation, and the effect of a misfit of the body; inf where the updates do not arrive.
    outcome : CorrectionOutcome
        `ANSWERED`, or the reason why the forces are the network's.
    status : str
        The same as a sentence.
    residual, residual_after : float
        Norm of the discrete equations (`residual_norm`) at the predicted and at the updated flow.
    last_step : float
        Relative length of the last step; the error of the discrete solution that is left is smaller.
    updates : int
        Factorisations spent.

    Examples
    --------
    >>> import fusiform as fs
    >>> correction = fs.predict(fs.Body.ellipse(3.0), fs.FlowConditions(20.0)).correction
    >>> correction.answered, correction.drag_bound < 1e-3 * correction.drag_coefficient
    (True, True)
    >>> blunt = fs.predict(fs.Body.ellipse(0.3), fs.FlowConditions(53.0))
    >>> blunt.correction.answered
    False
    >>> blunt.correction.drag_coefficient == blunt.drag_coefficient
    True
    """

    drag_coefficient: float
    lift_coefficient: float
    drag_bound: float
    lift_bound: float
    outcome: CorrectionOutcome
    status: str
    residual: float
    residual_after: float
    last_step: float
    updates: int

    @property
    def answered(self) -> bool:
        """True if the forces are the corrected ones."""
        return self.outcome is CorrectionOutcome.ANSWERED

    @property
    def refined(self) -> bool:
        """True if the updated flow is accurate enough to be shown, whether or not its forces are the better ones."""
        return self.outcome in (CorrectionOutcome.ANSWERED, CorrectionOutcome.NO_BETTER)


@dataclass(frozen=True)
class ErrorBounds:
    """Bounds on the errors of a batch of predictions.

    Attributes
    ----------
    drag, lift : Tensor
        (batch,), errors of C_D and C_L, both over C_D; inf outside the trained range.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates import ErrorBounds
    >>> bounds = ErrorBounds(drag=torch.tensor([0.002]), lift=torch.tensor([0.0]))
    >>> round(bounds.drag.item(), 3)
    0.002
    """

    drag: Tensor
    lift: Tensor


class FlowPrediction(Protocol):
    """An answer: forces at once, the flow and bounds on the errors on demand. See `Prediction` for each member.

    Examples
    --------
    >>> import fusiform as fs
    >>> from fusiform.surrogates import FlowPrediction
    >>> def efficiency(prediction: FlowPrediction) -> float:
    ...     return prediction.lift_coefficient / prediction.drag_coefficient
    >>> efficiency(fs.predict(fs.Body.ellipse(3.0), fs.FlowConditions(20.0, 5.0))) > 0.0
    True
    """

    @property
    def body(self) -> Body: ...

    @property
    def conditions(self) -> FlowConditions: ...

    @property
    def drag_coefficient(self) -> float: ...

    @property
    def lift_coefficient(self) -> float: ...

    @property
    def drag_pressure(self) -> float: ...

    @property
    def drag_friction(self) -> float: ...

    @property
    def drag_bound(self) -> float | None: ...

    @property
    def lift_bound(self) -> float | None: ...

    @property
    def outside(self) -> str: ...

    @property
    def misfit_note(self) -> str: ...

    @property
    def confidence(self) -> float: ...

    @property
    def correction(self) -> Correction: ...

    @property
    def field(self) -> FlowField: ...

    @property
    def network_field(self) -> FlowField: ...

    def gradient(self, force: str = "drag") -> ForceGradient: ...

    def summary(self) -> dict[str, Any]: ...


class SurrogateModel(ConfidentModel, Protocol):
    """A differentiable map from designs to forces and flows that bounds its own error.

    Bodies are `coefficients` (batch, modes) complex, turned by the incidence, at `reynolds` (batch,).

    Examples
    --------
    >>> from fusiform.surrogates import SurrogateModel, load_surrogate
    >>> model: SurrogateModel = load_surrogate()
    >>> model.modes == model.space.modes
    True
    """

    @property
    def space(self) -> DesignSpace:
        """The designs that the model is trained on."""
        ...

    def state(self, coefficients: Tensor, reynolds: Tensor) -> tuple[Problem, State]:
        """The problems and their approximate solutions."""
        ...

    def error_bounds(self, coefficients: Tensor, reynolds: Tensor, flow: tuple[Problem, State]) -> ErrorBounds:
        """Bounds on the errors of drag and lift, where `flow` is the answer of `state`."""
        ...

    def departures(self, coefficients: Tensor, conditions: FlowConditions) -> str:
        """Why a body (1, modes) at `conditions` is outside the trained range, as a sentence; empty if it is inside."""
        ...

    def evaluate(self, body: Body, conditions: FlowConditions) -> FlowPrediction:
        """The answer for one body."""
        ...
