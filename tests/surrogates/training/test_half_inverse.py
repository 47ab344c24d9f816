"""Half-inverse steps against the dense SVD, for every kind of network and every way to the powers of the Jacobian."""

import copy
from functools import partial
from itertools import pairwise

import pytest
import torch
from torch import nn

from fusiform.solvers import InputError
from fusiform.surrogates.training.half_inverse.compression import compress
from fusiform.surrogates.training.half_inverse.gram import chunked_gram, layerwise_gram, probe
from fusiform.surrogates.training.half_inverse.jacobian import BatchJacobian, all_in_linear_layers
from fusiform.surrogates.training.half_inverse.krylov import lanczos_function
from fusiform.surrogates.training.half_inverse.spectral_power import (
    ParameterSpace,
    SpectralPower,
    krylov_step,
    spectral_step,
)
from fusiform.surrogates.training.methods.half_inverse_gradients import HalfInverseConfig, HalfInverseGradients
from fusiform.surrogates.training.physics import Batch, Regression, loss_of, residual_and_jacobian

INPUTS, OUTPUTS = 3, 2


def perceptron(bias=True):
    return nn.Sequential(
        nn.Linear(INPUTS, 7, bias=bias), nn.Tanh(), nn.Linear(7, 6), nn.Tanh(), nn.Linear(6, OUTPUTS, bias=bias)
    )


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.hidden, self.last = nn.Linear(INPUTS, 8), nn.Linear(8, 8), nn.Linear(8, OUTPUTS)

    def forward(self, x):
        h = torch.tanh(self.first(x))
        return self.last(h + torch.tanh(self.hidden(h)))


class Shared(Residual):
    """The hidden layer is used three times."""

    def forward(self, x):
        h = torch.tanh(self.first(x))
        for _ in range(3):
            h = h + torch.tanh(self.hidden(h))
        return self.last(h)


class Pair(nn.Module):
    """Inputs (batch, 2, in): a body and its mirror image go through the layers together, as (2, batch, in)."""

    def __init__(self):
        super().__init__()
        self.inner = Residual()

    def forward(self, x):
        if x.ndim == 2:
            x = torch.stack([x, x.flip(1)], dim=1)
        raw, image = self.inner(x.movedim(1, 0))
        return 0.5 * (raw + torch.tensor([1.0, -1.0]).to(raw) * image)


class Convolution(nn.Module):
    """Parameters outside linear layers."""

    def __init__(self):
        super().__init__()
        self.filter, self.norm, self.last = nn.Conv1d(1, 4, 2), nn.LayerNorm(8), nn.Linear(8, OUTPUTS)

    def forward(self, x):
        return self.last(self.norm(torch.tanh(self.filter(x[:, None]).flatten(1))))


def partly_frozen():
    network = perceptron()
    network[0].weight.requires_grad_(False)
    network[2].bias.requires_grad_(False)
    return network


NETWORKS = {
    "perceptron": perceptron,
    "without bias": partial(perceptron, bias=False),
    "residual": Residual,
    "shared layer": Shared,
    "pair": Pair,
    "partly frozen": partly_frozen,
    "convolution": Convolution,
}


class Curved:
    """Three nonlinear residuals of two outputs, with scales far apart."""

    def residual(self, outputs, batch):
        (label,) = batch.data
        first, second = outputs.T
        return torch.stack([first - label, 0.1 * (second + first**2), torch.sin(second) - 3.0 * label], dim=1)


PHYSICS = Curved()


def problem(name="perceptron", size=6, seed=0, dtype=torch.float64):
    torch.manual_seed(seed)
    network = NETWORKS[name]().to(dtype)
    return network, Batch.of(torch.randn(size, INPUTS, dtype=dtype), torch.randn(size, dtype=dtype))


def dense(network, batch, physics=PHYSICS):
    """R (rows,) and J (rows, n), one backward pass a row."""
    residual = physics.residual(network(batch.inputs), batch).flatten()
    parameters = [p for p in network.parameters() if p.requires_grad]
    rows = [torch.autograd.grad(r, parameters, retain_graph=True, materialize_grads=True) for r in residual]
    return residual.detach(), torch.stack([torch.cat([g.flatten() for g in row]) for row in rows])


def by_svd(jacobian, g, power):
    """The oracle: V σ (σ² + μ² σ_max²)^((κ−1)/2) Uᵀ g over σ > τ σ_max."""
    u, s, vh = torch.linalg.svd(jacobian, full_matrices=False)
    kept = s > power.truncation * s[0]
    u, s, vh = u[:, kept], s[kept], vh[kept]
    weights = s * (s**2 + (power.damping * torch.linalg.matrix_norm(jacobian, 2)) ** 2) ** ((power.kappa - 1) / 2)
    return vh.T @ (weights * (u.T @ g))


