"""Bounds on the errors of a prediction's drag and lift, from quantities that need no solve.

    |C_D − C_D*| ≤ ε_D C_D,      ε_D = exp(s_D) δ^p ρ^q
    |C_L − C_L*| ≤ ε_L C_D,      ε_L = exp(s_L) δ^p' ρ^q' l

for 95 of 100 bodies in each part of the trained range. δ ≥ δ₀ is the distance of the standardised features to the
nearest training design, over the radius within which 95 % of held-out designs lie. ρ is the root mean square of (ψ_ξξ +
ψ_ηη + h²ω)/h over the nodes of the predicted flow: the inconsistency of its two fields, which the network predicts
separately. (The residual of the vorticity equation is a poorer measure: assets/docs/surrogates-diary.md.) l is the
lopsidedness of the body (`stance`): a symmetric one has no lift, and the bound on it is 0.

The level s depends on the part of the space: it is piecewise linear in the logarithms of slenderness and Reynolds
number and in l², with values at 3 x 3 x 2 nodes. Outside the trained range ε is infinite. Confidence: min(1, 1 %/ε_D).

The model answers for a body of its own modes, at a distance e from the given one. Then the bounds are those of a poorer
answer, and the drag's also has the change of the drag from one body to the other (`with_misfit`):

    ε_D → (1 + (e/0.02)²) ε_D + 0.6 e,      ε_L → (1 + (e/0.02)²) ε_L.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import torch
from torch import Tensor

from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.flow import Problem, State, residual
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.interface import ErrorBounds
from fusiform.surrogates.model.layout import BOUND_NODES
from fusiform.surrogates.model.stance import Stance


@dataclass(frozen=True)
class BoundSettings:
    """Constants of the bound.

    `covered`: share of bodies that keep it; `trusted_error`: the largest bound with confidence 1; `least_distance`: δ₀;
    `least_residual`: the smallest ρ; `doubling_misfit`: the misfit of a body reduced to the model's modes that doubles
    its bounds; `drag_misfit`: the change of the drag, over C_D, for each unit of that misfit, measured up to Re 50 on
    bodies with edges or blunt ends (assets/docs/surrogates-measurements.md); `lopsided`: the lopsidedness of the
    second node.
    """

    covered: float = 0.95
    trusted_error: float = 0.01
    least_distance: float = 0.05
    least_residual: float = 1e-9
    doubling_misfit: float = 0.02
    drag_misfit: float = 0.6
    lopsided: float = 0.5


BOUND = BoundSettings()


@dataclass(frozen=True)
class Clues:
    """All that the bounds depend on, each (batch,): δ, ρ, slenderness, Reynolds number and lopsidedness."""

    distance: Tensor
    residuals: Tensor
    slenderness: Tensor
    reynolds: Tensor
    lopsidedness: Tensor


@dataclass(frozen=True)
class LocalBound:
    """One bound: `levels` s at the nodes (3, 3, 2), and the exponents p and q."""

    levels: Tensor
    distance_exponent: float
    residual_exponent: float

    def log_bound(self, space: DesignSpace, clues: Clues) -> Tensor:
        """ln ε (batch,), without the factor l of the lift."""
        return (
            node_weights(space, clues).to(self.levels) @ self.levels.flatten()
            + self.distance_exponent * clues.distance.log()
            + self.residual_exponent * clues.residuals.log()
        )


@dataclass(frozen=True)
class ErrorModel:
    """The fitted bounds.

    `anchors` (n, inputs): standardised features of the training designs; `radius`: within this distance of the nearest
    anchor lie 95 % of held-out designs; `drag`, `lift`: the two bounds.
    """

    anchors: Tensor
    radius: float
    drag: LocalBound
    lift: LocalBound

    @classmethod
    def unfitted(cls, anchors: Tensor, radius: float) -> ErrorModel:
        """With bounds that nothing is known of yet."""
        unknown = LocalBound(torch.zeros(BOUND_NODES, dtype=torch.float64), 0.0, 0.0)
        return cls(anchors, radius, unknown, unknown)

    @cached_property
    @ordinary_tensors()
    def _squares(self) -> Tensor:
        """|anchor|², (n,)."""
        return self.anchors.square().sum(1)

    def distance(self, inputs: Tensor) -> Tensor:
        """max(δ, δ₀) (batch,) of standardised features (batch, inputs)."""
        inputs = inputs.to(self.anchors)
        nearest = (self._squares - 2.0 * inputs @ self.anchors.mT).amin(1) + inputs.square().sum(1)
        return nearest.clamp_min((BOUND.least_distance * self.radius) ** 2).sqrt() / self.radius

    def clues(self, inputs: Tensor, stance: Stance, reynolds: Tensor, flow: tuple[Problem, State]) -> Clues:
        """Of bodies with standardised features `inputs` (batch, inputs) and the predicted `flow`."""
        residuals = kinematic_residual(*flow).clamp_min(BOUND.least_residual)
        parts = (self.distance(inputs), residuals, stance.slenderness, reynolds, stance.lopsidedness)
        return Clues(*(part.double() for part in parts))

    def bounds(self, space: DesignSpace, clues: Clues, inside: Tensor) -> ErrorBounds:
        """Of bodies with `clues`; infinite where `inside` (batch,) is False."""
        drag, lift = (part.log_bound(space, clues).exp() for part in (self.drag, self.lift))
        outside = torch.full_like(drag, torch.inf)
        return ErrorBounds(torch.where(inside, drag, outside), torch.where(inside, lift * clues.lopsidedness, outside))


def node_weights(space: DesignSpace, clues: Clues) -> Tensor:
    """The weight of each node (batch, 18) in a piecewise linear function; they sum to 1."""
    slender = _hats(clues.slenderness.log(), *_thirds(space.fineness_min, space.fineness_max))
    fast = _hats(clues.reynolds.log(), *_thirds(space.reynolds_min, space.reynolds_max))
    lopsided = _hats(clues.lopsidedness.square(), 0.0, BOUND.lopsided**2)
    return torch.einsum("ni,nj,nk->nijk", slender, fast, lopsided).flatten(1)


def _thirds(low: float, high: float) -> tuple[float, float, float]:
    """The logarithms of two limits and of their geometric mean."""
    return math.log(low), 0.5 * math.log(low * high), math.log(high)


def _hats(values: Tensor, *nodes: float) -> Tensor:
    """Weights (batch, nodes) of linear interpolation, constant beyond the first and the last node."""
    places = [(values - a) / max(b - a, 1e-12) for a, b in pairwise(nodes)]
    steps = [place.clamp(0.0, 1.0) for place in places]
    edges = [torch.ones_like(values), *steps, torch.zeros_like(values)]
    return torch.stack([a - b for a, b in pairwise(edges)], dim=1)


def radius(anchors: Tensor, inputs: Tensor) -> float:
    """The distance to the nearest anchor that 95 % of the given (held-out) features keep."""
    return float(torch.cdist(inputs.to(anchors), anchors).amin(1).quantile(BOUND.covered))


def kinematic_residual(problem: Problem, state: State) -> Tensor:
    """ρ (batch,), over the nodes between wall and outer line. E1 at a node is the equation times the node's area.

    Around an axis it is times the mass s³ dξ dη, and the equation that of g: s times it compares, off the axis.
    """
    inner = slice(1, -1)
    if problem.radius is not None:
        at = (slice(None), inner, inner)
        mass = problem.layout.assemble(problem.mass)
        strong = residual(problem, state).phi[at] / mass[at] * problem.stream[at]
        return (strong.square() / problem.metric[at]).mean((1, 2)).sqrt()
    strong = residual(problem, state).phi[:, inner] / problem.area[:, inner]
    return (strong.square() / problem.metric[:, inner]).mean((1, 2)).sqrt()


def confidence_of(bound: Tensor) -> Tensor:
    """Confidence (batch,) between 0 and 1 of bounds on the relative error of the drag; 0 for an infinite one."""
    return torch.clamp(BOUND.trusted_error / bound, max=1.0)


def with_misfit(bounds: ErrorBounds, misfit: float) -> ErrorBounds:
    """The bounds for the given body, which the model's modes describe with a misfit, as in `Body.fit_error`."""
    factor = 1.0 + (misfit / BOUND.doubling_misfit) ** 2
    return ErrorBounds(factor * bounds.drag + BOUND.drag_misfit * misfit, factor * bounds.lift)
