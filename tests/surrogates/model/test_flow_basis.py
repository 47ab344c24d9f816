"""The linear basis of flows: parity, orthogonality, no slip."""

import torch

from fusiform.solvers.flow.resolution import Resolution
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.model.flow_basis import fit_basis, mirror


def test_basis_splits_by_parity_and_reproduces_its_snapshots():
    generator = torch.Generator().manual_seed(0)
    snapshots = torch.randn(5, 2, 6, 8, dtype=torch.float64, generator=generator)
    basis = fit_basis(snapshots, 12, Resolution(16, 16))
    assert set(basis.parity.tolist()) == {1.0, -1.0}
    vectors = basis.vectors.reshape(-1, 2, 6, 8)
    torch.testing.assert_close(mirror(vectors), basis.parity[:, None, None, None] * vectors)
    torch.testing.assert_close(basis.vectors @ basis.vectors.mT, torch.eye(basis.size, dtype=torch.float64))
    flat = (snapshots / basis.field_scale[:, None, None]).flatten(1)
    back = basis.encode(snapshots) * basis.coefficient_scale @ basis.vectors + basis.mean
    torch.testing.assert_close(back, flat)


def test_basis_of_single_precision_snapshots_is_orthonormal_to_its_smallest_vectors():
    generator = torch.Generator().manual_seed(0)
    modes = torch.linalg.qr(torch.randn(2 * 12 * 16, 24, dtype=torch.float64, generator=generator)).Q
    amplitudes = torch.randn(60, 24, dtype=torch.float64, generator=generator) * 10.0 ** -torch.linspace(0, 5, 24)
    snapshots = (amplitudes @ modes.mT).reshape(60, 2, 12, 16).float()
    basis = fit_basis(snapshots, 40, Resolution(16, 16))
    unit = (basis.vectors @ basis.vectors.mT).double()
    torch.testing.assert_close(unit, torch.eye(basis.size, dtype=torch.float64), atol=1e-3, rtol=0)


def test_predicted_flows_do_not_slip(surrogate):
    designs = sample(surrogate.space, 4, range(8))
    problem, state = surrogate.state(turned(designs), designs.reynolds)
    radial, grid = problem.grid.radial, problem.grid
    assert state.psi[:, 0].abs().max() < 1e-12
    slope = grid.radial_derivative(radial.omega_first[:1], state.psi)[:, 0]
    bend = grid.radial_derivative(radial.omega_second[:1], state.psi, 2)[:, 0]
    curl = problem.metric[:, 0] * state.omega[:, 0]
    raw = surrogate.basis.decode(surrogate.outputs(turned(designs), designs.reynolds)[0])[:, 0] + problem.stream
    was = grid.radial_derivative(radial.omega_first[:1], raw)[:, 0]
    assert slope.norm() < 0.05 * was.norm()
    assert (bend + curl).norm() < 0.05 * curl.norm()