def operator(network, batch, physics=PHYSICS, squeeze=False):
    """Our J and R; `squeeze` with compressed rows."""
    jacobian = BatchJacobian(network, batch.inputs)
    residual, rows = residual_and_jacobian(physics, jacobian.outputs, batch)
    if squeeze:
        residual, rows = compress(residual, rows)
    return jacobian.with_rows(rows), residual.flatten()


@torch.no_grad()
def loss(network, batch, physics=PHYSICS):
    return float(loss_of(physics.residual(network(batch.inputs), batch)))


def relative(got, expected):
    return float((got - expected).norm() / expected.norm())


def moved(network, rule, batch, physics=PHYSICS):
    """Δθ of one step of `rule` on a copy of `network`, and the report."""
    network = copy.deepcopy(network)
    trained = [p for p in network.parameters() if p.requires_grad]
    before = nn.utils.parameters_to_vector(trained).detach().clone()
    report = rule.step(network, batch, physics)
    return nn.utils.parameters_to_vector(trained).detach() - before, report


def plain(**knobs):
    """A rule without safeguard."""
    power = SpectralPower(**{k: knobs.pop(k) for k in ("kappa", "truncation", "damping") if k in knobs})
    return HalfInverseGradients(HalfInverseConfig(power=power, halvings=0, **knobs))


@pytest.mark.parametrize("name", NETWORKS)
def test_products_and_gram_matrices_are_those_of_the_dense_jacobian(name):
    network, batch = problem(name)
    _, reference = dense(network, batch)
    jacobian, _ = operator(network, batch)
    v, c = torch.randn(reference.shape[1]).double(), torch.randn(reference.shape[0]).double()
    gram = reference @ reference.T
    assert jacobian.shape == reference.shape
    assert relative(jacobian.forward(v), reference @ v) < 1e-12
    assert relative(jacobian.transposed(c), reference.T @ c) < 1e-12
    assert relative(chunked_gram(jacobian, 4096), gram) < 1e-12
    assert all_in_linear_layers(network) == (name != "convolution")
    if name != "convolution":
        assert relative(layerwise_gram(jacobian), gram) < 1e-12
        probe(jacobian, layerwise_gram(jacobian), jacobian.transposed)


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


@pytest.mark.parametrize("kappa", [-1.0, -0.5, 1.0])
def test_sum_convention_is_the_mean_convention_times_the_batch(kappa):
    network, batch = problem()
    mean, _ = moved(network, plain(kappa=kappa, eta=0.5 * len(batch)), batch)
    total, _ = moved(network, plain(kappa=kappa, eta=0.5, summed=True), batch)
    assert torch.allclose(mean, total, rtol=1e-12)


def test_exponent_one_is_gradient_descent():
    network, batch = problem()
    step, _ = moved(network, plain(kappa=1.0, truncation=0.0, eta=0.1), batch)
    value = loss_of(PHYSICS.residual(network(batch.inputs), batch))
    gradient = torch.autograd.grad(value, list(network.parameters()))
    assert relative(step, -0.1 * torch.cat([g.flatten() for g in gradient])) < 1e-10


def test_exponent_minus_one_solves_a_linear_problem_in_one_step():
    torch.manual_seed(0)
    x = torch.randn(50, 4).double()
    batch = Batch.of(x, x @ torch.randn(4, 3).double() + 1.0)
    network = nn.Linear(4, 3).double()
    plain(kappa=-1.0, summed=True).step(network, batch, Regression())
    assert loss(network, batch, Regression()) < 1e-20


@pytest.mark.parametrize("kappa", [-1.0, -0.5, 1.0])
def test_scaling_the_residual_by_c_scales_the_step_by_c_to_the_one_plus_kappa(kappa):
    """κ = −1 does not see the scale of the physics, the half-inverse sees its root, the gradient its square."""
    network, batch = problem()

    class Scaled(Curved):
        def residual(self, outputs, batch):
            return 16.0 * super().residual(outputs, batch)

    step, _ = moved(network, plain(kappa=kappa), batch)
    scaled, _ = moved(network, plain(kappa=kappa), batch, Scaled())
    assert torch.allclose(scaled, 16.0 ** (1.0 + kappa) * step, rtol=1e-9)


