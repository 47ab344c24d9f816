"""Whether constraints on the shape agree, before anything is iterated: certain contradictions in words, then a search.

A contradiction that follows from the numbers alone is stated as such. Otherwise the nearest body that satisfies all
constraints is looked for, from the start and from ellipses; where none is found, the one that lacks least is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from scipy.optimize import minimize

from fusiform.solvers.geometry import Body, is_valid
from fusiform.solvers.inverse.problem.containment import KeepOut, Payload
from fusiform.solvers.inverse.problem.objectives import DragEquals, ForceConstraint, Lift
from fusiform.solvers.inverse.problem.shape_constraints import (
    Constraint,
    MaxHeight,
    MaxLength,
    MaxPerimeter,
    MinRadius,
    MinThickness,
)
from fusiform.solvers.inverse.search.variables import Array, Variables

FINENESSES = (1.0, 2.0, 0.5, 4.0, 8.0, 0.25)
ITERATIONS = 60
TOUCHING = 1e-7


@dataclass(frozen=True)
class Feasibility:
    """Variables `x` (n,) of the nearest feasible body, or of what lacks least, and then the `problem`, a sentence."""

    x: Array
    problem: str | None


def contradiction(body: Body, constraints: Sequence[Constraint]) -> str | None:
    """A sentence where the constraints cannot hold together whatever the body, from the numbers alone, or None."""
    area, d = body.area, body.reference_length
    lengths = [c for c in constraints if isinstance(c, MaxLength)]
    heights = [c for c in constraints if isinstance(c, MaxHeight)]
    inside = [c for c in constraints if isinstance(c, Payload) and c.inside]
    outside = [c for c in constraints if isinstance(c, KeepOut)]
    for length, height in product(lengths, heights):
        if length.value * height.value < area:
            box = f"a box of {length.value:g} x {height.value:g} holds an area of {length.value * height.value:.4g}"
            return f"{box}, and the body's area, which is kept, is {area:.4g}"
    for c in constraints:
        if isinstance(c, MaxPerimeter) and c.value < math.pi * d:
            return f"no outline shorter than the circle's, {math.pi * d:.4g}, encloses the body's area, got {c.value:g}"
        if isinstance(c, MinRadius) and c.value > 0.5 * d:
            return (
                f"an outline whose radius of curvature is nowhere below {c.value:g} contains a circle of that radius, "
                "which has more than the body's area"
            )
        if isinstance(c, MinThickness):
            for height in heights:
                if c.value > height.value:
                    return f"a {c.describe()} does not fit into a {height.describe()}"
    for load in inside:
        corners, radius = load.region.hull()
        spans = [[z.real for z in corners], [z.imag for z in corners]]
        extents: tuple[Sequence[MaxLength | MaxHeight], ...] = (lengths, heights)
        for limits, span in zip(extents, spans, strict=True):
            for limit in limits:
                if max(span) - min(span) + 2.0 * (radius + load.clearance) > limit.value:
                    return f"the body that {load.describe()} is longer or higher than {limit.value:g}"
        if load.region.area >= area:
            return f"the body, whose area is {area:.4g}, cannot hold a region of area {load.region.area:.4g}"
    for load, block in product(inside, outside):
        gap = float(block.region.distance(torch.tensor([load.region.centre], dtype=torch.complex128))[0])
        if gap < block.clearance:
            return f"the body that {load.describe()} cannot be one that {block.describe()}"
    return None


def force_contradiction(conditions: Sequence[ForceConstraint]) -> str | None:
    """A sentence where bounds of the same coefficient at the same point exclude each other, or None."""
    bounds: dict[tuple[str, int], tuple[float, float]] = {}
    for c in conditions:
        if isinstance(c, Lift):
            name, low, high = "lift", -math.inf if c.minimum is None else c.minimum, c.maximum
        elif isinstance(c, DragEquals):
            name, low, high = "drag", c.value, c.value
        else:
            continue
        before = bounds.get((name, c.point), (-math.inf, math.inf))
        now = max(low, before[0]), min(math.inf if high is None else high, before[1])
        if now[0] > now[1]:
            return f"the {name} coefficient cannot be at least {now[0]:g} and at most {now[1]:g} at once"
        bounds[name, c.point] = now
    return None


def nearest_feasible(variables: Variables, start: Array, *, thorough: bool = True) -> Feasibility:
    """The feasible body nearest to `start` (n,), or what lacks least; from `start` alone if not `thorough`."""
    best, lack = start, _lack(variables, start)
    for guess in (start, *(_ellipses(variables, start) if thorough else ())):
        found = _project(variables, guess)
        off = _lack(variables, found)
        if off < lack:
            best, lack = found, off
        if lack <= TOUCHING:
            return Feasibility(best, None)
    eased = _least_lack(variables, best)
    best = eased if _lack(variables, eased) < lack else best
    return Feasibility(best, _sentence(variables, best))


def _lack(variables: Variables, x: Array) -> float:
    """How much the worst residual lacks; infinite for what is no body."""
    if not bool(is_valid(variables.coefficients(torch.from_numpy(x)[None]))[0]):
        return math.inf
    return max(0.0, -float(variables.values(x).min()))


def _ellipses(variables: Variables, start: Array) -> list[Array]:
    """Ellipses standing on the payload, or where the start stands."""
    centres = [z for c in variables.constraints if isinstance(c, Payload) and c.inside for z in c.region.hull()[0]]
    shift = variables.shape(torch.from_numpy(start)[None]).shift[0]
    middle = complex(shift)
    if centres:
        x, y = [z.real for z in centres], [z.imag for z in centres]
        middle = complex(0.5 * (min(x) + max(x)), 0.5 * (min(y) + max(y)))
    bodies = [Body.ellipse(f, modes=variables.modes).coefficients for f in FINENESSES]
    return [variables.pack(a, middle) for a in bodies]


def _project(variables: Variables, start: Array) -> Array:
    """The nearest point with all residuals ≥ 0 that SLSQP finds."""
    found = minimize(
        lambda x: (0.5 * float(((x - start) ** 2).sum()), x - start),
        start,
        jac=True,
        method="SLSQP",
        constraints={"type": "ineq", "fun": variables.values, "jac": variables.jacobian},
        options={"maxiter": ITERATIONS, "ftol": 1e-10},
    )
    x: Array = found.x
    return x if np.isfinite(x).all() else start


def _least_lack(variables: Variables, start: Array) -> Array:
    """min t ≥ 0 with all residuals ≥ −t."""
    size = len(start)
    unit = np.zeros(size + 1)
    unit[-1] = 1.0

    def jacobian(x: Array) -> Array:
        slopes = variables.jacobian(x[:-1])
        wide: Array = np.concatenate([slopes, np.ones((len(slopes), 1))], axis=1)
        return wide

    lack = max(0.0, -float(variables.values(start).min()))
    found = minimize(
        lambda x: (x[-1], unit),
        np.append(start, lack),
        jac=True,
        method="SLSQP",
        bounds=[(None, None)] * size + [(0.0, None)],
        constraints={"type": "ineq", "fun": lambda x: variables.values(x[:-1]) + x[-1], "jac": jacobian},
        options={"maxiter": 2 * ITERATIONS, "ftol": 1e-9},
    )
    x: Array = found.x[:-1]
    return x if np.isfinite(x).all() else start


def _sentence(variables: Variables, x: Array) -> str | None:
    """What the best body found still lacks, or None."""
    worst = _lack(variables, x)
    if worst <= TOUCHING:
        return None
    slacks = variables.slacks(x)
    missed = [
        f"{c.describe()} (short by {-slack:.3g})" if not hasattr(c, "name") else c.describe()
        for c, slack in zip(variables.constraints, slacks, strict=True)
        if slack < 0.0
    ]
    missed = missed or ["edges that the grid resolves"]
    others = [c.describe() for c, slack in zip(variables.constraints, slacks, strict=True) if slack >= 0.0]
    beside = f" beside {', '.join(others)}" if others else ""
    return (
        f"no body of {variables.modes} modes and this area was found with {' and '.join(missed)}{beside}; "
        "this is the nearest one"
    )
