"""The measured comparisons of the training methods that ship with Fusiform, as numbers: assets/training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fusiform.app.results.measured import TRAINING, table
from fusiform.surrogates.flow_training.method_names import METHODS


@dataclass(frozen=True)
class Spread:
    """A relative drag error: the median over three seeds, the lowest and the highest of them."""

    median: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class MeasuredMethod:
    """A row of the comparison in equal time: `method` is a key of `METHODS`, `drag` the median held-out drag error."""

    label: str
    method: str
    steps: int
    bodies: int
    factorisations: int
    drag: Spread

    @property
    def solves_per_body(self) -> float:
        """Factorisations that the training data of a body cost."""
        return self.factorisations / self.bodies


@dataclass(frozen=True)
class Comparison:
    """The comparison in equal time: the error that all methods `start` with, and the `methods` by their keys."""

    start: Spread
    methods: Mapping[str, MeasuredMethod]


@dataclass(frozen=True)
class Conditioned:
    """A row of the comparison on a problem with adjustable scales: errors at each condition number, in order."""

    label: str
    method: str
    errors: tuple[float, ...]


@cache
def comparison() -> Comparison:
    """The numbers of methods.json."""
    values = json.loads((TRAINING / "methods.json").read_text())
    methods = {key: _method(row) for key, row in values["methods"].items()}
    return Comparison(Spread(**values["start"]["drag"]), methods)


def _method(row: dict[str, Any]) -> MeasuredMethod:
    kept = {name: row[name] for name in ("label", "method", "steps", "bodies", "factorisations")}
    return MeasuredMethod(**kept, drag=Spread(**row["drag"]))


@cache
def conditioning() -> tuple[tuple[float, ...], tuple[Conditioned, ...]]:
    """The condition numbers of conditioning.md, and its rows; their labels are a method and, perhaps, an optimizer."""
    keys = {label: method for method, label in METHODS.items()}
    rows = [tuple(row.items()) for row in table("conditioning")]
    numbers = tuple(float(column.removeprefix("cond ")) for column, _ in rows[0][1:])
    return numbers, tuple(
        Conditioned(label, keys[label.split(",")[0]], tuple(float(error) for _, error in errors))
        for (_, label), *errors in rows
    )
