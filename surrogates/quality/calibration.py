"""The fit of a model's error bound to solved bodies, and the share of other bodies that keep it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from fusiform.solvers.common.batches import select
from fusiform.surrogates.data.dataset import Dataset
from fusiform.surrogates.data.samples import CHUNK, scaled_snapshots
from fusiform.surrogates.designs import turned
from fusiform.surrogates.model.error_bound import BOUND, ErrorModel, fit_exponents, kinematic_residual
from fusiform.surrogates.model.surrogate import Surrogate


@dataclass(frozen=True)
class Evidence:
    """Distances δ, residuals ρ and relative drag errors of solved bodies, each (n,)."""

    distance: Tensor
    residuals: Tensor
    errors: Tensor

    def excess(self, model: ErrorModel) -> Tensor:
        """ln of the errors over the bound, (n,); positive for a body that does not keep it."""
        return self.errors.clamp_min(BOUND.least_error).log() - model.log_bound(self.distance, self.residuals)


@torch.no_grad()
def evidence(surrogate: Surrogate, dataset: Dataset) -> Evidence:
    """The two inputs of the bound of `surrogate` at solved bodies, and the errors of its drags there."""
    coefficients, reynolds = turned(dataset.designs), dataset.designs.reynolds
    _, truth = scaled_snapshots(dataset)
    drag = surrogate.force_coefficients(coefficients, reynolds).real
    residuals = [
        kinematic_residual(*surrogate.state(coefficients[begin : begin + CHUNK], reynolds[begin : begin + CHUNK]))
        for begin in range(0, len(dataset), CHUNK)
    ]
    return Evidence(
        surrogate.error.distance(surrogate.inputs(coefficients, reynolds)).double(),
        torch.cat(residuals),
        (drag / (truth[:, 0] + truth[:, 1]) - 1.0).abs().double(),
    )


def fitted(model: ErrorModel, inside: Evidence, outside: Evidence) -> ErrorModel:
    """The error model whose bound 95 % of the bodies of each set keep."""
    pairs = zip(vars(inside).values(), vars(outside).values(), strict=True)
    distance_exponent, residual_exponent = fit_exponents(*(torch.cat(pair) for pair in pairs))
    unscaled = replace(model, log_scale=0.0, distance_exponent=distance_exponent, residual_exponent=residual_exponent)
    known = [part for part in (inside, outside) if len(part.errors)]
    log_scale = max(float(part.excess(unscaled).quantile(BOUND.covered)) for part in known)
    return replace(unscaled, log_scale=log_scale)


def calibrate(surrogate: Surrogate, inside: Dataset, outside: Dataset) -> Surrogate:
    """The surrogate with an error bound fitted to solved bodies of its own space and of a wider one.

    Each half of the bodies is also counted against a bound that is fitted to the other half: the shares that keep it
    stand in the card, under `calibration`.
    """
    sets = {"inside": evidence(surrogate, inside), "outside": evidence(surrogate, outside)}
    even, odd = slice(0, None, 2), slice(1, None, 2)
    kept: dict[str, list[Tensor]] = {name: [] for name in sets}
    for counted, used in ((even, odd), (odd, even)):
        model = fitted(surrogate.error, *(select(part, used) for part in sets.values()))
        for name, part in sets.items():
            kept[name].append(select(part, counted).excess(model) <= 0.0)
    shares = {
        name: {"bodies": len(sets[name].errors), "covered": float(torch.cat(parts).double().mean())}
        for name, parts in kept.items()
    }
    error = fitted(surrogate.error, *sets.values())
    return replace(surrogate, error=error, card=surrogate.card | {"calibration": shares})
