"""Powers of the singular values against the dense SVD: rows or parameters, truncation, damping, Lanczos."""

import copy

import pytest
import torch
from half_inverse_oracle import NETWORKS, OUTPUTS, by_svd, dense, moved, operator, plain, problem, relative

from fusiform.surrogates.training.half_inverse.krylov import lanczos_function
from fusiform.surrogates.training.half_inverse.spectral_power import (
    ParameterSpace,
    SpectralPower,
    krylov_step,
    spectral_step,
)
from fusiform.surrogates.training.physics import Batch, loss_of


@pytest.mark.parametrize("kappa", [-1.0, -0.5, 0.3, 1.0])
@pytest.mark.parametrize("name", NETWORKS)
def test_step_is_that_of_the_dense_svd(name, kappa):
    network, batch = problem(name)
    residual, reference = dense(network, batch)
    expected = -0.7 * by_svd(reference, residual / len(batch), SpectralPower(kappa, 1e-5))
    step, report = moved(network, plain(kappa=kappa, truncation=1e-5, eta=0.7), batch)
    assert relative(step, expected) < 1e-6
    assert report.loss == pytest.approx(float(loss_of(residual.view(len(batch), -1))))


@pytest.mark.parametrize("truncation", [0.02, 0.2])
@pytest.mark.parametrize("size", [6, 100], ids=["fewer rows than parameters", "more rows"])
def test_small_singular_values_are_dropped_not_clamped(size, truncation):
    network, batch = problem(size=size)
    residual, reference = dense(network, batch)
    s = torch.linalg.svdvals(reference)
    expected = -by_svd(reference, residual / size, SpectralPower(truncation=truncation))
    step, report = moved(network, plain(truncation=truncation), batch)
    assert relative(step, expected) < 1e-6
    kept = int((s > truncation * s[0]).sum())
    possible = min(OUTPUTS * size, reference.shape[1])  # three residuals of two outputs compress to two rows
    assert 0 < kept < possible
    assert report.kept == pytest.approx(kept / possible)


@pytest.mark.parametrize("kappa", [-1.0, -0.5, 1.0])
def test_more_rows_than_parameters_goes_through_the_parameters(kappa):
    network, batch = problem(size=100)
    residual, reference = dense(network, batch)
    jacobian, _ = operator(network, batch)
    power = SpectralPower(kappa, 1e-3)
    spectrum = spectral_step(jacobian, power)
    assert isinstance(spectrum, ParameterSpace)
    assert relative(spectrum.step(residual), by_svd(reference, residual, power)) < 1e-6


@pytest.mark.parametrize("size", [6, 100])
def test_damped_gauss_newton_is_levenberg_marquardt(size):
    network, batch = problem(size=size)
    residual, reference = dense(network, batch)
    mu = 0.03 * float(torch.linalg.matrix_norm(reference, 2))
    square = reference.T @ reference
    expected = -torch.linalg.solve(square + mu**2 * torch.eye(len(square)), reference.T @ residual)
    step, _ = moved(network, plain(kappa=-1.0, truncation=0.0, damping=0.03, summed=True), batch)
    assert relative(step, expected) < 1e-6


@pytest.mark.parametrize("name", ["perceptron", "pair", "convolution"])
def test_lanczos_reaches_the_step_without_any_matrix(name):
    network, batch = problem(name)
    residual, reference = dense(network, batch)
    power = SpectralPower(truncation=1e-4)
    jacobian, compressed = operator(network, batch, squeeze=True)
    expected = by_svd(reference, residual, power)
    assert relative(krylov_step(jacobian, power, compressed, 40), expected) < 1e-6
    damped = SpectralPower(damping=0.3)
    assert relative(krylov_step(jacobian, damped, compressed, 8), by_svd(reference, residual, damped)) < 1e-3
    step, _ = moved(network, plain(truncation=1e-4, krylov_steps=40), batch)
    assert relative(step, -expected / len(batch)) < 1e-6


def test_lanczos_is_exact_after_as_many_steps_as_there_are_eigenvalues():
    a = torch.tensor([4.0, 9.0, 4.0, 25.0, 9.0]).double()
    g = torch.arange(1.0, 6.0).double()
    assert torch.allclose(lanczos_function(lambda v: a * v, g, torch.sqrt, 3), a.sqrt() * g, rtol=1e-13)
    assert torch.equal(lanczos_function(lambda v: a * v, 0 * g, torch.sqrt, 3), 0 * g)


@pytest.mark.parametrize("kappa", [-1.0, -0.5, 1.0])
def test_compressed_rows_give_the_same_step(kappa):
    """A thousand residual rows of two outputs, in compressed form two."""
    network, batch = problem()
    torch.manual_seed(1)
    matrix, offset = torch.randn(1000, OUTPUTS).double(), torch.randn(len(batch), 1000).double()

    class Tall:
        def residual(self, outputs, batch):
            return outputs @ matrix.T + offset

    jacobian, residual = operator(network, batch, Tall())
    short, compressed = operator(network, batch, Tall(), squeeze=True)
    assert (jacobian.shape[0], short.shape[0]) == (6000, 12)
    power = SpectralPower(kappa, 1e-5)
    expected = by_svd(jacobian.block(list(jacobian.parameters)), residual, power)
    assert relative(spectral_step(short, power).step(compressed), expected) < 1e-6


def test_float32_networks_come_close():
    network, batch = problem(dtype=torch.float32)
    exact, _ = moved(copy.deepcopy(network).double(), plain(truncation=1e-3), batch_of(batch, torch.float64))
    step, _ = moved(network, plain(truncation=1e-3), batch)
    assert step.dtype == torch.float32
    assert relative(step.double(), exact) < 1e-3


def batch_of(batch, dtype):
    return Batch.of(batch.inputs.to(dtype), *(d.to(dtype) for d in batch.data))
