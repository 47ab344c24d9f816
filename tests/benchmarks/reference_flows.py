"""Converged drag and lift by finite elements, `references.toml`, for the benchmarks that compare with them.

A body is its Laurent coefficients a_k, so that it stays the same when the fits of outlines change. C_D and C_L are on d
and, for a body of revolution, on the frontal area π d²/4 of the sphere of equal volume. The uncertainties are absolute.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fusiform.solvers import Body

TABLE = Path(__file__).with_name("references.toml")
REVOLUTION = "revolution"


@dataclass(frozen=True)
class ReferenceFlow:
    """One flow: what it is, its coefficients, how far they may be off, and the discretisation that gave them."""

    group: str
    body: Body
    reynolds: float
    alpha_deg: float
    drag: float
    lift: float
    drag_uncertainty: float
    lift_uncertainty: float
    made: str

    @property
    def lifts(self) -> bool:
        """True if the flow is not symmetric."""
        return self.lift != 0.0

    @property
    def title(self) -> str:
        """The flow in a few words."""
        return f"{self.body.name}, Re {self.reynolds:g}, {self.alpha_deg:g} deg"


def read_table() -> dict[str, Any]:
    """The file as it is."""
    with TABLE.open("rb") as file:
        return tomllib.load(file)


def body_of(table: dict[str, Any], name: str) -> Body:
    """A body of the file."""
    parts = table["bodies"][name]
    return Body([complex(*pair) for pair in zip(parts["real"], parts["imag"], strict=True)], name=name)


@cache
def reference_flows() -> tuple[ReferenceFlow, ...]:
    """All flows of the table that have numbers, in its order."""
    table = read_table()
    known = [flow for flow in table["flows"] if flow["drag"]]
    return tuple(ReferenceFlow(**{**flow, "body": body_of(table, flow["body"])}) for flow in known)


def plane_flows(*groups: str) -> list[ReferenceFlow]:
    """The plane flows of some groups, or of all."""
    return [flow for flow in reference_flows() if flow.group != REVOLUTION and (not groups or flow.group in groups)]


def reference_flow(body: str, reynolds: float, alpha_deg: float) -> ReferenceFlow:
    """The plane flow past a body of the table; `LookupError` if it is not there."""
    for flow in plane_flows():
        if (flow.body.name, flow.reynolds, flow.alpha_deg) == (body, reynolds, alpha_deg):
            return flow
    raise LookupError(f"expected a flow of {TABLE.name}, got {body}, Re {reynolds:g}, {alpha_deg:g} deg; add it there")
