"""The values of a model's folder, one table for the arrays and one for the configuration, checked without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np

from fusiform.solvers.common.array_values import Array, Expected, require_arrays
from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.ranges import Range
from fusiform.solvers.common.tables import from_table
from fusiform.solvers.flow import Resolution
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.model.card_values import require_card
from fusiform.surrogates.model.layout import BOUND_NODES, FORCE_PARITY, FORCES, inputs_of, nodes_of

SINGLE, DOUBLE, HALF = "float32", "float64", "float16"
LONGEST_NAME = 100
WIDTHS, DEPTHS = (1, 2048), (0, 16)


@dataclass(frozen=True)
class Architecture:
    """`width` and `depth` of the perceptron's hidden layers after the first."""

    width: Annotated[int, Range(*WIDTHS)]
    depth: Annotated[int, Range(*DEPTHS)]


@dataclass(frozen=True)
class BoundExponents:
    """The numbers of a `LocalBound` with their ranges."""

    distance_exponent: Annotated[float, Range(0, 100)]
    residual_exponent: Annotated[float, Range(0, 100)]


@dataclass(frozen=True)
class BoundNumbers:
    """The numbers of `ErrorModel` with their ranges."""

    radius: Annotated[float, Range(1e-9, 1e9)]
    drag: BoundExponents
    lift: BoundExponents


@dataclass(frozen=True)
class Configuration:
    """The keys of a configuration that are numbers or texts, but for its format and its checksums."""

    name: str
    architecture: Architecture
    resolution: Resolution
    space: DesignSpace
    error: BoundNumbers
    card: dict[str, Any]

    def __post_init__(self) -> None:
        require_name(self.name, "train the model by a recipe with such a name")
        require_card(self.card)


def require_name(name: object, remedy: str) -> None:
    """Raise `InputError` unless `name` can name a model; the sentence ends with `remedy`."""
    require(
        isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable(),
        f"expected a name of 1 to {LONGEST_NAME} printable characters, got {shown(name)}; {remedy}",
    )


def configuration_of(values: Mapping[str, Any]) -> Configuration:
    """The configuration in a table; `InputError` for an unknown, missing or wrong entry."""
    config = from_table(Configuration, values, "the configuration of a model")
    read = asdict(config) | {"space": config.space.table()}
    missing = [key for key, entry in read.items() if entry != values[key]]  # defaults do not count
    require(
        not missing,
        f"expected all entries of {', '.join(missing)} in the configuration of a model, got fewer; train it again",
    )
    return config


def expected_arrays(config: Configuration, basis: int, anchors: int) -> dict[str, Expected]:
    """The arrays of a model with `basis` vectors of the flow basis and `anchors` training designs."""
    space, width, outputs = config.space, config.architecture.width, basis + FORCES
    inputs, nodes = (
        inputs_of(space.modes, space.revolution),
        2 * math.prod(nodes_of(config.resolution, space.revolution)),
    )
    layers = {"first": (width, inputs), "last": (outputs, width)}
    layers |= {f"hidden.{i}": (width, width) for i in range(config.architecture.depth)}
    weights = {f"network.perceptron.{name}.weight": Expected(SINGLE, shape) for name, shape in layers.items()}
    biases = {f"network.perceptron.{name}.bias": Expected(SINGLE, shape[:1]) for name, shape in layers.items()}
    return weights | biases | {
        "network.parity": Expected(SINGLE, (outputs,), -1, 1),
        "network.input_mean": Expected(SINGLE, (inputs,)),
        "network.input_spread": Expected(SINGLE, (inputs,), 9e-7),
        "network.output_mean": Expected(SINGLE, (outputs,)),
        "network.output_spread": Expected(SINGLE, (outputs,), 9e-10),
        "basis.vectors": Expected(SINGLE, (basis, nodes), -2, 2),
        "basis.mean": Expected(SINGLE, (nodes,)),
        "basis.parity": Expected(SINGLE, (basis,), -1, 1),
        "basis.spread": Expected(SINGLE, (basis,), 0, 1.001),
        "basis.field_scale": Expected(SINGLE, (2,), 1e-9),
        "basis.coefficient_scale": Expected(SINGLE, (), 1e-9, 1e9),
        "drag_scale": Expected(DOUBLE, (3,), -100, 100),
        "drag_levels": Expected(DOUBLE, BOUND_NODES, -100, 100),
        "lift_levels": Expected(DOUBLE, BOUND_NODES, -100, 100),
        "anchors": Expected(HALF, (anchors, inputs), -65504, 65504),
    }  # fmt: skip


def require_model_arrays(arrays: Mapping[str, Array], config: Configuration, remedy: str) -> None:
    """Raise `InputError` unless `arrays` are those of a model with `config`; the sentence ends with `remedy`."""
    expected = expected_arrays(config, _rows(arrays, "basis.parity"), _rows(arrays, "anchors"))
    require_arrays(arrays, expected, "a model", remedy)
    _require_parity(arrays, remedy)
    drag = float(arrays["network.output_mean"][-FORCES:][:2].sum())
    require(drag > 0, f"expected a positive mean drag in network.output_mean, got {drag:g}; {remedy}")


def _rows(arrays: Mapping[str, Array], name: str) -> int:
    """The rows of an array, at least one, also if there is none."""
    return max(1, len(arrays[name])) if name in arrays and arrays[name].ndim else 1


def _require_parity(arrays: Mapping[str, Array], remedy: str) -> None:
    """Mirroring a body keeps each output or changes its sign, and it keeps the mean body."""
    parity, mean = arrays["network.parity"], arrays["network.output_mean"]
    known = np.concatenate([arrays["basis.parity"], np.array(FORCE_PARITY, np.float32)])
    require(
        bool((np.abs(parity) == 1).all() and (parity == known).all() and (mean[parity < 0] == 0).all()),
        f"expected a network with the parity of its basis, ±1 for each output, got another; {remedy}",
    )
