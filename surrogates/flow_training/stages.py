"""Fitting the network, by any of the training methods: which update rule, on which physics.

    on targets (supervised, SIP, SIP+HIG):  RobustRegression on c and √w F/C₀, c basis coefficients (their total
                                            variance is one), F forces
    on targets with tangents (SIP):         TangentRegression on the same and on their derivatives along the design
    on the equations (DP, HIG):             FlowPhysics

SIP differs from supervised training in where the targets come from (`targets.py`), SIP+HIG from SIP in the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fusiform.solvers.common.batches import concatenate
from fusiform.solvers.common.errors import require
from fusiform.surrogates.data.dataset import turned
from fusiform.surrogates.data.samples import Samples
from fusiform.surrogates.design_space import Designs
from fusiform.surrogates.flow_training.flow_physics import FlowPhysics, PairInputs, flow_batch
from fusiform.surrogates.flow_training.flow_tangents import design_spread, feature_slopes
from fusiform.surrogates.flow_training.tangent_targets import TangentConfig, TangentTargets
from fusiform.surrogates.model.flow_basis import LinearBasis
from fusiform.surrogates.model.force_scaling import FORCES, drag_scale
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.training.half_inverse.spectral_power import SpectralPower
from fusiform.surrogates.training.loop.loop import TrainConfig, train
from fusiform.surrogates.training.loop.schedule import one_cycle
from fusiform.surrogates.training.methods.first_order import OPTIMIZERS, require_optimizer
from fusiform.surrogates.training.methods.half_inverse_gradients import HalfInverseConfig, HalfInverseGradients
from fusiform.surrogates.training.methods.proxy import RobustRegression
from fusiform.surrogates.training.methods.tangents import TangentData, TangentNetwork, TangentRegression
from fusiform.surrogates.training.physics import Batch, Data, Physics, loss_of
from fusiform.surrogates.training.update_rule import UpdateRule

CHECKPOINTS = 40
TANGENT_DELTA = 1.0
ShowProgress = Callable[[int, int, float, float], None]


@dataclass(frozen=True)
class FitConfig:
    """`steps` with mini-batches of `batch`, peak learning rate `rate`; `force_weight` w, `huber` δ of the loss.

    `optimizer`: adamw; soap, which wants the library pytorch-optimizer; or muon, slow without a GPU. `validation`: how
    many samples are kept from training to validate on at each checkpoint of a stage on targets; `patience`: validations
    without a new best before such a stage ends, with its best weights; 0 for never.
    """

    steps: int = 6000
    batch: int = 256
    optimizer: str = "adamw"
    rate: float = 2e-3
    weight_decay: float = 1e-4
    force_weight: float = 4.0
    huber: float = 0.3
    validation: int = 0
    patience: int = 0

    def __post_init__(self) -> None:
        require_optimizer(self.optimizer)
        require(
            self.patience == 0 or self.validation > 0,
            f"expected samples to validate on, got a patience of {self.patience} without; set validation in [fit]",
        )


@dataclass(frozen=True)
class EquationsConfig:
    """DP: mini-batches of `batch` bodies and the peak learning `rate` on the residual of the flow equations."""

    batch: int = 16
    rate: float = 3e-4


@dataclass(frozen=True)
class HalfInverseSettings:
    """HIG and SIP+HIG, see `training.half_inverse_gradients`; `batch` bodies a step, g summed over them."""

    batch: int = 16
    eta: float = 0.5
    kappa: float = -0.5
    truncation: float = 1e-4
    damping: float = 1e-3
    momentum: float = 0.9


@dataclass(frozen=True)
class RuleConfig:
    """What a stage of training is made of."""

    fit: FitConfig = field(default_factory=FitConfig)
    equations: EquationsConfig = field(default_factory=EquationsConfig)
    half_inverse: HalfInverseSettings = field(default_factory=HalfInverseSettings)


def scaled_targets(samples: Samples, polynomial: Tensor) -> Tensor:
    """Targets as the network gives them: forces divided by C₀(Re)."""
    scale = drag_scale(polynomial, samples.designs.reynolds)[:, None]
    return torch.cat([samples.outputs[:, :-FORCES], samples.outputs[:, -FORCES:] / scale], dim=1)


def fit_targets(
    network: EquivariantNetwork, samples: Samples, polynomial: Tensor, config: RuleConfig, stage: Stage
) -> None:
    """Fit `network`, in place, to samples; by half-inverse gradients of the network if `stage.half_inverse`."""
    kind = torch.float64 if stage.half_inverse else torch.float32
    inputs, targets = _pairs(network, samples, polynomial, stage.device, kind)
    physics = RobustRegression(config.fit.huber, _weights(targets, config.fit))
    held = config.fit.validation
    batch = Batch.of(inputs, targets)
    require(
        held < len(batch),
        f"expected fewer samples to validate on than there are, {len(batch)}, got {held}; lower validation in [fit]",
    )
    data, validation = batch.select(slice(held, None)), batch.select(slice(0, held))
    wrapped = PairInputs(network.to(kind))
    size = config.half_inverse.batch if stage.half_inverse else config.fit.batch
    rule = _rule(wrapped, config, stage)
    _run(network, wrapped, rule, physics, data, size, config, stage, validation if held else None)


def fit_tangents(
    network: EquivariantNetwork,
    samples: Samples,
    tangents: TangentTargets,
    polynomial: Tensor,
    config: RuleConfig,
    round_: TangentConfig,
    stage: Stage,
) -> None:
    """Fit `network`, in place, to `samples` and to the bodies of `tangents` with their derivatives.

    The random directions have the standard deviations of the designs of `samples` along each coordinate.
    """
    everything = concatenate([samples, tangents.samples])
    inputs, targets = _pairs(network, everything, polynomial, stage.device, torch.float32)
    designs = tangents.samples.designs
    of_features = feature_slopes(turned(designs), designs.reynolds).permute(1, 2, 0, 3) / network.input_spread
    spread = design_spread(samples.designs) * tangents.usable
    data = TangentData(
        inputs,
        targets,
        (of_features * spread[..., None, None]).to(inputs),
        (tangents.slopes * spread[..., None]).to(inputs),
    )
    proxy = RobustRegression(config.fit.huber, _weights(targets, config.fit))
    physics = TangentRegression(proxy, replace(proxy, delta=TANGENT_DELTA), round_.weight)
    wrapped = TangentNetwork(PairInputs(network.float()))
    rule = OPTIMIZERS[round_.optimizer](wrapped.to(stage.device), round_.rate, config.fit.weight_decay)
    _run(network, wrapped, rule, physics, data, config.fit.batch, config, stage)


def fit_equations(
    network: EquivariantNetwork,
    designs: Designs,
    basis: LinearBasis,
    polynomial: Tensor,
    config: RuleConfig,
    stage: Stage,
) -> None:
    """Lower the residual of the flow equations on `designs`, without any target."""
    batch = flow_batch(network.double(), turned(designs), designs.reynolds)
    data = Batch(batch.inputs.to(stage.device), tuple(d.to(stage.device) for d in batch.data), batch.index)
    physics = FlowPhysics(basis.to(stage.device), polynomial.to(stage.device))
    wrapped = PairInputs(network)
    size = config.half_inverse.batch if stage.half_inverse else config.equations.batch
    rule = _rule(wrapped, config, stage, config.equations.rate)
    _run(network, wrapped, rule, physics, data, size, config, stage)


@dataclass(frozen=True)
class Stage:
    """One stage of a run: its `folder`, `steps`, `seed`, whether its rule is the half-inverse, where it computes."""

    folder: Path
    steps: int
    seed: int
    half_inverse: bool = False
    device: torch.device = field(default_factory=lambda: torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    progress: ShowProgress = lambda step, total, loss, eta_seconds: None
    tensorboard: Path | None = None


def _pairs(
    network: EquivariantNetwork, samples: Samples, polynomial: Tensor, device: torch.device, kind: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Inputs of `PairInputs` and targets."""
    inputs = network.pair(turned(samples.designs), samples.designs.reynolds).movedim(0, 1)
    return inputs.to(device, kind), scaled_targets(samples, polynomial).to(device, kind)


