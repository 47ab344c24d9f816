"""The answer of a surrogate for one body: forces, and on demand the flow, its correction and a bound on the error."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers import Body, FlowConditions, ForceGradient
from fusiform.solvers.common.autograd import gradients_enabled, ordinary_tensors
from fusiform.solvers.common.errors import require
from fusiform.solvers.flow import FlowField, Problem, State
from fusiform.solvers.geometry import laurent
from fusiform.solvers.shedding import shedding_note
from fusiform.solvers.solution import conventions, turned_coefficients
from fusiform.surrogates.interface import Correction, ErrorBounds, SurrogateModel
from fusiform.surrogates.model.correction import corrected
from fusiform.surrogates.model.error_bound import confidence_of, with_misfit

PREDICTED = "Predicted by the surrogate, not solved: `fusiform solve` confirms it."
NOTED_MISFIT = 0.005  # over d


@dataclass(frozen=True)
class Prediction:
    """Forces and flow of a body by a surrogate; coefficients as in `Solution`.

    The forces are the network's own and cost under a millisecond. `drag_bound`, `lift_bound` and `confidence` need
    the predicted flow (milliseconds). `field` and `correction` need updates of that flow by the state inverse, mostly
    one, and an estimate of their error (0.3 to 1 s): pressures integrate derivatives of the vorticity, and would be
    the poorest part without them.

    Attributes
    ----------
    body : Body
        The body reduced to the model's number of modes; its `fit_error` includes the truncation.
    conditions : FlowConditions
        Reynolds number and incidence.
    model : str
        Name of the surrogate.
    drag_coefficient, drag_pressure, drag_friction, lift_coefficient : float
        Force / (½ ρ U² d) per unit span, d = √(4A/π); of a body of revolution force / (½ ρ U² π d²/4), d the diameter
        of the sphere of its volume, without lift.
    seconds : float
        Wall-clock time of the forces.
    surrogate : SurrogateModel
        The model that answers.

    Examples
    --------
    >>> import fusiform as fs
    >>> prediction = fs.predict(fs.Body.ellipse(3.0), fs.FlowConditions(20.0, 5.0))
    >>> f"C_D {prediction.drag_coefficient:.2f}, C_L {prediction.lift_coefficient:.2f}"
    'C_D 1.66, C_L 0.28'
    >>> prediction.drag_bound < 0.01 * prediction.drag_coefficient
    True
    >>> fast = fs.predict(fs.Body.ellipse(3.0), fs.FlowConditions(90.0))
    >>> fast.drag_bound is None, fast.outside
    (True, 'Outside the trained range: no bound on the errors (Re 90, trained 0.5 to 60).')
    >>> float(prediction.field.at([3.0 + 0.0j]).u[0]) < 1.0  # in the wake
    True
    """

    body: Body
    conditions: FlowConditions
    model: str
    drag_coefficient: float
    drag_pressure: float
    drag_friction: float
    lift_coefficient: float
    seconds: float
    surrogate: SurrogateModel = field(repr=False)

    @property
    def drag_bound(self) -> float | None:
        """Bound on the error of `drag_coefficient`, kept by 95 of 100 bodies in each part of the trained range.

        None outside that range. It is for the given body: where the model's modes describe that with a misfit e (over
        d), the bound is 1 + (e/0.02)² times as large, and 0.6 e of the drag is added.
        """
        return None if self._bounds is None else self._bounds[0] * abs(self.drag_coefficient)

    @property
    def lift_bound(self) -> float | None:
        """The same for `lift_coefficient`, absolute, without the 0.6 e; 0 for a body symmetric about the stream."""
        return None if self._bounds is None else self._bounds[1] * abs(self.drag_coefficient)

    @property
    def confidence(self) -> float:
        """1 where `drag_bound` is at most 1 % of the drag, 0.5 where it is 2 %, …; 0 where there is no bound."""
        if self._bounds is None:
            return 0.0
        return float(confidence_of(torch.tensor(self._bounds[0], dtype=torch.float64)))

    @property
    def network_confidence(self) -> float:
        """The same without the misfit, that of the network in its answer for the body of the model's own modes."""
        return 0.0 if self._network_bounds is None else float(confidence_of(self._network_bounds.drag[0]))

    @cached_property
    @ordinary_tensors()
    @torch.no_grad()
    def outside(self) -> str:
        """Why the body and the conditions are outside the trained range, as a sentence; empty if they are inside."""
        return self.surrogate.departures(self._design[0], self.conditions)

    @property
    def misfit_note(self) -> str:
        """How far the body of the model's modes is from the given one, as a sentence; empty up to 0.005 d.

        Examples
        --------
        >>> import fusiform as fs
        >>> box = fs.Body.from_outline([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)])
        >>> fs.predict(box, fs.FlowConditions(20.0)).misfit_note
        "Reduced to the model's 8 modes: the outline is up to 0.0086 d from the given one."
        """
        if self.body.fit_error <= NOTED_MISFIT:
            return ""
        distance = f"{self.body.fit_error:.2g} d"
        return f"Reduced to the model's {self.body.modes} modes: the outline is up to {distance} from the given one."

    @property
    def correction(self) -> Correction:
        """Forces of the flow after updates by the state inverse, with a bound on their own error; see `Correction`."""
        return self._updated[1]

    @cached_property
    def field(self) -> FlowField:
        """The flow after the updates, or the network's own where they are not accurate; processed like a solved one."""
        return FlowField(self._predicted[0], self._updated[0], self._design[0])

    @cached_property
    def network_field(self) -> FlowField:
        """The network's own flow, without updates: in milliseconds, and poor in derived quantities (pressure)."""
        return FlowField(*self._predicted, self._design[0])

    @gradients_enabled()
    def gradient(self, force: str = "drag") -> ForceGradient:
        """Gradient of the predicted force coefficient, through the network and the geometry.

        Parameters
        ----------
        force : {"drag", "lift"}
            The force to differentiate.

        Returns
        -------
        ForceGradient
            Also under `torch.no_grad` and `torch.inference_mode`.

        Raises
        ------
        InputError
            If `force` is neither drag nor lift, or the lift of a body of revolution.

        Examples
        --------
        >>> import fusiform as fs
        >>> prediction = fs.predict(fs.Body.ellipse(3.0), fs.FlowConditions(20.0))
        >>> prediction.gradient("drag").reynolds < 0.0
        True
        """
        require(force in ("drag", "lift"), f"expected the force drag or lift, got {force!r}; choose one of them")
        require(
            force == "drag" or not self.body.revolution,
            "expected the force drag for a body of revolution, got lift, which is zero; ask for the drag",
        )
        coefficients = self.body.coefficients[None].clone().requires_grad_()
        reynolds = torch.tensor([self.conditions.reynolds], dtype=torch.float64, requires_grad=True)
        alpha = torch.deg2rad(torch.tensor([self.conditions.alpha_deg], dtype=torch.float64)).requires_grad_()
        forces = self.surrogate.force_coefficients(laurent.rotate(coefficients, alpha), reynolds)
        part = forces.real if force == "drag" else forces.imag
        slopes = torch.autograd.grad(part.sum(), (coefficients, reynolds, alpha))
        return ForceGradient(slopes[0][0], float(slopes[1]), float(slopes[2]))

    def summary(self) -> dict[str, Any]:
        """The numbers with their conventions, ready for JSON."""
        return {
            "drag_coefficient": self.drag_coefficient,
            "drag_pressure": self.drag_pressure,
            "drag_friction": self.drag_friction,
            "lift_coefficient": self.lift_coefficient,
            "drag_bound": self.drag_bound,
            "lift_bound": self.lift_bound,
            "confidence": self.confidence,
            **conventions(self.body, self.conditions),
            "model": self.model,
            "converged": False,
            "outside": self.outside or None,
            "status": " ".join(filter(None, self._sentences)),
            "seconds": self.seconds,
        }

    @property
    def _sentences(self) -> tuple[str, ...]:
        """The sentences of the status; some may be empty."""
        return PREDICTED, self.misfit_note, self.outside, shedding_note(self.body, [self.conditions])

    @cached_property
    @ordinary_tensors()
    def _design(self) -> tuple[Tensor, Tensor]:
        """Coefficients (1, K) at incidence, and Re (1,)."""
        reynolds = torch.tensor([self.conditions.reynolds], dtype=torch.float64)
        return turned_coefficients(self.body, self.conditions), reynolds

    @cached_property
    @ordinary_tensors()
    @torch.no_grad()
    def _predicted(self) -> tuple[Problem, State]:
        """The problem, and the network's own flow."""
        return self.surrogate.state(*self._design)

    @cached_property
    @ordinary_tensors()
    @torch.no_grad()
    def _network_bounds(self) -> ErrorBounds | None:
        """Bounds (1,) on the errors of the network over the drag; None outside the trained range."""
        return None if self.outside else self.surrogate.error_bounds(*self._design, self._predicted)

    @cached_property
    @ordinary_tensors()
    @torch.no_grad()
    def _bounds(self) -> tuple[float, float] | None:
        """The same with the misfit of the body, of drag and lift."""
        if self._network_bounds is None:
            return None
        bounds = with_misfit(self._network_bounds, self.body.fit_error)
        return float(bounds.drag[0]), float(bounds.lift[0])

    @cached_property
    @ordinary_tensors()
    @torch.no_grad()
    def _updated(self) -> tuple[State, Correction]:
        """The flow after the updates where it is accurate, else the network's; and its forces."""
        own = complex(self.drag_coefficient, self.lift_coefficient)
        return corrected(*self._design, self._predicted, own, self.drag_bound, self.body.fit_error)
