"""The surrogate: a design in, forces and the whole flow out, with gradients and a confidence."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.frozen import kept
from fusiform.solvers.conditions import require_along_axis
from fusiform.solvers.flow import Problem, State
from fusiform.solvers.solution import turned_coefficients
from fusiform.surrogates.interface import ErrorBounds
from fusiform.surrogates.model.error_bound import Clues, confidence_of
from fusiform.surrogates.model.flow_basis import decode_state
from fusiform.surrogates.model.force_scaling import drag_scale, force_scalars
from fusiform.surrogates.model.layout import FORCES
from fusiform.surrogates.model.model_file import ModelParts, write_model
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.model.prediction import Prediction
from fusiform.surrogates.model.stance import stance
from fusiform.surrogates.model.trained_range import TrainedRange, departures


@dataclass(frozen=True)
class Surrogate(ModelParts):
    """A trained model; also a `DragModel` of the optimiser.

    `evaluate` answers for one body. The other queries take batches: `coefficients` (batch, K) complex map coefficients
    at incidence, `reynolds` (batch,), on the CPU; they are differentiable, and their precision follows the inputs
    (single precision is twice as fast for many bodies). Its attributes are copies: a model cannot be changed.

    Attributes
    ----------
    name : str
        Name of the model.
    space : DesignSpace
        The designs that the model is trained on.
    network : EquivariantNetwork
        Features of a design to outputs.
    basis : LinearBasis
        Outputs to flows.
    drag_scale : Tensor
        The polynomial of the scale C₀(Re) of the forces, (3,).
    error : ErrorModel
        The bounds on the errors of drag and lift.
    card : dict
        How the model was made and how well it does, ready for JSON.

    Examples
    --------
    >>> import fusiform as fs
    >>> surrogate = fs.load_surrogate()
    >>> surrogate.modes
    8
    >>> prediction = surrogate.evaluate(fs.Body.ellipse(3.0), fs.FlowConditions(20.0))
    >>> f"C_D {prediction.drag_coefficient:.2f}, confidence {prediction.confidence:.1f}"
    'C_D 1.65, confidence 1.0'
    """

    @property
    def modes(self) -> int:
        """Number of map coefficients of the model's designs."""
        return self.space.modes

    @property
    def revolution(self) -> bool:
        """True if the model's bodies are those of revolution."""
        return self.space.revolution

    def outputs(self, coefficients: Tensor, reynolds: Tensor) -> tuple[Tensor, Tensor]:
        """Basis coefficients (batch, r) and forces (batch, 4): C_D pressure, friction, C_L pressure, friction."""
        out = self._network(reynolds)(coefficients, reynolds).to(reynolds.dtype)
        return out[:, :-FORCES], out[:, -FORCES:] * drag_scale(kept(self, "drag_scale"), reynolds)[:, None]

    def force_coefficients(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """C_D + i C_L (batch,), without the outputs of the flow."""
        forces = self._forces(coefficients, reynolds)
        return torch.complex(forces[:, 0] + forces[:, 1], forces[:, 2] + forces[:, 3])

    def inputs(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """Standardised features of the bodies, (batch, inputs)."""
        return self._network(reynolds).pair(coefficients, reynolds)[0]

    @ordinary_tensors()
    def state(self, coefficients: Tensor, reynolds: Tensor) -> tuple[Problem, State]:
        """The discretised problems, and the predicted flows as their approximate solutions."""
        basis = kept(self, "basis")
        problem = basis.problem(coefficients, reynolds)
        encoded, forces = self.outputs(coefficients, reynolds)
        return problem, decode_state(basis, problem, encoded, force_scalars(problem, forces))

    def error_bounds(self, coefficients: Tensor, reynolds: Tensor, flow: tuple[Problem, State]) -> ErrorBounds:
        """Bounds on the errors of drag and lift, where `flow` is the answer of `state`."""
        clues = self.clues(coefficients, reynolds, flow)
        inside = TrainedRange.of(self.space, stance(coefficients), reynolds, clues.distance).inside
        return kept(self, "error").bounds(self.space, clues, inside)

    def clues(self, coefficients: Tensor, reynolds: Tensor, flow: tuple[Problem, State]) -> Clues:
        """All that the bounds depend on, where `flow` is the answer of `state`."""
        inputs = self.inputs(coefficients, reynolds)
        return kept(self, "error").clues(inputs, stance(coefficients), reynolds, flow)

    def departures(self, coefficients: Tensor, conditions: FlowConditions) -> str:
        """Why a body (1, K) at `conditions` is outside the trained range, as a sentence; empty if it is inside."""
        place, reynolds = stance(coefficients), coefficients.real.new_tensor([conditions.reynolds])
        distance = kept(self, "error").distance(self.inputs(coefficients, reynolds))
        trained = TrainedRange.of(self.space, place, reynolds, distance)
        return departures(self.space, trained, place, conditions.reynolds, conditions.alpha_deg)

    def confidence(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """Confidence (batch,) between 0 and 1, see `Prediction`; 0 outside the trained range."""
        return confidence_of(self.error_bounds(coefficients, reynolds, self.state(coefficients, reynolds)).drag)

    def evaluate(self, body: Body, conditions: FlowConditions) -> Prediction:
        """Forces and (on demand) confidence and flow of one body.

        Parameters
        ----------
        body : Body
            Any body of the model's kind; it is reduced to the model's number of modes.
        conditions : FlowConditions
            Reynolds number and incidence, which is 0 for a body of revolution.

        Returns
        -------
        Prediction
            Check its `confidence` before use: outside the training space the answer is an extrapolation.

        Raises
        ------
        InputError
            If the arguments are not a `Body` and `FlowConditions`, the body is of the other kind, or one of revolution
            has incidence.

        Examples
        --------
        >>> import fusiform as fs
        >>> prediction = fs.load_surrogate().evaluate(fs.Body.ellipse(3.0), fs.FlowConditions(90.0))
        >>> prediction.confidence  # Re is outside the training range
        0.0
        """
        begun = time.perf_counter()
        require(
            isinstance(body, Body) and isinstance(conditions, FlowConditions),
            f"expected a Body and FlowConditions, got {type(body).__name__} and {type(conditions).__name__}; make them "
            "with, for example, Body.ellipse(3.0) and FlowConditions(20.0)",
        )
        self._require_kind(body, conditions)
        reduced = body.with_modes(self.modes)
        reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64)
        with torch.no_grad():
            forces = self._forces(turned_coefficients(reduced, conditions), reynolds)[0].tolist()
        return Prediction(
            body=reduced,
            conditions=conditions,
            model=self.name,
            drag_coefficient=forces[0] + forces[1],
            drag_pressure=forces[0],
            drag_friction=forces[1],
            lift_coefficient=forces[2] + forces[3],
            seconds=time.perf_counter() - begun,
            surrogate=self,
        )

    def with_card(self, **entries: Any) -> Surrogate:
        """The same surrogate with entries added to its card."""
        return replace(self, card=self.card | entries)

    def save(self, folder: Path) -> None:
        """Write a folder for `load_surrogate`."""
        write_model(folder, self)

    def _require_kind(self, body: Body, conditions: FlowConditions) -> None:
        kinds = ("a plane body", "a body of revolution")
        own, other = kinds if not self.revolution else kinds[::-1]
        require(
            body.revolution == self.revolution,
            f"expected {own} for the model {self.name!r}, got {other}; take a model of its kind, "
            f"load_surrogate(revolution={body.revolution}), or solve its flow",
        )
        if self.revolution:
            require_along_axis([conditions])

    @cached_property
    @ordinary_tensors()
    def _single(self) -> EquivariantNetwork:
        """The network in single precision."""
        return self.network.float()

    def _network(self, reynolds: Tensor) -> EquivariantNetwork:
        return self._single if reynolds.dtype == torch.float32 else kept(self, "network")

    def _forces(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """The last four outputs alone, (batch, 4), without those of the flow."""
        network = self._network(reynolds)
        forces = network.from_pair(network.pair(coefficients, reynolds), kept(self, "basis").size).to(reynolds.dtype)
        return forces * drag_scale(kept(self, "drag_scale"), reynolds)[:, None]
