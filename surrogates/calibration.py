"""Fitting a model's error bound to solved bodies, and counting on others how many keep it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from fusiform.surrogates.confidence import fit_exponents, kinematic_residual
from fusiform.surrogates.dataset import Dataset, turned
from fusiform.surrogates.model import Surrogate
from fusiform.surrogates.samples import CHUNK, scaled_snapshots


@dataclass(frozen=True)
class Evidence:
    """Distances δ, residuals ρ and relative drag errors of solved bodies, each (n,)."""

    distance: Tensor
    parts: Tensor
    errors: Tensor

    def select(self, index: slice) -> Evidence:
        return Evidence(self.distance[index], self.parts[index], self.errors[index])

    def joined(self, other: Evidence) -> Evidence:
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Evidence(*(torch.cat(pair) for pair in pairs))

    def covered(self, exponents: tuple[float, float, float]) -> Tensor:
        """Whether each error is within the bound of (ln A, p, q), (n,)."""
        log_scale, p, q = exponents
        return self.errors.log() <= log_scale + p * self.distance.log() + q * self.parts.log()


@torch.no_grad()
def evidence(surrogate: Surrogate, dataset: Dataset) -> Evidence:
    """What the error model of `surrogate` sees of solved bodies, and how wrong the predicted drags are."""
    coefficients, reynolds = turned(dataset.designs), dataset.designs.reynolds
    _, truth = scaled_snapshots(dataset)
    drag = surrogate.force_coefficients(coefficients, reynolds).real
    inputs = surrogate.network.pair(coefficients, reynolds)[0]
    parts = [
        kinematic_residual(*surrogate.state(coefficients[begin : begin + CHUNK], reynolds[begin : begin + CHUNK]))
        for begin in range(0, len(dataset), CHUNK)
    ]
    errors = (drag / (truth[:, 0] + truth[:, 1]) - 1.0).abs()
    return Evidence(surrogate.error.distance(inputs).double(), torch.cat(parts), errors.double())


def calibrate(surrogate: Surrogate, inside: Dataset, outside: Dataset) -> Surrogate:
    """The surrogate with an error bound fitted to solved bodies of its own space and of a wider one.

    Its card says under `calibration` which share keeps a bound that was fitted to the other half of the bodies.
    """
    found = {"inside": evidence(surrogate, inside), "outside": evidence(surrogate, outside)}

    def fitted(index: slice) -> tuple[float, float, float]:
        part = found["inside"].select(index).joined(found["outside"].select(index))
        return fit_exponents(part.distance, part.parts, part.errors)

    log_scale, distance_exponent, residual_exponent = fitted(slice(None))
    even, odd = slice(0, None, 2), slice(1, None, 2)
    kept = {
        name: torch.cat([part.select(even).covered(fitted(odd)), part.select(odd).covered(fitted(even))])
        for name, part in found.items()
    }
    error = replace(
        surrogate.error,
        log_scale=log_scale,
        distance_exponent=distance_exponent,
        residual_exponent=residual_exponent,
    )
    shares = {name: {"bodies": len(one), "covered": float(one.double().mean())} for name, one in kept.items()}
    return replace(surrogate, error=error, card=surrogate.card | {"calibration": shares})
