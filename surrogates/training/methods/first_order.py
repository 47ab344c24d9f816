"""First-order optimizers on the physics loss: differentiable physics (DP), or supervised training with `Regression`.

    θ ← optimizer(θ, ∂L/∂θ),   L = mean over the batch of ½ |R(f_θ(x); x)|²

Source: Um, Brand, Fei, Holl & Thuerey, NeurIPS 2020 (training through a differentiable solver). Where the physics mixes
scales, ∂R/∂y enters squared in the conditioning of the problem, and first-order steps stall.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from fusiform.solvers.common.errors import InputError, require
from fusiform.surrogates.training.loop import parallel
from fusiform.surrogates.training.physics import Batch, Physics
from fusiform.surrogates.training.update_rule import StepReport


class FirstOrder:
    """Any torch optimizer on the physics loss.

    A lone optimizer gets a closure, so that L-BFGS works; its mini-batch should then be the whole data set. Runs under
    torchrun: gradients are averaged over the processes, so that the result is that of one process with all their
    samples.

    Parameters
    ----------
    *optimizers : torch.optim.Optimizer
        One, or several that share the parameters among them (Muon for matrices, AdamW for the rest).
    clip_norm : float, optional
        Gradients are scaled down to this norm.

    Raises
    ------
    InputError
        Without an optimizer.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, FirstOrder, Regression
    >>> network = torch.nn.Linear(1, 1)
    >>> rule = FirstOrder(torch.optim.Adam(network.parameters(), lr=0.1))
    >>> x = torch.linspace(-1, 1, 8)[:, None]
    >>> losses = [rule.step(network, Batch.of(x, 3 * x), Regression()).loss for _ in range(200)]
    >>> losses[-1] < 1e-3
    True
    """

    def __init__(self, *optimizers: torch.optim.Optimizer, clip_norm: float | None = None) -> None:
        require(len(optimizers) > 0, "expected an optimizer, got none; e.g. FirstOrder(torch.optim.Adam(...))")
        self.optimizers = optimizers
        self.clip_norm = clip_norm
        self._rates = [float(group["lr"]) for optimizer in optimizers for group in optimizer.param_groups]

    def step(self, network: nn.Module, batch: Batch, physics: Physics, *, rate_scale: float = 1.0) -> StepReport:
        groups = [group for optimizer in self.optimizers for group in optimizer.param_groups]
        for group, rate in zip(groups, self._rates, strict=True):
            group["lr"] = rate * rate_scale
        closure = self._closure(network, batch, physics, [p for group in groups for p in group["params"]])
        if len(self.optimizers) == 1:
            loss = float(self.optimizers[0].step(closure))
        else:
            loss = float(closure())
            for optimizer in self.optimizers:
                optimizer.step()
        return StepReport(loss, self._rates[0] * rate_scale)

    def _closure(
        self, network: nn.Module, batch: Batch, physics: Physics, parameters: list[nn.Parameter]
    ) -> Callable[[], float]:
        # A process may hold fewer samples than another, even none: the mean is over the samples of all of them.
        samples = parallel.average(float(len(batch)))

        @torch.enable_grad()
        def closure() -> float:
            for optimizer in self.optimizers:
                optimizer.zero_grad()
            residual = physics.residual(network(batch.inputs), batch)
            loss: Tensor = 0.5 * residual.square().sum() / samples
            loss.backward()  # type: ignore[no-untyped-call]
            parallel.average_gradients(parameters)
            if self.clip_norm is not None:
                nn.utils.clip_grad_norm_(parameters, self.clip_norm)
            return parallel.average(float(loss.detach()))

        return closure

    def state_dict(self) -> dict[str, Any]:
        return {"optimizers": [optimizer.state_dict() for optimizer in self.optimizers]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for optimizer, stored in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(stored)


def muon(network: nn.Module, rate: float, *, adamw_rate: float = 1e-3, weight_decay: float = 0.0) -> FirstOrder:
    """Muon (Jordan et al. 2024) for the weight matrices, AdamW for biases and all other parameters.

    Muon's updates are scaled to the root mean square of AdamW's (Liu et al. 2025), so that `rate` compares with Adam's.

    Parameters
    ----------
    network : nn.Module
        Its trainable parameters are shared out: matrices to Muon, the others to AdamW.
    rate : float
        Learning rate of Muon.
    adamw_rate : float, optional
        Learning rate of AdamW.
    weight_decay : float, optional
        Decoupled weight decay of both.

    Returns
    -------
    FirstOrder

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import muon
    >>> len(muon(torch.nn.Linear(2, 2), rate=0.02).optimizers)
    2
    """
    parameters = [p for p in network.parameters() if p.requires_grad]
    matrices = [p for p in parameters if p.ndim == 2]
    others = [p for p in parameters if p.ndim != 2]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(matrices, lr=rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
    ]
    if others:
        optimizers.append(torch.optim.AdamW(others, lr=adamw_rate, weight_decay=weight_decay))
    return FirstOrder(*optimizers)


def soap(network: nn.Module, rate: float, *, weight_decay: float = 0.0) -> FirstOrder:
    """SOAP (Vyas et al., ICLR 2025) of the library pytorch-optimizer; `InputError` where that is not installed.

    Parameters
    ----------
    network : nn.Module
        The network to be trained.
    rate : float
        Learning rate.
    weight_decay : float, optional
        Decoupled weight decay.

    Returns
    -------
    FirstOrder

    Raises
    ------
    InputError
        Without pytorch-optimizer.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Regression, soap
    >>> _ = torch.manual_seed(0)
    >>> network, x = torch.nn.Linear(2, 1), torch.rand(8, 2)
    >>> rule = soap(network, rate=0.05)
    >>> losses = [rule.step(network, Batch.of(x, x.sum(1, keepdim=True)), Regression()).loss for _ in range(100)]
    >>> losses[-1] < 0.1 * losses[0]
    True
    """
    try:
        library = import_module("pytorch_optimizer")
    except ImportError as error:
        raise InputError(
            "expected the library pytorch-optimizer for SOAP, got an environment without it; "
            "pip install pytorch-optimizer, or use Muon"
        ) from error
    return FirstOrder(library.SOAP(network.parameters(), lr=rate, weight_decay=weight_decay))


OPTIMIZERS: dict[str, Callable[[nn.Module, float, float], FirstOrder]] = {
    "adamw": lambda n, rate, decay: FirstOrder(torch.optim.AdamW(n.parameters(), lr=rate, weight_decay=decay)),
    "muon": lambda n, rate, decay: muon(n, rate, weight_decay=decay),
    "soap": lambda n, rate, decay: soap(n, rate, weight_decay=decay),
}
