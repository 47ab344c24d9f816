"""The Jacobian of (physics ∘ network) over a mini-batch as an operator: J v, Jᵀ c, blocks of J. J itself is not stored.

    J = ∂R/∂θ,   rows (sample, r) of  T_b ∂y_b/∂θ,   T = ∂R/∂y (batch, r, m),   n parameters

Parameters are laid out as `torch.nn.utils.parameters_to_vector` does, those that require a gradient only.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import torch
from torch import Tensor, nn
from torch.func import functional_call, vjp, vmap

Call = tuple[Tensor, Tensor]


def trainable(network: nn.Module) -> dict[str, nn.Parameter]:
    """Parameters that require a gradient, by name."""
    return {name: p for name, p in network.named_parameters() if p.requires_grad}


def all_in_linear_layers(network: nn.Module) -> bool:
    """True if every trainable parameter is the weight or bias of a plain `nn.Linear`."""
    inside = {id(p) for module in network.modules() if type(module) is nn.Linear for p in module.parameters()}
    return all(id(p) in inside for p in trainable(network).values())


class BatchJacobian:
    """J of `network` at `inputs` (batch, …), with `rows` T = 1 until `with_rows` gives others.

    `outputs` (batch, m) are the network's; `calls` lists, for each `nn.Linear`, its (input, output) in this pass.
    """

    def __init__(self, network: nn.Module, inputs: Tensor) -> None:
        self.network = network
        self.inputs = inputs
        self.parameters = trainable(network)
        self.calls: dict[nn.Linear, list[Call]] = {}
        layers = [module for module in network.modules() if type(module) is nn.Linear]
        hooks = [layer.register_forward_hook(self._record) for layer in layers]
        try:
            with torch.enable_grad():
                self._outputs: Tensor = network(inputs)
        finally:
            for hook in hooks:
                hook.remove()
        self.outputs = self._outputs.detach()
        size, m = self.outputs.shape
        self.rows = torch.eye(m, dtype=self.outputs.dtype, device=self.outputs.device).expand(size, m, m)

    def _record(self, layer: nn.Module, arguments: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(layer, nn.Linear)
        self.calls.setdefault(layer, []).append((arguments[0].detach(), output))

    def with_rows(self, rows: Tensor) -> BatchJacobian:
        """The same pass with physics rows T (batch, r, m), which are known once `outputs` are."""
        other = copy(self)
        other.rows = rows.to(self.outputs.dtype)
        return other

    @property
    def shape(self) -> tuple[int, int]:
        """(batch · r, n)."""
        return self.rows.shape[0] * self.rows.shape[1], sum(p.numel() for p in self.parameters.values())

    def transposed(self, c: Tensor) -> Tensor:
        """Jᵀ c (n,), `c` (batch · r,); one backward pass."""
        pulled = torch.einsum("br,brm->bm", c.view(self.rows.shape[:2]).to(self.rows), self.rows)
        gradients = torch.autograd.grad(
            self._outputs, list(self.parameters.values()), pulled, retain_graph=True, materialize_grads=True
        )
        return torch.cat([g.flatten() for g in gradients])

    def transposed_rows(self, inside: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Every row of J pulled back to the tensors `inside` the network: (r, …) each, … the tensor's shape."""
        return torch.autograd.grad(
            self._outputs,
            list(inside),
            self.rows.movedim(1, 0),
            is_grads_batched=True,
            retain_graph=True,
            materialize_grads=True,
        )

    def forward(self, v: Tensor) -> Tensor:
        """J v (batch · r,), `v` (n,); a backward pass through the backward pass, J v = ∂(u · J v)/∂u."""
        sizes = [p.numel() for p in self.parameters.values()]
        with torch.enable_grad():
            u = torch.zeros_like(self.outputs, requires_grad=True)
            pulled = torch.autograd.grad(
                self._outputs, list(self.parameters.values()), u, create_graph=True, materialize_grads=True
            )
            parts = torch.split(v.to(u), sizes)
            product = sum((g.flatten() @ part for g, part in zip(pulled, parts, strict=True)), u.new_zeros(()))
            (pushed,) = torch.autograd.grad(product, u)
        return torch.einsum("brm,bm->br", self.rows, pushed).flatten()

    @torch.no_grad()
    def block(self, names: Sequence[str], samples: slice = slice(None)) -> Tensor:
        """Columns of the parameters `names`, rows of `samples`: (samples · r, columns), sample by sample."""
        chosen = {name: self.parameters[name].detach() for name in names}

        def rows_of(x: Tensor, t: Tensor) -> dict[str, Tensor]:
            pull = vjp(lambda p: functional_call(self.network, p, (x[None],))[0], chosen)[1]
            (gradients,) = vmap(pull)(t)
            return dict(gradients)

        blocks = vmap(rows_of)(self.inputs[samples], self.rows[samples])
        return torch.cat([blocks[name].flatten(2) for name in names], dim=2).flatten(0, 1)
