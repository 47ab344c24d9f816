"""Half-inverse gradients (HIG), and with other exponents Gauss-Newton and gradient descent.

    Δθ = −η Jᵀ (J Jᵀ)^((κ−1)/2) g,   J = ∂R/∂θ stacked over the mini-batch,   g = ∂L/∂R

κ = −½ is HIG, κ = −1 Gauss-Newton, κ = 1 the gradient. The step is *not* invariant to the convention for g:

    mean (default)   g = R/batch, the gradient of L = mean ½|R|²; as published, where κ = −1 is 1/batch of Gauss-Newton
    sum              g = R; κ = −1, η = 1 is the Gauss-Newton step. Equal to the mean with η · batch.

Where it breaks: it fits the mini-batch, so that η near 1 with small batches forgets the other samples; an undamped step
can raise the loss or diverge, hence the safeguard; a batch costs one factorisation of size min(batch · r, n).
Residuals with more rows than the network has outputs are compressed exactly.

Sources: Schnell, Holl & Thuerey, ICLR 2022; momentum: Goldshlager, Abrahamsen & Lin, J. Comput.
Phys. 516 (2024) 113351 (SPRING), to which it reduces for κ = −1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.half_inverse.compression import compress
from fusiform.surrogates.training.half_inverse.jacobian import BatchJacobian
from fusiform.surrogates.training.half_inverse.spectral_power import SpectralPower, krylov_step, spectral_step
from fusiform.surrogates.training.loop import parallel
from fusiform.surrogates.training.physics import Batch, Physics, loss_of, residual_and_jacobian
from fusiform.surrogates.training.update_rule import StepReport

REFUSED = 0.0


@dataclass(frozen=True)
class HalfInverseConfig:
    """Settings of half-inverse gradients.

    Parameters
    ----------
    eta : float
        Step size η > 0.
    power : SpectralPower
        κ, truncation and damping.
    summed : bool
        Convention for g: False the mean, True the sum over the mini-batch.
    halvings : int
        Up to so many halvings of a step until the mini-batch's loss is finite and no higher than before, else it is
        refused. 0 takes every step as it is, as published.
    recovery : float
        After a halved step the next one starts at `recovery` times the share of η that worked, at most η.
    momentum : float
        Share of the last step that is added, without its part V Vᵀ in the row space of this mini-batch.
    krylov_steps : int
        Lanczos steps in place of a Gram matrix; 0 for the Gram matrix.

    Raises
    ------
    InputError
        For a step size or truncation out of range, or momentum with Krylov steps.

    Examples
    --------
    The share of the loss that is left after one Gauss-Newton step of a linear network, and after half a step:

    >>> import torch
    >>> from fusiform.surrogates.training import (
    ...     Batch, HalfInverseConfig, HalfInverseGradients, Regression, SpectralPower)
    >>> x = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    >>> batch, power = Batch.of(x, 1.0 + 2.0 * x), SpectralPower(kappa=-1.0)
    >>> def remaining(config):
    ...     network, rule = torch.nn.Linear(1, 1).double(), HalfInverseGradients(config)
    ...     first, second = (rule.step(network, batch, Regression()).loss for _ in range(2))
    ...     return round(second / first, 3)
    >>> remaining(HalfInverseConfig(1.0, power, summed=True)), remaining(HalfInverseConfig(0.5, power, summed=True))
    (0.0, 0.25)
    >>> remaining(HalfInverseConfig(1.0, power))  # the mean over a mini-batch of two
    0.25
    """

    eta: float = 1.0
    power: SpectralPower = field(default_factory=SpectralPower)
    summed: bool = False
    halvings: int = 8
    recovery: float = 1.5
    momentum: float = 0.0
    krylov_steps: int = 0

    def __post_init__(self) -> None:
        require(self.eta > 0, f"expected a step size above 0, got {self.eta}; choose eta near 1")
        require(
            0 <= self.power.truncation < 1,
            f"expected a truncation from 0 to 1, got {self.power.truncation}; choose about 1e-6",
        )
        require(
            self.momentum == 0 or self.krylov_steps == 0,
            "expected no momentum with Krylov steps, got both; momentum needs the Gram matrix",
        )


class HalfInverseGradients:
    """The update rule; keeps the share of η that its last step could take and, with momentum, that step.

    Parameters
    ----------
    config : HalfInverseConfig, optional
        Step size, exponent, safeguard, momentum.

    Examples
    --------
    Gauss-Newton fits a linear network in one step:

    >>> import torch
    >>> from fusiform.surrogates.training import (
    ...     Batch, HalfInverseConfig, HalfInverseGradients, Regression, SpectralPower)
    >>> network = torch.nn.Linear(2, 1).double()
    >>> x = torch.rand(20, 2, dtype=torch.float64)
    >>> batch = Batch.of(x, x.sum(1, keepdim=True))
    >>> rule = HalfInverseGradients(HalfInverseConfig(power=SpectralPower(kappa=-1.0), summed=True))
    >>> losses = [rule.step(network, batch, Regression()).loss for _ in range(2)]
    >>> losses[1] < 1e-15
    True
    """

    def __init__(self, config: HalfInverseConfig | None = None) -> None:
        self.config = HalfInverseConfig() if config is None else config
        self._share = 1.0
        self._last: Tensor | None = None
        self._probed = False

    def step(self, network: nn.Module, batch: Batch, physics: Physics, *, rate_scale: float = 1.0) -> StepReport:
        require(
            parallel.world_size() == 1,
            f"expected one process for half-inverse steps, got {parallel.world_size()}: they couple all rows of the "
            "mini-batch; start without torchrun, or use a first-order rule",
        )
        config = self.config
        jacobian = BatchJacobian(network, batch.inputs)
        residual, rows = residual_and_jacobian(physics, jacobian.outputs, batch)
        before = float(loss_of(residual))
        if not math.isfinite(before):
            return StepReport(before, REFUSED)
        compressed, rows = compress(residual, rows)
        g = compressed.flatten() / (1.0 if config.summed else len(batch))
        direction, carried, kept = self._direction(jacobian.with_rows(rows), g)
        share = min(self._share * config.recovery, 1.0)
        size, halvings = self._move(
            network, batch, physics, before, direction, carried, share * config.eta * rate_scale
        )
        self._share = share * 0.5**halvings
        return StepReport(before, size, kept=kept, halvings=halvings)

    def _direction(self, jacobian: BatchJacobian, g: Tensor) -> tuple[Tensor, Tensor | None, float]:
        """−V S^κ Uᵀ g, the last step outside the row space of the mini-batch, and the share of singular values kept."""
        config = self.config
        if config.krylov_steps > 0:
            return -krylov_step(jacobian, config.power, g, config.krylov_steps), None, math.nan
        spectrum = spectral_step(jacobian, config.power, check=not self._probed)
        self._probed = True
        carried = None
        if config.momentum > 0 and self._last is not None:
            carried = config.momentum * (self._last - spectrum.projected(self._last))
        return -spectrum.step(g), carried, spectrum.kept_share

    @torch.no_grad()
    def _move(
        self,
        network: nn.Module,
        batch: Batch,
        physics: Physics,
        before: float,
        direction: Tensor,
        carried: Tensor | None,
        size: float,
    ) -> tuple[float, int]:
        """Take the step, halved until the mini-batch's loss does not rise; its size (0 if refused) and the halvings."""
        parameters = [p for p in network.parameters() if p.requires_grad]
        start = nn.utils.parameters_to_vector(parameters).clone()
        full = size * direction if carried is None else size * direction + carried
        for halvings in range(self.config.halvings + 1):
            taken = full * 0.5**halvings
            nn.utils.vector_to_parameters((start + taken).to(start.dtype), parameters)
            if self.config.halvings == 0:
                self._last = taken
                return size, 0
            after = float(loss_of(physics.residual(network(batch.inputs), batch)))
            if after <= before:
                self._last = taken
                return size * 0.5**halvings, halvings
        nn.utils.vector_to_parameters(start, parameters)
        self._last = None
        return REFUSED, self.config.halvings

    def state_dict(self) -> dict[str, Any]:
        return {"share": self._share, "last": self._last, "probed": self._probed}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._share = float(state["share"])
        self._last = state["last"]
        self._probed = bool(state["probed"])
