"""How far to trust a prediction: a bound on its drag error from what can be known without solving.

    ε = A max(δ, δ₀)^p ρ^q,     |C_D/C_D* − 1| ≤ ε  for 95 of 100 bodies, inside the training space and around it

δ is the distance of the standardised features to the nearest training design, over the radius that 95 % of held-out
designs keep. ρ is the root mean square of (ψ_ξξ + ψ_ηη + h²ω)/h over the predicted flow: how far its two fields, which
the network makes separately, are from belonging together. (The vorticity equation's residual tells less: README.md.)
p and q are fitted to solved bodies inside and outside the training space, and A so that 95 % of each of the two sets
keep the bound. The confidence is min(1, 1 %/ε).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from scipy.optimize import nnls
from torch import Tensor

from fusiform.solvers.flow import Problem, State, residual

COVERED = 0.95
TRUSTED_ERROR = 0.01
LEAST_DISTANCE, LEAST_ERROR = 0.05, 1e-6


@dataclass(frozen=True)
class ErrorModel:
    """`anchors` (n, inputs): standardised features of the training designs; `radius`: the distance to the nearest of
    them that 95 % of held-out designs keep; `log_scale` ln A, `distance_exponent` p, `residual_exponent` q."""

    anchors: Tensor
    radius: float
    log_scale: float
    distance_exponent: float
    residual_exponent: float

    @cached_property
    def _squares(self) -> Tensor:
        """|anchor|², (n,)."""
        return self.anchors.square().sum(1)

    def distance(self, inputs: Tensor) -> Tensor:
        """max(δ, δ₀) (batch,) of standardised features (batch, inputs)."""
        inputs = inputs.to(self.anchors)
        nearest = (self._squares - 2.0 * inputs @ self.anchors.mT).amin(1) + inputs.square().sum(1)
        return nearest.clamp_min((LEAST_DISTANCE * self.radius) ** 2).sqrt() / self.radius

    def bound(self, inputs: Tensor, problem: Problem, state: State) -> Tensor:
        """ε (batch,) for standardised features and the predicted flow."""
        return self.log_bound(self.distance(inputs).double(), kinematic_residual(problem, state)).exp()

    def log_bound(self, distance: Tensor, residuals: Tensor) -> Tensor:
        """ln ε (n,) at distances δ and residuals ρ (n,)."""
        return self.log_scale + self.distance_exponent * distance.log() + self.residual_exponent * residuals.log()


def radius(anchors: Tensor, inputs: Tensor) -> float:
    """The distance to the nearest anchor that 95 % of the given (held-out) features keep."""
    return float(torch.cdist(inputs.to(anchors), anchors).amin(1).quantile(COVERED))


def kinematic_residual(problem: Problem, state: State) -> Tensor:
    """ρ (batch,), over the lines between wall and outer line."""
    inner = slice(1, -1)
    return (residual(problem, state).psi[:, inner].square() / problem.metric[:, inner]).mean((1, 2)).sqrt()


def confidence_of(bound: Tensor) -> Tensor:
    """Confidence (batch,) between 0 and 1 of bounds on the relative error."""
    return torch.clamp(TRUSTED_ERROR / bound, max=1.0)


def fit_exponents(distance: Tensor, residuals: Tensor, errors: Tensor) -> tuple[float, float]:
    """(p, q) ≥ 0 by least squares of the logarithms of relative drag errors (n,) at distances δ, residuals ρ (n,)."""
    wanted = errors.clamp_min(LEAST_ERROR).log().double().numpy()
    columns = torch.stack([distance.log(), residuals.log()], dim=1).double().numpy()
    exponents, _ = nnls(columns - columns.mean(0), wanted - wanted.mean())
    return float(exponents[0]), float(exponents[1])
