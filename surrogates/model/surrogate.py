"""The surrogate: a design in, forces and the whole flow out, with gradients and a confidence."""

from __future__ import annotations

import json
import math
import time
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from fusiform.solvers import Body, FlowConditions, ForceGradient
from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import write_atomically, write_json
from fusiform.solvers.flow import FlowField, Problem, Resolution, State, discretise, force, state_inverse
from fusiform.solvers.geometry import laurent
from fusiform.solvers.solution import conventions, turned_coefficients
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.model.error_bound import ErrorModel, confidence_of
from fusiform.surrogates.model.flow_basis import LinearBasis, decode_state
from fusiform.surrogates.model.network import EquivariantNetwork

FORCES = 4
FORCE_PARITY = (1.0, 1.0, -1.0, -1.0)
FORMAT = 3
FIELD_UPDATES, FIELD_CHORD_STEPS, FIELD_TOLERANCE = 4, 3, 0.02
FIT_TOLERANCE = 0.02
DEFAULT_MODEL = "default"


@dataclass(frozen=True)
class Correction:
    """Forces after updates of the predicted flow by the state inverse; coefficients as in `Solution`.

    `arrived`: whether the last step was so short that these are the solver's own forces on the model's grid; where it
    is False they are the network's. `residual`: norm of the equations at the predicted flow, see `residual_norm`, and
    `residual_after` at the updated one. `last_step`: relative length of the last step; the error left is smaller.
    `updates`: linear solves spent.
    """

    drag_coefficient: float
    lift_coefficient: float
    arrived: bool
    residual: float
    residual_after: float
    last_step: float
    updates: int


