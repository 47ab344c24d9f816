"""The fit of a model's error bounds to solved bodies, and the share of other bodies that keep them, cell by cell.

With the node weights φ of `error_bound`, ln error ≈ Σ s φ + p ln δ + q ln ρ by least squares gives p, q ≥ 0. Then the
level of each node is the quantile of what is left, ln error − p ln δ − q ln ρ, over the bodies weighted by φ; and since
nodes share bodies, levels are raised until the quantile of ln error − ln bound is at most 0 at each: as many bodies
around each node keep the bound, not only on average. The error of a body is its distance from the solver's forces plus
the solver's own estimated error.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from scipy.optimize import nnls
from torch import Tensor

from fusiform.solvers.common.batches import select
from fusiform.surrogates.data.dataset import CHUNK
from fusiform.surrogates.data.force_cases import ForceCases
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import turned
from fusiform.surrogates.model.error_bound import Clues, ErrorModel, LocalBound, node_weights
from fusiform.surrogates.model.layout import BOUND_NODES
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.quality.cells import cell_of, cells


@dataclass(frozen=True)
class FitSettings:
    """`aimed`: share of the bodies around a node that keep the bound, above the 95 % that are promised, since the
    bodies of a fit are few; `least_error`: smaller errors count as this one; `ridge`: weight of the penalty on the
    levels in the least squares; `sweeps`: over the levels that may have to be raised; `folds`: of the bodies that are
    counted against a fit to the others; `unknown`: level of a bound without a body to fit it to.
    """

    aimed: float = 0.97
    least_error: float = 1e-6
    ridge: float = 0.5
    sweeps: int = 10
    folds: int = 10
    unknown: float = 5.0


FIT = FitSettings()


@dataclass(frozen=True)
class Evidence:
    """`clues` and errors (n,) of solved bodies inside the trained range, and the number of the `cell` of each.

    `drag`: |C_D − C_D*| over the predicted C_D; `lift`: |C_L − C_L*| over that C_D and the lopsidedness, NaN for
    symmetric bodies.
    """

    clues: Clues
    drag: Tensor
    lift: Tensor
    cell: Tensor


@torch.no_grad()
def evidence(surrogate: Surrogate, cases: ForceCases) -> Evidence:
    """The clues of `surrogate` and its errors at solved bodies, those inside its trained range."""
    parts = [_evidence(surrogate, select(cases, slice(i, i + CHUNK))) for i in range(0, len(cases), CHUNK)]
    clues = Clues(*(torch.cat(values) for values in zip(*(vars(part.clues).values() for part in parts), strict=True)))
    return Evidence(clues, *(torch.cat([getattr(part, name) for part in parts]) for name in ("drag", "lift", "cell")))


def _evidence(surrogate: Surrogate, cases: ForceCases) -> Evidence:
    coefficients, reynolds = turned(cases.designs), cases.designs.reynolds
    forces, flow = surrogate.force_coefficients(coefficients, reynolds), surrogate.state(coefficients, reynolds)
    clues = surrogate.clues(coefficients, reynolds, flow)
    off, unsure = forces - cases.forces, cases.errors
    scale = forces.real.abs()
    leverage = scale * torch.where(clues.lopsidedness > 0, clues.lopsidedness, torch.nan)
    known = Evidence(
        clues,
        (off.real.abs() + unsure.real.abs()) / scale,
        (off.imag.abs() + unsure.imag.abs()) / leverage,
        cell_of(surrogate.space, cases.designs),
    )
    return select(known, torch.isfinite(surrogate.error_bounds(coefficients, reynolds, flow).drag))


def fitted(model: ErrorModel, space: DesignSpace, known: Evidence) -> ErrorModel:
    """The error model with bounds fitted to `known`."""
    lopsided = torch.isfinite(known.lift)
    return replace(
        model,
        drag=fitted_bound(space, known.clues, known.drag),
        lift=fitted_bound(space, select(known.clues, lopsided), known.lift[lopsided]),
    )


def fitted_bound(space: DesignSpace, clues: Clues, errors: Tensor) -> LocalBound:
    """The bound that the given share of bodies with `clues` and `errors` (n,) keeps around each node."""
    if len(errors) == 0:
        return LocalBound(torch.full(BOUND_NODES, FIT.unknown, dtype=torch.float64), 0.0, 0.0)
    weights, logs = node_weights(space, clues), _log(errors)
    columns = torch.stack([clues.distance.log(), clues.residuals.log()], dim=1)
    square = weights.mT @ weights + FIT.ridge * torch.eye(weights.shape[1], dtype=weights.dtype)
    parts = [part - part.mean(0) for part in (columns, logs[:, None])]
    free, target = (part - weights @ torch.linalg.solve(square, weights.mT @ part) for part in parts)
    exponents = torch.from_numpy(nnls(free.numpy(), target[:, 0].numpy())[0])
    left = logs - columns @ exponents
    levels = torch.stack([_quantile(left, weight) for weight in weights.mT])
    for _ in range(FIT.sweeps):
        above = left - weights @ levels
        levels = levels + torch.stack([_quantile(above, weight) for weight in weights.mT]).clamp_min(0.0)
    return LocalBound(levels.reshape(BOUND_NODES), *exponents.tolist())


def _log(errors: Tensor) -> Tensor:
    return errors.clamp_min(FIT.least_error).log().double()


def _quantile(values: Tensor, weights: Tensor) -> Tensor:
    """The quantile of `values` (n,) with `weights`, at the share aimed at and a little above, as these are finite."""
    if float(weights.sum()) < 1e-9:
        weights = torch.ones_like(weights)
    counted = weights.sum().square() / weights.square().sum()
    share = (FIT.aimed * (1.0 + 1.0 / counted)).clamp(max=1.0)
    order = values.argsort()
    passed = weights[order].cumsum(0) / weights.sum()
    return values[order][torch.searchsorted(passed, share - 1e-12).clamp(max=len(values) - 1)]


def calibrate(surrogate: Surrogate, cases: ForceCases) -> Surrogate:
    """The surrogate with error bounds fitted to solved bodies of its space.

    Each tenth of the bodies is also counted against bounds that are fitted to the others: the shares that keep them, of
    all and by cell, stand in the card, under `calibration`.
    """
    known = evidence(surrogate, cases)
    report = {
        "bodies": len(known.drag),
        "outside": len(cases) - len(known.drag),
        "digest": cases.digest,
        **coverage(surrogate.space, known.cell, *_kept(surrogate, known)),
    }
    error = fitted(surrogate.error, surrogate.space, known)
    return replace(surrogate, error=error, card=surrogate.card | {"calibration": report})


def _kept(surrogate: Surrogate, known: Evidence) -> tuple[Tensor, Tensor]:
    """Masks (n,) of the bodies that keep the bounds on drag and lift which are fitted without their tenth."""
    drag, lift = (torch.ones(len(known.drag), dtype=torch.bool) for _ in range(2))
    fold = torch.randperm(len(known.drag), generator=torch.Generator().manual_seed(0)) % FIT.folds
    for number in range(min(FIT.folds, len(fold))):
        own = fold == number
        model = fitted(surrogate.error, surrogate.space, select(known, ~own))
        counted = select(known, own)
        drag[own] = _log(counted.drag) <= model.drag.log_bound(surrogate.space, counted.clues)
        lift[own] = ~(_log(counted.lift) > model.lift.log_bound(surrogate.space, counted.clues))
    return drag, lift


def coverage(space: DesignSpace, cell: Tensor, drag: Tensor, lift: Tensor) -> dict[str, Any]:
    """The shares of bodies that keep the bounds, of all and by cell, from masks (n,); ready for JSON."""

    def shares(part: Tensor) -> dict[str, Any]:
        return {"bodies": int(part.sum()), "drag": _share(drag[part]), "lift": _share(lift[part])}

    rows = [{**asdict(one), **shares(cell == number)} for number, one in enumerate(cells(space))]
    whole = shares(torch.ones_like(drag))
    return {"drag": whole["drag"], "lift": whole["lift"], "cells": [row for row in rows if row["bodies"]]}


def _share(kept: Tensor) -> float:
    return float(kept.double().mean()) if len(kept) else 0.0
