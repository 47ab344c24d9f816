"""The TOML recipe of a model: data set, network and training, checked once."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.flow import Resolution
from fusiform.surrogates.data.dataset import DatasetConfig
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.flow_training.sip_targets import InverseConfig
from fusiform.surrogates.flow_training.stages import EquationsConfig, FitConfig, HalfInverseSettings, RuleConfig
from fusiform.surrogates.flow_training.tangent_targets import TangentConfig

METHODS = ("supervised", "dp", "sip", "hig", "sip-hig")
T = TypeVar("T")


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
    require(path.is_file(), f"expected a TOML recipe, got {str(path)!r} which is no file; see assets/recipes")
    try:
        tables = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"expected a TOML recipe, got {path.name} that is none ({error}); correct it") from error
    data = tables.pop("dataset", {})
    require(isinstance(data, dict), f"expected a table [dataset], got {data!r}; write its keys below [dataset]")
    dataset = _table(
        DatasetConfig,
        "dataset",
        data
        | {
            "space": _table(DesignSpace, "space", tables.pop("space", {})),
            "resolution": _table(Resolution, "resolution", tables.pop("resolution", {})),
        },
    )
    heldout = _table(HeldoutConfig, "heldout", tables.pop("heldout", {}))
    require(
        heldout.seed != dataset.seed,
        f"expected different seeds in [dataset] and [heldout], got {dataset.seed} twice; change one of them",
    )
    kinds = {
        "network": NetworkConfig,
        "fit": FitConfig,
        "equations": EquationsConfig,
        "half_inverse": HalfInverseSettings,
        "inverse": InverseConfig,
        "training": TrainingConfig,
        "tangents": TangentConfig,
    }
    parts: dict[str, Any] = {name: _table(kind, name, tables.pop(name, {})) for name, kind in kinds.items()}
    name = tables.pop("name", path.stem)
    require(
        not tables,
        f"expected the tables dataset, heldout, space, resolution, {', '.join(kinds)}, got {', '.join(tables)}; "
        "remove or rename it",
    )
    return Recipe(name=str(name), dataset=dataset, heldout=heldout, **parts)


def _table(kind: type[T], name: str, values: dict[str, Any]) -> T:
    """A dataclass from a TOML table, with unknown, missing and mistyped keys refused by name."""
    require(isinstance(values, dict), f"expected a table [{name}], got {values!r}; write its keys below [{name}]")
    known = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = [key for key in values if key not in known]
    require(
        not unknown,
        f"expected keys of [{name}] among {', '.join(known)}, got {', '.join(unknown)}; correct the recipe",
    )
    missing = [k for k, f in known.items() if f.default is dataclasses.MISSING and k not in values]
    require(not missing, f"expected {', '.join(missing)} in [{name}], got nothing; add it to the recipe")
    for key, value in values.items():
        wanted = str(known[key].type)
        fits = not isinstance(value, bool) and isinstance(value, (int, float) if wanted == "float" else (int, str))
        fits = fits and (wanted != "int" or isinstance(value, int)) and (wanted != "str" or isinstance(value, str))
        require(
            fits or wanted not in ("int", "float", "str"),
            f"expected {wanted} for {key} in [{name}], got {value!r}; correct the recipe",
        )
    return kind(**values)
