"""The row Gram matrix G = J Jᵀ of a mini-batch in float64, without J.

A linear layer z = W a + β contributes Σ_p δ_p ⊗ a_p to the gradient of a row, a the layer's input, δ = ∂(row)/∂z, and p
the positions at which the layer is used for that sample (one in a perceptron; two where a body and its mirror image go
through it together; one for each use of a shared layer). Hence

    G[(b,r), (b',r')] = Σ_layers Σ_pp' (δ_p[b,r] · δ_p'[b',r']) (a_p[b] · a_p'[b'] + 1)

for any wiring of the layers, with products of the layers' widths where J would need the products of widths. The rows δ
come from one batched backward pass. Networks with other parameters are handled in chunks of parameter tensors.

Source: Novak, Sohl-Dickstein & Schoenholz, ICML 2022, "Fast finite width neural tangent kernel" (the structured
derivatives of dense layers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.half_inverse.jacobian import BatchJacobian, all_in_linear_layers

CHUNK_BYTES = 256 * 2**20


def row_gram(jacobian: BatchJacobian) -> Tensor:
    """G (batch · r, batch · r), float64: layer by layer where all parameters sit in `nn.Linear`, else in chunks."""
    return layerwise_gram(jacobian) if all_in_linear_layers(jacobian.network) else chunked_gram(jacobian)


@dataclass(frozen=True)
class LayerRows:
    """One linear layer: its inputs `a` (positions, batch, in) and rows `delta` (positions, batch, r, out), float64."""

    layer: nn.Linear
    a: Tensor
    delta: Tensor


def layer_rows(jacobian: BatchJacobian) -> list[LayerRows]:
    """Inputs and back-propagated rows of all linear layers, from one batched backward pass.

    Each layer must see inputs (…, batch, in) with the sample's number on the second axis from the end, and a sample's
    outputs must depend on that sample alone. `probe` checks a network for that.
    """
    batch = len(jacobian.rows)
    calls = [call for layer_calls in jacobian.calls.values() for call in layer_calls]
    shapes = [tuple(a.shape) for a, _ in calls if a.ndim < 2 or a.shape[-2] != batch]
    require(
        not shapes,
        f"expected linear layers with inputs (…, {batch}, in), got {shapes}; "
        "put the samples on the second axis from the end",
    )
    deltas = iter(jacobian.transposed_rows([z for _, z in calls]))
    layers = []
    for layer, layer_calls in jacobian.calls.items():
        a = torch.cat([a.reshape(-1, batch, layer.in_features) for a, _ in layer_calls])
        d = [next(deltas) for _ in layer_calls]
        delta = torch.cat([x.reshape(len(x), -1, batch, layer.out_features) for x in d], dim=1)
        layers.append(LayerRows(layer, a.double(), delta.permute(1, 2, 0, 3).double()))
    return layers


def layerwise_gram(jacobian: BatchJacobian) -> Tensor:
    """G of a network whose parameters all sit in `nn.Linear` layers."""
    batch, r, _ = jacobian.rows.shape
    gram = torch.zeros(batch * r, batch * r, dtype=torch.float64, device=jacobian.rows.device)
    for rows in layer_rows(jacobian):
        _add_layer(gram, rows)
    return gram


def _add_layer(gram: Tensor, rows: LayerRows) -> None:
    """Add one layer's share to `gram`."""
    positions, batch, r, _ = rows.delta.shape
    delta = rows.delta.reshape(positions, batch * r, -1)
    weight, bias = rows.layer.weight, rows.layer.bias
    one = float(bias is not None and bias.requires_grad)
    for p in range(positions):
        for q in range(p + 1):
            inputs = rows.a[p] @ rows.a[q].mT + one if weight.requires_grad else rows.a.new_full((batch, batch), one)
            term = delta[p] @ delta[q].mT
            term.view(batch, r, batch, r).mul_(inputs[:, None, :, None])
            gram += term
            if q < p:
                gram += term.mT


def chunked_gram(jacobian: BatchJacobian, chunk_bytes: int = CHUNK_BYTES) -> Tensor:
    """G of any network that `torch.func` can differentiate: J in blocks of parameter tensors of up to `chunk_bytes`."""
    rows, _ = jacobian.shape
    gram = torch.zeros(rows, rows, dtype=torch.float64, device=jacobian.rows.device)
    names: list[str] = []
    columns = 0
    for name, parameter in jacobian.parameters.items():
        if names and 8 * rows * (columns + parameter.numel()) > chunk_bytes:
            gram += _squared(jacobian.block(names))
            names, columns = [], 0
        names.append(name)
        columns += parameter.numel()
    return gram + _squared(jacobian.block(names))


def _squared(block: Tensor) -> Tensor:
    block = block.double()
    return block @ block.mT


def parameter_gram(jacobian: BatchJacobian, chunk_bytes: int = CHUNK_BYTES) -> Tensor:
    """JᵀJ (n, n), float64, for networks with fewer parameters than there are rows; summed over chunks of samples."""
    batch, r, _ = jacobian.rows.shape
    _, n = jacobian.shape
    layers = layer_rows(jacobian) if all_in_linear_layers(jacobian.network) else None
    gram = torch.zeros(n, n, dtype=torch.float64, device=jacobian.rows.device)
    chunk = max(1, chunk_bytes // (8 * r * n))
    for begin in range(0, batch, chunk):
        samples = slice(begin, begin + chunk)
        block = (
            jacobian.block(list(jacobian.parameters), samples) if layers is None else _block(jacobian, layers, samples)
        )
        gram += _squared(block.mT)
    return gram


def _block(jacobian: BatchJacobian, layers: list[LayerRows], samples: slice) -> Tensor:
    """Rows of J of `samples`, (samples · r, n), from the layers' inputs and rows."""
    parts = {}
    for rows in layers:
        a, delta = rows.a[:, samples], rows.delta[:, samples]
        parts[id(rows.layer.weight)] = torch.einsum("pbro,pbi->broi", delta, a).flatten(2)
        parts[id(rows.layer.bias)] = delta.sum(0)
    r, count = jacobian.rows.shape[1], len(jacobian.rows[samples])
    columns = [parts.get(id(p), jacobian.rows.new_zeros(count, r, p.numel())) for p in jacobian.parameters.values()]
    return torch.cat([c.double() for c in columns], dim=2).flatten(0, 1)


def probe(jacobian: BatchJacobian, gram: Tensor, product: Callable[[Tensor], Tensor], tolerance: float = 1e-3) -> None:
    """`InputError` unless cᵀ G c = |Jᵀ c|² (for JᵀJ: = |J c|²) to `tolerance` for a random c: the network is wired as
    `layer_rows` takes it to be. `product`: c → Jᵀ c (J c)."""
    c = torch.randn(len(gram), generator=torch.Generator().manual_seed(0), dtype=torch.float32).to(jacobian.rows)
    expected = float(product(c).double().square().sum())
    got = float(c.double() @ gram @ c.double())
    require(
        abs(got - expected) <= tolerance * abs(expected) + 1e-300,
        f"expected a Gram matrix with cᵀ G c = {expected:.6g}, got {got:.6g}: the network uses a layer's weights "
        "outside the layer, changes its output in place, or has no samples on the second axis from the end; rewrite it "
        "that way",
    )
