"""Every key of a recipe: one dataclass a table, with its defaults and checks; `recipe.py` reads them from TOML.

The tables [dataset], [space] and [resolution] are `DatasetConfig` of the data set, `DesignSpace` of the sampler and
`Resolution` of the solver: they describe solved cases, with or without a model.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fusiform.solvers.common.errors import require
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.flow_training.method_names import require_method
from fusiform.surrogates.training.methods.optimizer_names import require_optimizer


@dataclass(frozen=True)
class HeldoutConfig:
    """[heldout]: cases that no model is trained on: `count` designs of the same space, drawn with another `seed`."""

    count: int
    seed: int

    def __post_init__(self) -> None:
        require(self.count >= 2, f"expected at least two held-out cases, got {self.count}; raise count in [heldout]")


@dataclass(frozen=True)
class NetworkConfig:
    """[network]: `basis` vectors of the flow state; `width` and `depth` of the perceptron's hidden layers."""

    basis: int = 192
    width: int = 320
    depth: int = 3


@dataclass(frozen=True)
class FitConfig:
    """[fit]: `steps` with mini-batches of `batch`, peak learning rate `rate`; `force_weight` w, `huber` δ of the loss.

    `optimizer`: adamw; soap, which needs the library pytorch-optimizer; or muon, slow without a GPU. `validation`: how
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
    """[equations]: DP: mini-batches of `batch` bodies, peak learning `rate` on the residual of the flow equations.

    `clip_norm`: gradients are scaled down to this norm; 0 for never.
    """

    batch: int = 16
    rate: float = 3e-4
    clip_norm: float = 0.0

    def __post_init__(self) -> None:
        require(
            self.clip_norm >= 0,
            f"expected a clip_norm of 0 or more, got {self.clip_norm}; correct [equations]",
        )


@dataclass(frozen=True)
class HalfInverseSettings:
    """[half_inverse]: HIG and SIP+HIG, see `HalfInverseConfig`; `batch` bodies a step, g summed over them."""

    batch: int = 16
    eta: float = 0.5
    kappa: float = -0.5
    truncation: float = 1e-4
    damping: float = 1e-3
    momentum: float = 0.9


@dataclass(frozen=True)
class InverseConfig:
    """[inverse]: the state inverse that makes targets.

    `accept`: longest last step (relative change of the vorticity or of Q, Γ) of a target that is used; `chord_steps`
    of each update; `max_updates` for each body.
    """

    accept: float = 0.02
    chord_steps: int = 4
    max_updates: int = 2


@dataclass(frozen=True)
class TrainingConfig:
    """[training]: `method`: one of `METHODS`; `solves`: full solves of the data set that are used (0: all).

    All but supervised follow the supervised start with `rounds` rounds of `bodies` new bodies and `round_steps` steps
    each: with targets from the state inverse (sip, sip-hig), or on the equations themselves (dp, hig).
    """

    method: str = "supervised"
    seed: int = 0
    solves: int = 0
    rounds: int = 0
    bodies: int = 0
    round_steps: int = 4000

    def __post_init__(self) -> None:
        require_method(self.method)
        require(
            self.method == "supervised" or (self.rounds >= 1 and self.bodies >= 1 and self.round_steps >= 1),
            f"expected at least one round, body and step for the method {self.method}, got "
            f"{self.rounds}, {self.bodies} and {self.round_steps}; set rounds, bodies and round_steps in [training]",
        )


@dataclass(frozen=True)
class TangentConfig:
    """[tangents]: a last round of `bodies` new bodies with tangents (0: none), each the most uncertain of `candidates`.

    `steps` of training by `optimizer` (adamw, soap, muon) follow, with the peak learning rate `rate` and `weight` on
    the squared error of the tangents along a random direction whose components have the deviations of the designs.
    """

    bodies: int = 0
    candidates: int = 4
    steps: int = 10000
    optimizer: str = "soap"
    rate: float = 1e-3
    weight: float = 0.1

    def __post_init__(self) -> None:
        require(
            self.bodies >= 0 and self.candidates >= 1 and self.weight >= 0,
            f"expected bodies and a weight of 0 or more and at least one candidate, got {self}; correct [tangents]",
        )
        require_optimizer(self.optimizer)


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a model."""

    name: str
    dataset: DatasetConfig
    heldout: HeldoutConfig
    network: NetworkConfig = field(default_factory=NetworkConfig)
    fit: FitConfig = field(default_factory=FitConfig)
    equations: EquationsConfig = field(default_factory=EquationsConfig)
    half_inverse: HalfInverseSettings = field(default_factory=HalfInverseSettings)
    inverse: InverseConfig = field(default_factory=InverseConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    tangents: TangentConfig = field(default_factory=TangentConfig)

    def __post_init__(self) -> None:
        require(
            self.heldout.seed != self.dataset.seed,
            f"expected different seeds in [dataset] and [heldout], got {self.dataset.seed} twice; change one of them",
        )
        require(
            self.tangents.bodies == 0 or self.training.method == "sip",
            f"expected the method sip before a round of tangents, got {self.training.method}; change the method, or "
            "set bodies = 0 in [tangents]",
        )
