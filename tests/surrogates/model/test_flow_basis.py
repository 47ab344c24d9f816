"""The linear basis of flows: parity, orthogonality, no slip."""

import torch

from fusiform.solvers.flow import Resolution, discretise
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.model.flow_basis import fit_basis, mirror


def test_basis_splits_by_parity_and_reproduces_its_snapshots():
    generator = torch.Generator().manual_seed(0)
    snapshots = torch.randn(5, 2, 6, 8, dtype=torch.float64, generator=generator)
    basis = fit_basis(snapshots, 12, Resolution(2, 4, 2, 3))
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
    basis = fit_basis(snapshots, 40, Resolution(2, 4, 2, 3))
    unit = (basis.vectors @ basis.vectors.mT).double()
    torch.testing.assert_close(unit, torch.eye(basis.size, dtype=torch.float64), atol=1e-3, rtol=0)


def test_predicted_flows_do_not_slip(surrogate):
    designs = sample(surrogate.space, 4, range(8))
    problem, state = surrogate.state(turned(designs), designs.reynolds)
    psi = state.phi + problem.stream
    assert psi[:, 0].abs().max() < 1e-12
    slope, bend = _wall_derivatives(problem, psi)
    curl = problem.metric[:, 0] * state.omega[:, 0]
    raw = surrogate.basis.decode(surrogate.outputs(turned(designs), designs.reynolds)[0])[:, 0] + problem.stream
    assert slope.norm() < 1e-10 * _wall_derivatives(problem, raw)[0].norm()
    assert (bend + curl).norm() < 1e-10 * curl.norm()


def test_the_nodes_are_those_that_the_shipped_model_was_trained_on(surrogate):
    """The model holds values at nodes: where the rules that place them change, it has to be trained anew."""
    coefficients = torch.tensor([[-0.1 + 0.05j, 0.1 - 0.05j], [0.6, 0.05j]], dtype=torch.complex128)
    mesh = discretise(coefficients, torch.tensor([0.5, 50.0], dtype=torch.float64), surrogate.basis.resolution).mesh
    xi = [[0.675652414, 1.570782057, 2.976160588, 5.348307630], [0.282842712, 0.781199766, 1.874798432, 4.396915247]]
    eta = [[0.093358463, 0.681712851, 2.128794496, 5.643233902], [0.052779255, 0.402989916, 2.333949900, 5.780980933]]
    torch.testing.assert_close(mesh.xi[:, [6, 12, 18, 24]], torch.tensor(xi, dtype=torch.float64), rtol=0, atol=1e-6)
    torch.testing.assert_close(mesh.eta[:, [8, 24, 40, 72]], torch.tensor(eta, dtype=torch.float64), rtol=0, atol=1e-6)


def _wall_derivatives(problem, psi):
    """ψ_ξ and ψ_ξξ at the wall, (batch, n_eta) each."""
    layout, scale = problem.layout, problem.scale_xi[:, 0, :, 0, 0]
    near = psi[:, : layout.n1]
    once, twice = (torch.einsum("i,bij->bj", d[0], near) for d in (layout.d_xi, layout.d_xi @ layout.d_xi))
    return scale * once, scale.square() * twice
