"""Every key of a recipe: one dataclass a table, with its defaults and checks; `recipe.py` reads them from TOML.

The tables [dataset], [space] and [resolution] are `DatasetConfig` of the data set, `DesignSpace` of the sampler and
`Resolution` of the solver: they describe solved cases, with or without a model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.ranges import Range, require_ranges
from fusiform.surrogates.data.dataset_config import MOST_BODIES, MOST_SEED, DatasetConfig
from fusiform.surrogates.flow_training.method_names import require_method
from fusiform.surrogates.model.model_values import DEPTHS, WIDTHS, require_name
from fusiform.surrogates.training.methods.optimizer_names import require_optimizer

MOST_STEPS, MOST_BATCH, RATES = 10_000_000, 100_000, (1e-9, 1.0)
LEAST_CASES = 2  # the scales of a network are standard deviations
NEW_BODIES_SEED_OFFSET, TANGENT_BODIES_SEED_OFFSET = 1_000_000, 2_000_000


@dataclass(frozen=True)
class HeldoutConfig:
    """[heldout]: cases that no model is trained on: `count` designs of the same space, drawn with another `seed`."""

    count: Annotated[int, Range(2, MOST_BODIES)]
    seed: Annotated[int, Range(0, MOST_SEED)]

    def __post_init__(self) -> None:
        require_ranges(self, "[heldout]")


@dataclass(frozen=True)
class CalibrationConfig:
    """[calibration]: cases to which the bounds on the errors are fitted: `count` designs drawn with another `seed`."""

    count: Annotated[int, Range(2, MOST_BODIES)] = 200
    seed: Annotated[int, Range(0, MOST_SEED)] = 3

    def __post_init__(self) -> None:
        require_ranges(self, "[calibration]")


@dataclass(frozen=True)
class NetworkConfig:
    """[network]: `basis` vectors of the flow state; `width` and `depth` of the perceptron's hidden layers."""

    basis: Annotated[int, Range(1, 4096)] = 192
    width: Annotated[int, Range(*WIDTHS)] = 320
    depth: Annotated[int, Range(*DEPTHS)] = 3

    def __post_init__(self) -> None:
        require_ranges(self, "[network]")


@dataclass(frozen=True)
class FitConfig:
    """[fit]: `steps` with mini-batches of `batch`, peak learning rate `rate`; `force_weight` w, `huber` δ of the loss.

    `optimizer`: adamw; soap, which needs the library pytorch-optimizer; or muon, slow without a GPU. `validation`: how
    many samples are kept from training to validate on at each checkpoint of a stage on targets; `patience`: validations
    without a new best before such a stage ends, with its best weights; 0 for never.
    """

    steps: Annotated[int, Range(1, MOST_STEPS)] = 6000
    batch: Annotated[int, Range(1, MOST_BATCH)] = 256
    optimizer: str = "adamw"
    rate: Annotated[float, Range(*RATES)] = 2e-3
    weight_decay: Annotated[float, Range(0, 1)] = 1e-4
    force_weight: Annotated[float, Range(0, 1e6)] = 4.0
    huber: Annotated[float, Range(1e-6, 1e6)] = 0.3
    validation: Annotated[int, Range(0, MOST_BODIES)] = 0
    patience: Annotated[int, Range(0, MOST_STEPS)] = 0

    def __post_init__(self) -> None:
        require_ranges(self, "[fit]")
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

    batch: Annotated[int, Range(1, MOST_BATCH)] = 16
    rate: Annotated[float, Range(*RATES)] = 3e-4
    clip_norm: Annotated[float, Range(0, 1e9)] = 0.0

    def __post_init__(self) -> None:
        require_ranges(self, "[equations]")


@dataclass(frozen=True)
class HalfInverseSettings:
    """[half_inverse]: HIG and SIP+HIG, see `HalfInverseConfig`; `batch` bodies a step, g summed over them."""

    batch: Annotated[int, Range(1, MOST_BATCH)] = 16
    eta: Annotated[float, Range(1e-6, 10)] = 0.5
    kappa: Annotated[float, Range(-1, 1)] = -0.5
    truncation: Annotated[float, Range(0, 0.99)] = 1e-4
    damping: Annotated[float, Range(0, 1)] = 1e-3
    momentum: Annotated[float, Range(0, 0.999)] = 0.9

    def __post_init__(self) -> None:
        require_ranges(self, "[half_inverse]")


@dataclass(frozen=True)
class InverseConfig:
    """[inverse]: the state inverse that makes targets.

    `accept`: longest last step (relative change of the vorticity or of Q, Γ) of a target that is used; `chord_steps`
    of each update; `max_updates` for each body.
    """

    accept: Annotated[float, Range(1e-12, 1)] = 0.02
    chord_steps: Annotated[int, Range(1, 100)] = 4
    max_updates: Annotated[int, Range(1, 100)] = 2

    def __post_init__(self) -> None:
        require_ranges(self, "[inverse]")


