"""A bound on the drag error of a prediction, from quantities that need no solve.

    ε = A max(δ, δ₀)^p ρ^q,     |C_D/C_D* − 1| ≤ ε  for 95 of 100 bodies, inside the training space and around it

δ is the distance of the standardised features to the nearest training design, over the radius within which 95 % of
held-out designs lie. ρ is the root mean square of (ψ_ξξ + ψ_ηη + h²ω)/h over the predicted flow: the
inconsistency of its two fields, which the network predicts separately. (The residual of the vorticity equation is a
poorer measure: assets/docs/surrogates-diary.md.) p and q are fitted to solved bodies inside and outside the training
space, and A so that 95 % of each of the two sets keep the bound. The confidence is min(1, 1 %/ε).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from scipy.optimize import nnls
from torch import Tensor

from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.flow import Problem, State, residual


@dataclass(frozen=True)
class BoundSettings:
    """Constants of the bound.

    `covered`: share of bodies that keep it; `trusted_error`: the largest bound with confidence 1; `least_distance`: δ₀;
    `least_error`: smaller errors count as this one in the fit; `doubling_misfit`: the misfit of a body reduced to the
    model's modes that doubles its bound.
    """

    covered: float = 0.95
    trusted_error: float = 0.01
    least_distance: float = 0.05
    least_error: float = 1e-6
    doubling_misfit: float = 0.02


BOUND = BoundSettings()


@dataclass(frozen=True)
class ErrorModel:
    """The fitted bound.

    `anchors` (n, inputs): standardised features of the training designs; `radius`: within this distance of the nearest
    anchor lie 95 % of held-out designs; `log_scale` ln A, `distance_exponent` p, `residual_exponent` q.
    """

    anchors: Tensor
    radius: float
    log_scale: float
    distance_exponent: float
    residual_exponent: float

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

    def bound(self, inputs: Tensor, problem: Problem, state: State) -> Tensor:
        """ε (batch,) for standardised features and the predicted flow."""
        return self.log_bound(self.distance(inputs).double(), kinematic_residual(problem, state)).exp()

    def log_bound(self, distance: Tensor, residuals: Tensor) -> Tensor:
        """ln ε (n,) at distances δ and residuals ρ (n,)."""
        return self.log_scale + self.distance_exponent * distance.log() + self.residual_exponent * residuals.log()


def radius(anchors: Tensor, inputs: Tensor) -> float:
    """The distance to the nearest anchor that 95 % of the given (held-out) features keep."""
    return float(torch.cdist(inputs.to(anchors), anchors).amin(1).quantile(BOUND.covered))


def kinematic_residual(problem: Problem, state: State) -> Tensor:
    """ρ (batch,), over the lines between wall and outer line."""
    inner = slice(1, -1)
    return (residual(problem, state).psi[:, inner].square() / problem.metric[:, inner]).mean((1, 2)).sqrt()


def confidence_of(bound: Tensor) -> Tensor:
    """Confidence (batch,) between 0 and 1 of bounds on the relative error."""
    return torch.clamp(BOUND.trusted_error / bound, max=1.0)


def misfit_factor(misfit: float) -> float:
    """Factor on the bound of a body that the model's modes describe with a misfit, as in `Body.fit_error`."""
    return 1.0 + (misfit / BOUND.doubling_misfit) ** 2


def fit_exponents(distance: Tensor, residuals: Tensor, errors: Tensor) -> tuple[float, float]:
    """(p, q) ≥ 0 by least squares of the logarithms of relative drag errors (n,) at distances δ, residuals ρ (n,)."""
    target = errors.clamp_min(BOUND.least_error).log().double().numpy()
    columns = torch.stack([distance.log(), residuals.log()], dim=1).double().numpy()
    exponents, _ = nnls(columns - columns.mean(0), target - target.mean())
    return float(exponents[0]), float(exponents[1])
