"""Powers of the singular values of a Jacobian without its SVD.

With J = U S Vᵀ, J Jᵀ = U S² Uᵀ and JᵀJ = V S² Vᵀ,

    V S^κ Uᵀ g = Jᵀ (J Jᵀ)^((κ−1)/2) g = (JᵀJ)^((κ−1)/2) Jᵀ g

is taken through the smaller of the two Gram matrices, or, where even that is too large, by Lanczos from products with J
and Jᵀ. κ = −½ is the half-inverse (Schnell, Holl & Thuerey, ICLR 2022), κ = −1 the pseudo-inverse of Gauss-Newton,
κ = 1 the gradient Jᵀ g.

Accuracy: squaring loses half the digits. A singular value σ comes out with relative error ≈ 1e-16 (σ_max/σ)², which is
1e-4 at σ = 1e-6 σ_max; through a network in float32 J itself is noise below 1e-7 σ_max, and the product Jᵀ c is off by
6e-8 σ_max/σ in that direction. Hence truncation ≥ 1e-6 with networks in float64, ≥ 1e-5 in float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from fusiform.surrogates.training.half_inverse.gram import parameter_gram, probe, row_gram
from fusiform.surrogates.training.half_inverse.jacobian import BatchJacobian, all_in_linear_layers
from fusiform.surrogates.training.half_inverse.krylov import lanczos_function


@dataclass(frozen=True)
class SpectralPower:
    """σ^κ on the singular values above a share of σ_max; those below are dropped, never clamped.

    Parameters
    ----------
    kappa : float
        κ: −½ the half-inverse, −1 Gauss-Newton, 1 the gradient.
    truncation : float
        Share of σ_max below which singular values are dropped, from 0 to 1.
    damping : float
        μ ≥ 0: σ^κ becomes σ (σ² + μ² σ_max²)^((κ−1)/2); for κ = −1 the step of Levenberg and Marquardt.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import SpectralPower
    >>> squares = torch.tensor([1e-20, 4.0, 16.0], dtype=torch.float64)
    >>> SpectralPower(kappa=-1.0).weights(squares).tolist()  # σ⁻², for V σ⁻² Vᵀ Jᵀ g
    [0.0, 0.25, 0.0625]
    """

    kappa: float = -0.5
    truncation: float = 1e-6
    damping: float = 0.0

    def kept(self, squares: Tensor) -> Tensor:
        """Mask of the eigenvalues σ² of a Gram matrix that are kept."""
        return (squares > self.truncation**2 * squares.max()) & (squares > 0)

    def weights(self, squares: Tensor) -> Tensor:
        """(σ² + μ² σ_max²)^((κ−1)/2), zero where dropped; `squares` are eigenvalues σ² of a Gram matrix."""
        kept = self.kept(squares)
        damped = torch.where(kept, squares + self.damping**2 * squares.max(), 1.0)
        return torch.where(kept, damped ** ((self.kappa - 1.0) / 2.0), 0.0)


class SpectralStep(Protocol):
    """Powers of one Jacobian: `step(g)` = V S^κ Uᵀ g (n,), and `projected(v)` = V Vᵀ v, v in the row space."""

    kept_share: float

    def step(self, g: Tensor) -> Tensor: ...

    def projected(self, v: Tensor) -> Tensor: ...


class RowSpace:
    """Through the eigenvectors of J Jᵀ, for more parameters than rows."""

    def __init__(self, jacobian: BatchJacobian, power: SpectralPower, gram: Tensor) -> None:
        self.jacobian = jacobian
        squares, vectors = torch.linalg.eigh(gram)
        kept = power.kept(squares)
        self._squares, self._vectors = squares[kept], vectors[:, kept]
        self._weights = power.weights(squares)[kept]
        self.kept_share = len(self._squares) / len(squares)

    def step(self, g: Tensor) -> Tensor:
        return self.jacobian.transposed(self._vectors @ (self._weights * (self._vectors.mT @ g.double())))

    def projected(self, v: Tensor) -> Tensor:
        rows = self.jacobian.forward(v).double()
        return self.jacobian.transposed(self._vectors @ ((self._vectors.mT @ rows) / self._squares))


class ParameterSpace:
    """Through the eigenvectors of JᵀJ, for more rows than parameters."""

    def __init__(self, jacobian: BatchJacobian, power: SpectralPower, gram: Tensor) -> None:
        self.jacobian = jacobian
        squares, vectors = torch.linalg.eigh(gram)
        kept = power.kept(squares)
        self._vectors = vectors[:, kept]
        self._weights = power.weights(squares)[kept]
        self.kept_share = len(self._weights) / len(squares)

    def step(self, g: Tensor) -> Tensor:
        gradient = self.jacobian.transposed(g).double()
        return (self._vectors @ (self._weights * (self._vectors.mT @ gradient))).to(g.dtype)

    def projected(self, v: Tensor) -> Tensor:
        return (self._vectors @ (self._vectors.mT @ v.double())).to(v.dtype)


def spectral_step(jacobian: BatchJacobian, power: SpectralPower, *, check: bool = False) -> SpectralStep:
    """Through the smaller Gram matrix; with `check` the network's wiring is probed, see `gram.probe`."""
    rows, n = jacobian.shape
    by_rows = n >= rows
    gram = row_gram(jacobian) if by_rows else parameter_gram(jacobian)
    if check and all_in_linear_layers(jacobian.network):
        probe(jacobian, gram, jacobian.transposed if by_rows else jacobian.forward)
    return RowSpace(jacobian, power, gram) if by_rows else ParameterSpace(jacobian, power, gram)


def krylov_step(jacobian: BatchJacobian, power: SpectralPower, g: Tensor, steps: int) -> Tensor:
    """V S^κ Uᵀ g (n,) by `steps` Lanczos steps, each one product with J and one with Jᵀ; no matrix is formed."""
    c = lanczos_function(lambda v: jacobian.forward(jacobian.transposed(v)), g, power.weights, steps)
    return jacobian.transposed(c)
