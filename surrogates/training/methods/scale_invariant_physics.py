"""Scale-invariant physics training (SIP): invert the physics, hold the answer, fit the network to it.

    ỹ_b = inverse(y_b),   y = f_θ(x)                      (held constant)
    θ ← inner(θ, ∂/∂θ mean ½ ρ(|w (f_θ(x) − ỹ)|²))        (`inner`: any update rule)

The scales of the physics never reach the network's gradient. With an optimizer as `inner` this is Holl, Koltun &
Thuerey, NeurIPS 2022, algorithm 1, with targets that are used for several steps; with `HalfInverseGradients` the
half-inverse is that of the network alone, with m rows a sample: SIP+HIG. Samples whose target is rejected are left out
until it is asked for again. SIP refuses a physics without an inverse of its own: a gradient step on the outputs is not
one.
"""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from torch import Tensor, nn

from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.loop import parallel
from fusiform.surrogates.training.methods.proxy import RobustRegression
from fusiform.surrogates.training.methods.target_cache import RefreshConfig, TargetCache, mean_share
from fusiform.surrogates.training.physics import Batch, InvertiblePhysics, Physics, Regression
from fusiform.surrogates.training.update_rule import StepReport, UpdateRule


class ScaleInvariantPhysics:
    """SIP with the rule `inner` for the proxy.

    delta: δ of the pseudo-Huber function in the units of w·y, infinite for plain squares; weights: w (m,) or None.
    Under torchrun each process remembers the targets that it asked for.
    """

    def __init__(
        self,
        inner: UpdateRule,
        refresh: RefreshConfig | None = None,
        *,
        delta: float = math.inf,
        weights: Tensor | None = None,
    ) -> None:
        self.inner = inner
        self.cache = TargetCache(RefreshConfig() if refresh is None else refresh)
        self.proxy: Physics = Regression(weights) if math.isinf(delta) else RobustRegression(delta, weights)

    def step(self, network: nn.Module, batch: Batch, physics: Physics, *, rate_scale: float = 1.0) -> StepReport:
        require(
            callable(getattr(physics, "inverse", None)),
            f"expected a physics with an inverse of its own, got {type(physics).__name__}, which has none; give it "
            "inverse(outputs, batch), or train with differentiable physics (a gradient step is not an inverse)",
        )
        with torch.no_grad():
            outputs = network(batch.inputs)
        targets = self.cache.targets(outputs, batch, cast(InvertiblePhysics, physics))
        share = parallel.average(mean_share(targets.accepted))
        if share == 0.0:
            return StepReport(math.nan, 0.0, accepted=0.0, inversions=targets.inversions)
        used = batch.select(targets.accepted)
        proxy_batch = Batch(used.inputs, (targets.values[targets.accepted],), used.index)
        report = self.inner.step(network, proxy_batch, self.proxy, rate_scale=rate_scale)
        return StepReport(
            report.loss, report.step_size, share, report.kept, report.halvings, report.inversions + targets.inversions
        )

    def state_dict(self) -> dict[str, Any]:
        return {"inner": self.inner.state_dict(), "targets": self.cache.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.inner.load_state_dict(state["inner"])
        self.cache.load_state_dict(state["targets"])
