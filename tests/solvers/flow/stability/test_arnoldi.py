"""Block Arnoldi against a dense eigenvalue solver."""

import torch

from fusiform.solvers.flow.stability.arnoldi import BlockArnoldi


def test_the_largest_eigenvalues_of_a_matrix_are_found_with_their_vectors_and_residuals():
    generator = torch.Generator().manual_seed(3)
    noise = torch.complex(*torch.randn(2, 60, 60, dtype=torch.float64, generator=generator))
    values = torch.linspace(0.01, 0.6, 60, dtype=torch.float64) + 0j
    values[-3:] = torch.tensor([2.0 + 1.0j, -1.5j, 1.2], dtype=torch.complex128)
    matrix = torch.linalg.solve(noise, values[:, None] * noise)
    space = BlockArnoldi(lambda rows: rows @ matrix.mT, noise[:2])
    space.extend_to(10)
    few = space.pairs()
    space.extend_to(16)
    pairs = space.pairs()
    torch.testing.assert_close(pairs.values[:3], values[-3:], rtol=1e-8, atol=0.0)
    defects = pairs.vectors @ matrix.mT - pairs.values[:, None] * pairs.vectors
    torch.testing.assert_close(defects.norm(dim=1), pairs.residuals * pairs.values.abs(), rtol=1e-6, atol=1e-12)
    assert bool((pairs.residuals[:3] < few.residuals[:3]).all())
