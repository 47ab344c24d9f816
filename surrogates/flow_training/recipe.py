"""The TOML recipe of a model: data set, network and training, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.tables import from_table, read_toml, require_keys
from fusiform.solvers.flow import Resolution
from fusiform.surrogates.data.dataset import DatasetConfig
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.flow_training.sip_targets import InverseConfig
from fusiform.surrogates.flow_training.stages import EquationsConfig, FitConfig, HalfInverseSettings, RuleConfig
from fusiform.surrogates.flow_training.tangent_targets import TangentConfig

METHODS = ("supervised", "dp", "sip", "hig", "sip-hig")
OF_DATASET = {"space": DesignSpace, "resolution": Resolution}  # tables of their own, parts of the data set's settings


@dataclass(frozen=True)
class HeldoutConfig:
    """The cases that no model is trained on: `count` designs of the same space drawn with another `seed`."""

    count: int
    seed: int

    def __post_init__(self) -> None:
        require(self.count >= 2, f"expected at least two held-out cases, got {self.count}; raise count in [heldout]")


@dataclass(frozen=True)
class NetworkConfig:
    """`basis` vectors of the flow state; `width` and `depth` of the perceptron's hidden layers."""

    basis: int = 192
    width: int = 320
    depth: int = 3


@dataclass(frozen=True)
class TrainingConfig:
    """`method`: one of `METHODS`; `solves`: how many full solves of the data set are used (0: all).

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
        require(
            self.method in METHODS,
            f"expected a training method of {', '.join(METHODS)}, got {self.method!r}; choose one of these",
        )
        require(
            self.method == "supervised" or (self.rounds >= 1 and self.bodies >= 1 and self.round_steps >= 1),
            f"expected at least one round, body and step for the method {self.method}, got "
            f"{self.rounds}, {self.bodies} and {self.round_steps}; set rounds, bodies and round_steps in [training]",
        )


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
            self.tangents.bodies == 0 or self.training.method == "sip",
            f"expected the method sip before a round of tangents, got {self.training.method}; change the method, or "
            "set bodies = 0 in [tangents]",
        )

    @property
    def rules(self) -> RuleConfig:
        """Settings of the update rules."""
        return RuleConfig(self.fit, self.equations, self.half_inverse)


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; `InputError` names the table and key of what does not fit."""
    tables = read_toml(path, "TOML recipe", "see assets/recipes")
    kinds = {name: hint for name, hint in get_type_hints(Recipe).items() if name not in ("name", "dataset")}
    require_keys(tables, ("name", "dataset", *OF_DATASET, *kinds), "a recipe")
    parts = {name: _table(kind, tables, name) for name, kind in kinds.items()}
    space_and_resolution = {name: _table(kind, tables, name) for name, kind in OF_DATASET.items()}
    drawn = tables.get("dataset", {})
    require_keys(drawn, [f.name for f in fields(DatasetConfig) if f.name not in OF_DATASET], "[dataset]")
    dataset = from_table(DatasetConfig, {**drawn, **space_and_resolution}, "[dataset]")
    require(
        parts["heldout"].seed != dataset.seed,
        f"expected different seeds in [dataset] and [heldout], got {dataset.seed} twice; change one of them",
    )
    return from_table(Recipe, {"name": tables.get("name", path.stem), "dataset": dataset, **parts}, "a recipe")


def _table(kind: type, tables: dict[str, Any], name: str) -> Any:
    return from_table(kind, tables.get(name, {}), f"[{name}]")
