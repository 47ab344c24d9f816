"""Scale-invariant physics training (SIP): invert the physics, hold the answer, fit the network to it.

    ỹ_b = inverse(y_b),   y = f_θ(x)                      (held constant)
    θ ← inner(θ, ∂/∂θ mean ½ ρ(|w (f_θ(x) − ỹ)|²))        (`inner`: any update rule)

The scales of the physics never reach the network's gradient. With an optimizer as `inner` this is Holl, Koltun &
Thuerey, NeurIPS 2022, algorithm 1, with targets that are used for several steps; with `HalfInverseGradients` the
half-inverse is that of the network alone, with m rows a sample: SIP+HIG; with labels for all targets it is supervised
training. Samples whose target is rejected are left out until it is renewed. SIP refuses a physics without an
inverse of its own: a gradient step on the outputs is not one.
"""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from torch import nn

from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.loop import parallel
from fusiform.surrogates.training.methods.target_cache import TargetCache
from fusiform.surrogates.training.methods.targets import Targets, TargetStore
from fusiform.surrogates.training.physics import Batch, InvertiblePhysics, Physics, Regression
from fusiform.surrogates.training.update_rule import StepReport, UpdateRule


class ScaleInvariantPhysics:
    """SIP: fit the network to targets from the physics' local inverse.

    Parameters
    ----------
    inner : UpdateRule
        Fits the network to the targets.
    store : TargetStore, optional
        Gives the targets; by default a `TargetCache`. Under torchrun each process has the targets of its own samples.
    proxy : Physics, optional
        The loss of the fit, with the targets as `batch.data[0]`; by default `Regression()`. `RobustRegression(δ, w)`
        bounds the pull of bad targets.

    Raises
    ------
    InputError
        In `step`, for a physics without `inverse`.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, FirstOrder, Inverse, ScaleInvariantPhysics
    >>> class Cube:
    ...     "y³ = x; one Newton step inverts it."
    ...     def residual(self, y, batch):
    ...         return y**3 - batch.inputs
    ...     def inverse(self, y, batch):
    ...         newton = y - self.residual(y, batch) / (3 * y**2 + 1e-3)
    ...         return Inverse(newton, torch.ones(len(batch), dtype=torch.bool))
    >>> network = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Softplus(), torch.nn.Linear(8, 1))
    >>> rule = ScaleInvariantPhysics(FirstOrder(torch.optim.Adam(network.parameters(), lr=0.01)))
    >>> report = rule.step(network, Batch.of(torch.rand(20, 1)), Cube())
    >>> report.inversions, report.accepted
    (20, 1.0)
    """

    def __init__(self, inner: UpdateRule, store: TargetStore | None = None, proxy: Physics | None = None) -> None:
        self.inner = inner
        self.store: TargetStore = TargetCache() if store is None else store
        self.proxy: Physics = Regression() if proxy is None else proxy

    def step(self, network: nn.Module, batch: Batch, physics: Physics, *, rate_scale: float = 1.0) -> StepReport:
        require(
            callable(getattr(physics, "inverse", None)),
            f"expected a physics with an inverse of its own, got {type(physics).__name__}, which has none; give it "
            "inverse(outputs, batch), or train with differentiable physics (a gradient step is not an inverse)",
        )
        with torch.no_grad():
            targets = self.store.targets(network, batch, cast(InvertiblePhysics, physics))
        share = parallel.average(float(targets.accepted.double().mean()) if len(batch) else math.nan)
        if share == 0.0:
            return StepReport(math.nan, 0.0, accepted=0.0, inversions=targets.inversions)
        report = self.inner.step(network, _fitted(batch, targets), self.proxy, rate_scale=rate_scale)
        return StepReport(
            report.loss, report.step_size, share, report.kept, report.halvings, report.inversions + targets.inversions
        )

    def state_dict(self) -> dict[str, Any]:
        return {"inner": self.inner.state_dict(), "targets": self.store.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.inner.load_state_dict(state["inner"])
        self.store.load_state_dict(state["targets"])


def _fitted(batch: Batch, targets: Targets) -> Batch:
    """The samples with an accepted target, which is their data."""
    if bool(targets.accepted.all()):
        return Batch(batch.inputs, (targets.values,), batch.index)
    used = targets.accepted
    return Batch(batch.inputs[used], (targets.values[used],), batch.index[used])
