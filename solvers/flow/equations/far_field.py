"""Far field: uniform stream + Oseenlet of the unknown drag and lift, in the plane and of a body of revolution.

With k = U/(2ν) and E = e^{kx} (the scaled Bessel functions are used, e^{k(x−r)} k0e(kr) = e^{kx} K0(kr)), the
linearised flow of a point force with drag Q = D/(ρU) and lift Γ = L/(ρU) is

    χ  = (Q k/π) e^{kx} K0(kr),   u' = Q x/(2π r²) + χ_x/(2k) − χ,   v' = Q y/(2π r²) + χ_y/(2k),   ω' = χ_y
    ψ' = (Γ/2π) [ln r + e^{kx} K0(kr)],   u' = ψ'_y,   v' = −ψ'_x,   ω' = −2k (Γ/2π) ∂_x e^{kx}K0 .

Source: the drag part is Lamb, Hydrodynamics (1932), §343; the lift part follows from the same fundamental solution
G = e^{kx}K0(kr)/(2πν) of U∂_x − ν∇², with ω' = −(L/ρ) G_x and ∇²ψ' = −ω'. The point vortex of lifting potential
flow is its ln r; the Bessel term is the vortex wake that carries the opposite circulation downstream.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

SMALL = 1e-9


class _ScaledBessel(torch.autograd.Function):
    """(k0e, k1e)(x) = eˣ (K0, K1)(x) with derivatives k0e' = k0e − k1e and k1e' = k1e − k0e − k1e/x."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        k0 = torch.special.scaled_modified_bessel_k0(x)
        k1 = torch.special.scaled_modified_bessel_k1(x)
        ctx.save_for_backward(x, k0, k1)
        return k0, k1

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        x, k0, k1 = ctx.saved_tensors
        return grads[0] * (k0 - k1) + grads[1] * (k1 - k0 - k1 / x)


def oseenlet(position: Tensor, viscosity: Tensor) -> tuple[Tensor, Tensor]:
    """Velocity and vorticity of a unit drag and a unit lift at complex points.

    `position` is x + iy (batch, …), `viscosity` ν (batch,) with U = ρ = 1. Returns (w, ω): w = u' + iv' and ω',
    each of shape (batch, 2, …), index 0 for Q = 1 and index 1 for Γ = 1.
    """
    k = (0.5 / viscosity).reshape(-1, *(1,) * (position.dim() - 1))
    x, y = position.real, position.imag
    r = position.abs()
    k0, k1 = _ScaledBessel.apply(k * r)  # type: ignore[no-untyped-call]
    envelope = torch.exp(k * (x - r))
    b, b_x, b_y = envelope * k0, k * envelope * (k0 - k1 * x / r), -k * envelope * k1 * y / r
    pi = torch.pi
    drag = torch.complex(
        x / (2 * pi * r**2) + b_x / (2 * pi) - k / pi * b,
        y / (2 * pi * r**2) + b_y / (2 * pi),
    )
    lift = torch.complex((y / r**2 + b_y) / (2 * pi), -(x / r**2 + b_x) / (2 * pi))
    return torch.stack([drag, lift], dim=1), torch.stack([k / pi * b_y, -k / pi * b_x], dim=1)


def displacement(position: Tensor, viscosity: Tensor) -> tuple[Tensor, Tensor]:
    """ψ'' and r ∂ψ''/∂r of the second-order far field of a unit drag squared, at complex points far out.

    The wake of finite strength displaces more than the Oseenlet's source Q: by ∫ u'² dy = (Q²/2) √(k/(πx)) at the
    distance x. Goldstein's second approximation for the wake and the potential flow outside it that this drives,
    B (−z)^{−3/2} with B = −(Q²/8) √(k/π), are both contained in

        ψ'' = −(Q²/4) √(k/(πr)) cos(θ/2) F(s),   F = erf(√2 s) − e^{−s²} erf(s)/√2,   s = √(2kr) sin(θ/2).

    Source: Goldstein, Proc. R. Soc. A 142 (1933) 545; Imai, Proc. R. Soc. A 208 (1951) 487.
    """
    k = (0.5 / viscosity).reshape(-1, *(1,) * (position.dim() - 1))
    r, half = position.abs(), 0.5 * position.angle()
    s = torch.sqrt(2.0 * k * r) * half.sin()
    e, root_pi = torch.exp(-s.square()), torch.pi**0.5
    f = torch.erf(2.0**0.5 * s) - e * torch.erf(s) / 2.0**0.5
    slope = 2.0**0.5 * e * (e / root_pi + s * torch.erf(s))
    size = -0.25 * torch.sqrt(k / (torch.pi * r)) * half.cos()
    return size * f, 0.5 * size * (s * slope - f)


def axial_oseenlet(position: Tensor, viscosity: Tensor) -> tuple[Tensor, Tensor]:
    """g' and r ∂g'/∂r of a unit drag on the axis, at points x + is (batch, …) of a meridian.

    Of Oseen's stream function Ψ' = −(1/4π) (1 + cos θ) (1 − e^{−σ}), σ = k (r − x), k = U/(2ν), over s²:

        g' = −(k/4πr) (1 − e^{−σ})/σ,

    regular on the axis. Source: Lamb, Hydrodynamics (1932), §342.
    """
    k = (0.5 / viscosity).reshape(-1, *(1,) * (position.dim() - 1))
    r = position.abs()
    s = k * (r - position.real).clamp_min(0.0)
    near = s < SMALL
    safe = torch.where(near, torch.ones_like(s), s)
    mean = torch.where(near, 1.0 - 0.5 * s, -torch.expm1(-safe) / safe)
    size = -k / (4.0 * torch.pi * r)
    return size * mean, size * (torch.exp(-s) - 2.0 * mean)
