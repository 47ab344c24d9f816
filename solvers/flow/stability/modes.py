"""Modes of a steady flow: eigenvalues σ near a shift s by block Arnoldi, and single ones with their left vectors.

Of the operator ω → [(J + (s + γ) M)⁻¹ M ω]_ω the eigenvalues θ = 1/(s − σ) are large for σ near s. It is taken in the
variables √(h² dξ dη) ω, whose length is the square root of the enstrophy. Inverse iteration with a shift close to one
σ, and its transpose, then give both vectors of the mode; σ = s − 1/θ with θ = yᵀM q₊/yᵀM q is right to the square of
their errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.stability.arnoldi import BlockArnoldi
from fusiform.solvers.flow.stability.disturbances import Disturbances

BLOCK = 2
SPACES = (10, 20)  # products of the first space near a shift, and of the larger one
SETTLED = 1e-3  # residual of a Ritz pair that is one of the flow
SPONGE_SHARE, GROWTH_SHARE = 0.015, 0.3  # of the sponge's strength and of the growth rate: a discrete mode's damping
NEAR = 1e-4  # distance of the shift from the eigenvalue, in inverse iteration
RIGHT_STEPS, LEFT_STEPS = 2, 3
SEED, REACH = 1, 2.0
TINY = 1e-300


@dataclass(frozen=True)
class Mode:
    """A disturbance q' e^{σt} with the complex growth `rate` σ in U/d, `right` q' and `left` y (1, …) complex, yᵀM q' =
    1; `damping` is yᵀγM q', by which the sponge lowers σ to first order. `discrete`: a mode of the body's own, that the
    sponge hardly changes, unlike the waves of the free stream."""

    rate: complex
    right: State
    left: State
    damping: complex
    discrete: bool


Found = list[tuple[complex, Tensor]]


def rates_near(disturbances: Disturbances, shift: complex) -> Iterator[Found]:
    """All settled σ near the `shift` with their vorticities (n_xi, n_eta), the fastest growing first; asked again,
    those of a larger space."""
    factors, root = disturbances.factorised(shift), disturbances.mass.sqrt()
    safe = root.clamp_min(TINY)

    def product(rows: Tensor) -> Tensor:
        omega = rows.view(-1, *root.shape) / safe
        return (root * factors.solve_columns(disturbances.mass_product(omega)).omega).flatten(1)

    space = BlockArnoldi(product, _start(disturbances))
    for steps in SPACES:
        space.extend_to(steps)
        pairs = space.pairs()
        settled = pairs.residuals < SETTLED
        found = [
            (shift - 1.0 / complex(value), vector.unflatten(0, root.shape) / safe)
            for value, vector in zip(pairs.values[settled], pairs.vectors[settled], strict=True)
        ]
        yield sorted(found, key=lambda pair: -pair[0].real)


def _start(disturbances: Disturbances) -> Tensor:
    """Random vorticities that decay away from the body, the same at every call, (BLOCK, n)."""
    root, distance = disturbances.mass.sqrt(), disturbances.problem.position[0].abs()
    generator = torch.Generator().manual_seed(SEED)
    noise = torch.randn(2, BLOCK, *root.shape, generator=generator, dtype=torch.float64).to(root)
    return (torch.complex(*noise) * root * torch.exp(-distance / REACH)).flatten(1)


def mode_near(disturbances: Disturbances, rate: complex, omega: Tensor) -> Mode:
    """The mode closest to `rate`, from its approximate vorticity `omega` (n_xi, n_eta)."""
    shift = rate + NEAR
    factors = disturbances.factorised(shift)
    omega, right = iterated(factors, disturbances, omega, RIGHT_STEPS)
    tests = omega.conj()
    for _ in range(LEFT_STEPS):
        sums = disturbances.mass * tests
        left = factors.solve_transposed(State(torch.zeros_like(sums), sums, sums.new_zeros(1, 2)))
        tests = disturbances.test_functions(left)
        size = tests.abs().max()
        tests, left = tests / size, _scaled(left, 1.0 / size)
    weighted = disturbances.mass * tests
    share = complex((weighted * omega).sum() / (weighted * right.omega).sum())
    right = _scaled(right, 1.0 / right.omega.abs().max())
    left = _scaled(left, 1.0 / (weighted * right.omega).sum())
    tests = disturbances.test_functions(left)
    exact, damping = shift - share, complex((disturbances.damped_mass * tests * right.omega).sum())
    allowed = max(SPONGE_SHARE * float(disturbances.damping.max()), GROWTH_SHARE * exact.real)
    return Mode(exact, right, left, damping, abs(damping) < allowed)


def iterated(factors: Linearisation, disturbances: Disturbances, omega: Tensor, steps: int) -> tuple[Tensor, State]:
    """Inverse iteration from the vorticity `omega` (n_xi, n_eta): the last one but one (1, …), at most 1, and the
    disturbance after it."""
    right = factors.solve(disturbances.mass_product(omega[None]))
    for _ in range(steps - 1):
        omega = right.omega[0] / right.omega.abs().max()
        right = factors.solve(disturbances.mass_product(omega[None]))
    return omega[None], right


def _scaled(state: State, factor: Tensor) -> State:
    return State(*(part * factor for part in vars(state).values()))