@pytest.mark.parametrize("size", [6, 100])
def test_momentum_with_gauss_newton_is_spring(size):
    """μ Δ + J⁺ (−R − μ J Δ): the published formula."""
    network, batch = problem(size=size)
    rule = plain(kappa=-1.0, truncation=1e-3, summed=True, momentum=0.9, eta=0.1)
    rule.step(network, batch.select(slice(0, 4)), PHYSICS)
    last = rule.state_dict()["last"]
    residual, reference = dense(network, batch)
    step, _ = moved(network, rule, batch)
    u, s, vh = torch.linalg.svd(reference, full_matrices=False)
    kept = s > 1e-3 * s[0]
    inverse = (vh[kept].T / s[kept]) @ u[:, kept].T
    assert relative(step, 0.9 * last + inverse @ (-0.1 * residual - 0.9 * reference @ last)) < 1e-6


def test_float32_networks_come_close():
    network, batch = problem(dtype=torch.float32)
    exact, _ = moved(copy.deepcopy(network).double(), plain(truncation=1e-3), batch_of(batch, torch.float64))
    step, _ = moved(network, plain(truncation=1e-3), batch)
    assert step.dtype == torch.float32
    assert relative(step.double(), exact) < 1e-3


def test_a_loss_that_is_not_finite_changes_nothing():
    network, batch = problem()
    batch.data[0][0] = torch.nan
    step, report = moved(network, HalfInverseGradients(), batch)
    assert torch.count_nonzero(step) == 0
    assert report.step_size == 0.0


def batch_of(batch, dtype):
    return Batch.of(batch.inputs.to(dtype), *(d.to(dtype) for d in batch.data))


@pytest.mark.parametrize("kappa", [-1.0, -0.5])
def test_the_safeguard_never_lets_the_loss_of_a_mini_batch_rise(kappa):
    network, batch = problem("residual", size=8)
    batch = Batch.of(batch.inputs, torch.randn(8, OUTPUTS).double())
    physics = Regression()
    rule = HalfInverseGradients(HalfInverseConfig(eta=60.0, power=SpectralPower(kappa), summed=True))
    unguarded = copy.deepcopy(network)
    plain(kappa=kappa, eta=60.0, summed=True).step(unguarded, batch, physics)
    start = loss(network, batch, physics)
    assert loss(unguarded, batch, physics) > start
    losses, reports = [], []
    for _ in range(30):
        reports.append(rule.step(network, batch, physics))
        losses.append(reports[-1].loss)
    assert reports[0].halvings > 0
    assert reports[0].step_size < 60.0
    assert all(after <= before for before, after in pairwise(losses))
    assert losses[-1] < 0.2 * start


def test_a_schedule_that_rises_is_followed_where_nothing_is_halved():
    network, batch = problem()
    rule = HalfInverseGradients(HalfInverseConfig(eta=0.1))
    scales = [0.0, 0.02, 0.5, 1.0, 0.3]
    reports = [rule.step(network, batch, PHYSICS, rate_scale=scale) for scale in scales]
    assert [r.halvings for r in reports] == [0] * len(scales)
    assert [r.step_size for r in reports] == pytest.approx([0.1 * scale for scale in scales])


def test_a_refused_step_leaves_the_network_as_it_was():
    network, batch = problem()

    class Cliff:
        """At a minimum already, and worse at once in every direction."""

        def residual(self, outputs, batch):
            away = (outputs.detach() - start).abs().sum(1, keepdim=True) > 0
            return 1.0 + outputs - outputs.detach() + 100.0 * away

    start = network(batch.inputs).detach()
    step, report = moved(network, HalfInverseGradients(HalfInverseConfig(halvings=3)), batch, Cliff())
    assert (report.step_size, report.halvings) == (0.0, 3)
    assert torch.count_nonzero(step) == 0


def test_networks_that_use_weights_outside_their_layer_are_found_out():
    class Tied(Residual):
        def forward(self, x):
            return super().forward(x) + x @ self.first.weight[:OUTPUTS].T

    torch.manual_seed(0)
    for size in (6, 200):  # fewer rows than parameters, and more
        batch = problem(size=size)[1]
        with pytest.raises(InputError, match="uses a layer's weights outside"):
            HalfInverseGradients().step(Tied().double(), batch, PHYSICS)


def test_samples_on_the_wrong_axis_are_refused():
    class Wrong(Pair):
        def forward(self, x):
            return self.inner(torch.stack([x, x], dim=1))[:, 0]

    torch.manual_seed(0)
    with pytest.raises(InputError, match="second axis from the end"):
        HalfInverseGradients().step(Wrong().double(), problem()[1], PHYSICS)


@pytest.mark.parametrize(
    ("knobs", "match"),
    [
        ({"eta": 0.0}, "step size above 0"),
        ({"power": SpectralPower(truncation=2.0)}, "truncation from 0 to 1"),
        ({"momentum": 0.9, "krylov_steps": 5}, "no momentum with Krylov"),
    ],
)
def test_settings_that_cannot_be_are_refused(knobs, match):
    with pytest.raises(InputError, match=match):
        HalfInverseConfig(**knobs)