def _weights(targets: Tensor, config: FitConfig) -> Tensor:
    """The weights of the outputs in the loss, (m,)."""
    weights = torch.ones_like(targets[0])
    weights[-FORCES:] = config.force_weight**0.5
    return weights


def _run(
    network: EquivariantNetwork,
    wrapped: nn.Module,
    rule: UpdateRule,
    physics: Physics,
    data: Data,
    batch: int,
    config: RuleConfig,
    stage: Stage,
    validation: Batch | None = None,
) -> None:
    train(
        wrapped.to(stage.device),
        rule,
        physics,
        data,
        TrainConfig(
            min(batch, len(data)),
            steps=stage.steps,
            every=max(1, stage.steps // CHECKPOINTS),
            patience=None if validation is None else config.fit.patience or None,
            seed=stage.seed,
            schedule=one_cycle(),
        ),
        stage.folder,
        validate=None if validation is None else _loss_on(validation, physics),
        progress=stage.progress,
        tensorboard=stage.tensorboard,
    )
    network.float().cpu()


def _rule(network: nn.Module, config: RuleConfig, stage: Stage, rate: float | None = None) -> UpdateRule:
    if stage.half_inverse:
        own = config.half_inverse
        power = SpectralPower(own.kappa, own.truncation, own.damping)
        return HalfInverseGradients(HalfInverseConfig(own.eta, power, summed=True, momentum=own.momentum))
    rate, decay = config.fit.rate if rate is None else rate, config.fit.weight_decay
    return OPTIMIZERS[config.fit.optimizer](network, rate, decay)


def _loss_on(batch: Batch, physics: Physics) -> Callable[[nn.Module], float]:
    @torch.no_grad()
    def loss(network: Any) -> float:
        return float(loss_of(physics.residual(network(batch.inputs), batch)))

    return loss