@dataclass(frozen=True)
class TrainingConfig:
    """[training]: `method`: one of `METHODS`; `solves`: full solves of the data set that are used (0: all).

    All but supervised follow the supervised start with `rounds` rounds of `bodies` new bodies and `round_steps` steps
    each: with targets from the state inverse (sip, sip-hig), or on the equations themselves (dp, hig).
    """

    method: str = "supervised"
    seed: Annotated[int, Range(0, MOST_SEED)] = 0
    solves: Annotated[int, Range(0, MOST_BODIES)] = 0
    rounds: Annotated[int, Range(0, 1000)] = 0
    bodies: Annotated[int, Range(0, MOST_BODIES)] = 0
    round_steps: Annotated[int, Range(0, MOST_STEPS)] = 4000

    def __post_init__(self) -> None:
        require_ranges(self, "[training]")
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

    bodies: Annotated[int, Range(0, MOST_BODIES)] = 0
    candidates: Annotated[int, Range(1, 1000)] = 4
    steps: Annotated[int, Range(1, MOST_STEPS)] = 10000
    optimizer: str = "soap"
    rate: Annotated[float, Range(*RATES)] = 1e-3
    weight: Annotated[float, Range(0, 1e6)] = 0.1

    def __post_init__(self) -> None:
        require_ranges(self, "[tangents]")
        require_optimizer(self.optimizer)


@dataclass(frozen=True)
class FinishConfig:
    """[finish]: a last fit to the values of all targets: `steps` (0: none) with the peak learning rate `rate`."""

    steps: Annotated[int, Range(0, MOST_STEPS)] = 0
    rate: Annotated[float, Range(*RATES)] = 1e-3

    def __post_init__(self) -> None:
        require_ranges(self, "[finish]")


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a model."""

    name: str
    dataset: DatasetConfig
    heldout: HeldoutConfig
    calibration: CalibrationConfig = field(default_factory=CalibrationConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    fit: FitConfig = field(default_factory=FitConfig)
    equations: EquationsConfig = field(default_factory=EquationsConfig)
    half_inverse: HalfInverseSettings = field(default_factory=HalfInverseSettings)
    inverse: InverseConfig = field(default_factory=InverseConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    tangents: TangentConfig = field(default_factory=TangentConfig)
    finish: FinishConfig = field(default_factory=FinishConfig)

    def __post_init__(self) -> None:
        require_name(self.name, "give another name in the recipe")
        seeds = {"dataset": self.dataset.seed, "heldout": self.heldout.seed, "calibration": self.calibration.seed}
        require(
            len(set(seeds.values())) == len(seeds),
            f"expected different seeds in [dataset], [heldout] and [calibration], got {seeds}; change one of them",
        )
        require(
            not {self.heldout.seed, self.calibration.seed} & {self.new_bodies_seed, self.tangent_bodies_seed},
            "expected seeds in [heldout] and [calibration] that rounds of training do not use, got "
            f"{self.heldout.seed} and {self.calibration.seed}; change them",
        )
        require(
            self.tangents.bodies == 0 or self.training.method == "sip",
            f"expected the method sip before a round of tangents, got {self.training.method}; change the method, or "
            "set bodies = 0 in [tangents]",
        )
        self._require_enough_cases()

    def _require_enough_cases(self) -> None:
        count, solves, basis = self.dataset.count, self.training.solves, self.network.basis
        require(
            solves <= count and (solves or count) >= LEAST_CASES,
            f"expected {LEAST_CASES} to {count} solves, the count in [dataset], or 0 for all of them, got "
            f"{solves} of {count}; correct solves in [training] or count in [dataset]",
        )
        require(
            basis <= (solves or count),
            f"expected at most {solves or count} vectors in the basis, as many as there are solved cases, got {basis}; "
            "lower basis in [network], or raise count in [dataset]",
        )
        require(
            self.fit.validation < (solves or count),
            f"expected fewer samples to validate on than the {solves or count} solved cases, got {self.fit.validation}"
            "; lower validation in [fit]",
        )

    @property
    def new_bodies_seed(self) -> int:
        """The seed of the bodies that rounds of training draw."""
        return self.dataset.seed + NEW_BODIES_SEED_OFFSET

    @property
    def tangent_bodies_seed(self) -> int:
        """The seed of the bodies that the round of tangents draws."""
        return self.dataset.seed + TANGENT_BODIES_SEED_OFFSET
