"""The interface of a surrogate to the page and the optimiser, independent of its network and basis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from fusiform.solvers import Body, FlowConditions, ForceGradient
from fusiform.solvers.flow import FlowField, Problem, State
from fusiform.solvers.inverse import ConfidentModel
from fusiform.surrogates.design_space import DesignSpace


@dataclass(frozen=True)
class Correction:
    """Forces of a predicted flow after updates by the state inverse.

    Where the updates arrive at a solution these are the solver's own forces on the model's grid; elsewhere they are
    the network's.

    Attributes
    ----------
    drag_coefficient, lift_coefficient : float
        As in `Solution`.
    arrived : bool
        True if the last step was so short that the flow counts as solved.
    residual, residual_after : float
        Norm of the discrete equations (`residual_norm`) at the predicted and at the updated flow.
    last_step : float
        Relative length of the last step; the error that is left is smaller.
    updates : int
        Linear solves spent.

    Examples
    --------
    >>> import fusiform as fs
    >>> prediction = fs.predict(fs.Body.ellipse(3.0), fs.FlowConditions(20.0))
    >>> correction = prediction.correction
    >>> correction.arrived
    True
    >>> correction.residual_after < 1e-6 * correction.residual
    True
    """

    drag_coefficient: float
    lift_coefficient: float
    arrived: bool
    residual: float
    residual_after: float
    last_step: float
    updates: int


class FlowPrediction(Protocol):
    """An answer: forces at once, the flow and a bound on the error on demand. See `Prediction` for each member.

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
    def drag_bound(self) -> float: ...

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

    def error_bound(self, coefficients: Tensor, reynolds: Tensor, flow: tuple[Problem, State]) -> Tensor:
        """Bound on the relative error of the drag (batch,), where `flow` is the answer of `state`."""
        ...

    def evaluate(self, body: Body, conditions: FlowConditions) -> FlowPrediction:
        """The answer for one body."""
        ...