@dataclass(frozen=True)
class Prediction:
    """A surrogate's answer; coefficients as in `Solution`.

    `body` is the body as the model sees it (its own number of modes; its `fit_error` includes the truncation).
    `drag_bound` and `confidence` take the predicted flow (milliseconds); the bound is multiplied by 1 + (e/0.02)² for
    the misfit e of the truncated body. Forces are the network's own. The flow in `field` is the network's after updates
    by the state inverse, mostly one (0.1 to 0.3 s), without which pressures, which integrate derivatives of the
    vorticity, would be the poorest part; `correction.arrived` says whether the inverse arrived.
    """

    body: Body
    conditions: FlowConditions
    model: str
    drag_coefficient: float
    drag_pressure: float
    drag_friction: float
    lift_coefficient: float
    seconds: float
    surrogate: Surrogate

    @cached_property
    def _predicted(self) -> tuple[Problem, State]:
        """The problem, and the network's own flow."""
        with torch.no_grad():
            return self.surrogate.state(*self._design)

    @property
    def _design(self) -> tuple[Tensor, Tensor]:
        reynolds = torch.tensor([self.conditions.reynolds], dtype=torch.float64)
        return turned_coefficients(self.body, self.conditions), reynolds

    @cached_property
    def _relative_bound(self) -> float:
        with torch.no_grad():
            bound = float(self.surrogate.error.bound(self.surrogate.inputs(*self._design), *self._predicted)[0])
        return bound * (1.0 + (self.body.fit_error / FIT_TOLERANCE) ** 2)

    @property
    def drag_bound(self) -> float:
        """What the error of the drag coefficient stays below for 95 of 100 bodies, see `confidence.py`."""
        return self._relative_bound * abs(self.drag_coefficient)

    @property
    def confidence(self) -> float:
        """1 where that bound is at most 1 % of the drag, 0.5 where it is 2 %, …; 0 outside the training range of Re."""
        inside = self.surrogate.space.reynolds_min <= self.conditions.reynolds <= self.surrogate.space.reynolds_max
        return float(confidence_of(torch.tensor(self._relative_bound))) * inside

    @cached_property
    def _updated(self) -> tuple[Problem, State, Correction]:
        """The problem, the flow after the state inverse (the network's where that does not arrive), and its forces."""
        with torch.no_grad():
            problem, predicted = self._predicted
            state, before, after, last, spent = predicted, math.nan, math.nan, math.inf, 0
            arrived = going = False
            for spent in range(1, FIELD_UPDATES + 1):
                update = state_inverse(problem, state, FIELD_CHORD_STEPS)
                state, going = update.state, bool(update.reduced)
                before = float(update.norm_before) if spent == 1 else before
                after, last = float(update.norm_after), float(update.last_step)
                arrived = going and last < FIELD_TOLERANCE
                if arrived or not going:
                    break
            if not arrived:
                forces = Correction(self.drag_coefficient, self.lift_coefficient, False, before, after, last, spent)
                return problem, predicted, forces
            total = 2.0 * complex(sum(part[0] for part in force(problem, state.omega)))
            return problem, state, Correction(total.real, total.imag, True, before, after, last, spent)

    @property
    def correction(self) -> Correction:
        """Forces after updates by the state inverse, mostly one: 0.1 to 0.3 s, see README.md for what that brings."""
        return self._updated[2]

    @cached_property
    def field(self) -> FlowField:
        """The predicted flow, post-processed like a solved one."""
        problem, state, _ = self._updated
        return FlowField(problem, state, turned_coefficients(self.body, self.conditions))

    @cached_property
    def network_field(self) -> FlowField:
        """The network's own flow, without updates: in milliseconds, and poor where it shows derivatives (pressure)."""
        return FlowField(*self._predicted, turned_coefficients(self.body, self.conditions))

    def gradient(self, force: str = "drag") -> ForceGradient:
        """Gradient of the predicted `drag` or `lift` coefficient, through the network and the geometry."""
        require(force in ("drag", "lift"), f"expected the force drag or lift, got {force!r}; choose one of them")
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
            "confidence": self.confidence,
            **conventions(self.body, self.conditions),
            "model": self.model,
            "converged": False,
            "status": "Predicted by the surrogate, not solved: `fusiform solve` confirms it.",
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Surrogate:
    """A trained model; also a `DragModel` of the optimiser.

    `drag_scale` (3,): ln C₀ = Σ p_i (ln Re)^i, a fit of the training set's drag that the predicted forces are divided
    by. `error`: what is known of its errors. `card` describes how it was made and how well it does.
    """

    name: str
    network: EquivariantNetwork
    basis: LinearBasis
    drag_scale: Tensor
    error: ErrorModel
    space: DesignSpace
    card: dict[str, Any]

    @property
    def modes(self) -> int:
        return self.space.modes

    @cached_property
    def _single(self) -> EquivariantNetwork:
        """The network in single precision."""
        return deepcopy(self.network).float()

    def _network(self, reynolds: Tensor) -> EquivariantNetwork:
        return self._single if reynolds.dtype == torch.float32 else self.network

    def outputs(self, coefficients: Tensor, reynolds: Tensor) -> tuple[Tensor, Tensor]:
        """Basis coefficients (batch, r) and forces (batch, 4): C_D pressure, friction, C_L pressure, friction.

        Precision follows the inputs, here and in `force_coefficients`: single is twice as fast for many bodies.
        """
        out = self._network(reynolds)(coefficients, reynolds).to(reynolds.dtype)
        return out[:, :-FORCES], out[:, -FORCES:] * drag_scale(self.drag_scale, reynolds)[:, None]

    def _forces(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """The last four outputs alone, (batch, 4), without those of the flow."""
        network = self._network(reynolds)
        forces = network.from_pair(network.pair(coefficients, reynolds), self.basis.size).to(reynolds.dtype)
        return forces * drag_scale(self.drag_scale, reynolds)[:, None]

    def force_coefficients(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """C_D + i C_L (batch,), differentiable through the network and the geometry features."""
        forces = self._forces(coefficients, reynolds)
        return torch.complex(forces[:, 0] + forces[:, 1], forces[:, 2] + forces[:, 3])

    def state(self, coefficients: Tensor, reynolds: Tensor) -> tuple[Problem, State]:
        """The predicted flow as an approximate solver state, and the problem that it approximately solves."""
        problem = discretise(coefficients, reynolds, self.basis.resolution)
        encoded, forces = self.outputs(coefficients, reynolds)
        return problem, decode_state(self.basis, problem, encoded, force_scalars(forces))

    def inputs(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """Standardised features (batch, inputs), as the network sees the bodies."""
        return self._network(reynolds).pair(coefficients, reynolds)[0]

    def confidence(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """Confidence (batch,) between 0 and 1, see `Prediction`, differentiable; 0 outside the training range of Re."""
        bound = self.error.bound(self.inputs(coefficients, reynolds), *self.state(coefficients, reynolds))
        inside = (reynolds >= self.space.reynolds_min) & (reynolds <= self.space.reynolds_max)
        return confidence_of(bound) * inside

    def evaluate(self, body: Body, conditions: FlowConditions) -> Prediction:
        """Forces and (on demand) confidence and flow of `body`, reduced to the model's number of modes."""
        begun = time.perf_counter()
        seen = body.with_modes(self.modes)
        coefficients = turned_coefficients(seen, conditions)
        reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64)
        with torch.no_grad():
            forces = self._forces(coefficients, reynolds)[0].tolist()
        return Prediction(
            body=seen,
            conditions=conditions,
            model=self.name,
            drag_coefficient=forces[0] + forces[1],
            drag_pressure=forces[0],
            drag_friction=forces[1],
            lift_coefficient=forces[2] + forces[3],
            seconds=time.perf_counter() - begun,
            surrogate=self,
        )

    def save(self, folder: Path) -> None:
        """Write `model.safetensors` and `config.json`, each atomically, the configuration last."""
        basis = self.basis
        tensors = {f"network.{key}": value for key, value in self.network.state_dict().items()}
        tensors |= {f"basis.{key}": value for key, value in vars(basis).items() if isinstance(value, Tensor)}
        tensors |= {"drag_scale": self.drag_scale, "anchors": self.error.anchors}
        single = {key: value.detach().cpu().float().contiguous() for key, value in tensors.items()}
        single["drag_scale"], single["anchors"] = self.drag_scale.double(), single["anchors"].half()
        error = {key: value for key, value in vars(self.error).items() if isinstance(value, float)}
        write_atomically(folder / "model.safetensors", lambda file: file.write(save(single)))
        perceptron = self.network.perceptron
        config = {
            "format": FORMAT,
            "name": self.name,
            "architecture": {"width": perceptron.first.out_features, "depth": len(perceptron.hidden)},
            "resolution": asdict(basis.resolution),
            "space": asdict(self.space),
            "error": error,
            "card": self.card,
        }
        write_json(folder / "config.json", config)


def drag_scale(polynomial: Tensor, reynolds: Tensor) -> Tensor:
    """C₀(Re) (batch,) of the polynomial in ln Re."""
    log = torch.log(reynolds)[:, None]
    return torch.exp((polynomial.to(log) * log ** torch.arange(len(polynomial), device=log.device)).sum(1))


def load_surrogate(path: str | Path | None = None) -> Surrogate:
    """Load a model folder (default: the model that ships with Fusiform), in double precision, ready for queries."""
    if path is None:
        with as_file(files("fusiform.assets") / "models" / DEFAULT_MODEL) as folder:
            return _load(Path(folder))
    return _load(Path(path))


def _load(folder: Path) -> Surrogate:
    found = (folder / "config.json").is_file() and (folder / "model.safetensors").is_file()
    require(
        found,
        f"expected a model folder with config.json and model.safetensors, got {str(folder)!r}; train one with "
        "`fusiform train` or leave the model out to use the one that ships with Fusiform",
    )
    try:
        config = json.loads((folder / "config.json").read_text())
        tensors = load_file(folder / "model.safetensors")
        require(config["format"] == FORMAT, f"expected a model of format {FORMAT}, got {config['format']}; retrain it")
        anchors = tensors.pop("anchors").float()
        return _assemble(config, {"anchors": anchors} | {key: value.double() for key, value in tensors.items()})
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, RuntimeError, OSError, SafetensorError) as error:
        raise InputError(
            f"expected a readable model in {str(folder)!r}, got a damaged or foreign one ({type(error).__name__}); "
            "train it again or use another folder"
        ) from error


def _assemble(config: dict[str, Any], tensors: dict[str, Tensor]) -> Surrogate:
    def part(prefix: str) -> dict[str, Tensor]:
        return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}

    weights = part("network.")
    network = EquivariantNetwork(len(weights["input_mean"]), weights["parity"], **config["architecture"]).double()
    network.load_state_dict(weights)
    network.requires_grad_(False)
    return Surrogate(
        name=config["name"],
        network=network,
        basis=LinearBasis(**part("basis."), resolution=Resolution(**config["resolution"])),
        drag_scale=tensors["drag_scale"],
        error=ErrorModel(tensors["anchors"], **config["error"]),
        space=DesignSpace(**config["space"]),
        card=config["card"],
    )


def with_card(surrogate: Surrogate, **entries: Any) -> Surrogate:
    """The surrogate with entries added to its card."""
    return replace(surrogate, card=surrogate.card | entries)


def force_outputs(pressure: Tensor, friction: Tensor) -> Tensor:
    """Complex force coefficients (batch,) in the order of the network's outputs, (batch, 4)."""
    return torch.stack([pressure.real, friction.real, pressure.imag, friction.imag], dim=1)


def force_scalars(forces: Tensor) -> Tensor:
    """(Q, Γ) (batch, 2) of force coefficients in the order of the outputs, (batch, 4): Γ starts at the lift."""
    return 0.5 * torch.stack([forces[:, 0] + forces[:, 1], forces[:, 2] + forces[:, 3]], dim=1)


def fit_drag_scale(drag: Tensor, reynolds: Tensor) -> Tensor:
    """Least-squares fit of ln C_D by a quadratic in ln Re, (3,)."""
    log = torch.log(reynolds)
    powers = torch.stack([torch.ones_like(log), log, log.square()], dim=1)
    return torch.linalg.lstsq(powers, torch.log(drag)[:, None]).solution[:, 0]
