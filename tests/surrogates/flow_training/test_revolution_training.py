"""A model of bodies of revolution from a recipe: data, targets with tangents, bounds, the folder and back."""

from pathlib import Path

import pytest
import torch
from small_training import SIP, small_recipe

import fusiform as fs
from fusiform.surrogates import Surrogate, load_surrogate
from fusiform.surrogates.data.dataset import load_dataset, problem_of
from fusiform.surrogates.data.samples import scaled_snapshots
from fusiform.surrogates.designs import turned
from fusiform.surrogates.flow_training.cases import make_data
from fusiform.surrogates.flow_training.targets.flow_tangents import feature_slopes, perturbed
from fusiform.surrogates.flow_training.train_model import train
from fusiform.surrogates.model.features import features
from fusiform.surrogates.model.flow_basis import decode_state, encode_state, fit_basis
from fusiform.surrogates.quality.measure_model import calibrate_model, evaluate_model

TANGENTS = SIP + '\n[tangents]\nbodies = 4\ncandidates = 2\nsteps = 6\noptimizer = "adamw"'


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Surrogate, Path, Path]:
    """The model, its folder, and that of its data."""
    folder = tmp_path_factory.mktemp("revolution")
    recipe = small_recipe(folder, "sip", TANGENTS, revolution=True)
    failures = make_data(recipe, folder / "cases", workers=1)
    assert failures == {"heldout": [], "calibration": [], "train": []}
    return train(recipe, folder / "cases", folder / "model", 1), folder / "model", folder / "cases"


def test_the_model_in_its_folder_is_the_one_that_was_trained(trained):
    model, folder, _ = trained
    again = load_surrogate(folder)
    assert again.revolution
    assert again.card["sip_bodies_accepted"] == 10
    coefficients, reynolds = torch.tensor([[0.3, 0.05, -0.02]], dtype=torch.complex128), torch.tensor([5.0]).double()
    for before, after in zip(model.outputs(coefficients, reynolds), again.outputs(coefficients, reynolds), strict=True):
        torch.testing.assert_close(after, before.to(after), rtol=1e-5, atol=1e-6)
    forces = again.force_coefficients(coefficients, reynolds)
    assert float(forces.real) > 0.0
    assert float(forces.imag) == 0.0


def test_a_model_answers_for_its_own_kind_alone(trained):
    model, _, _ = trained
    with pytest.raises(fs.InputError, match=r"expected a body of revolution for the model 'tiny', got a plane body"):
        model.evaluate(fs.Body.ellipse(2.0), fs.FlowConditions(5.0))
    with pytest.raises(fs.InputError, match="expected an angle of attack of 0 for a body of revolution, got 3"):
        model.evaluate(fs.Body.spheroid(2.0), fs.FlowConditions(5.0, 3.0))
    with pytest.raises(fs.InputError, match="expected the force drag for a body of revolution, got lift"):
        model.evaluate(fs.Body.spheroid(2.0), fs.FlowConditions(5.0)).gradient("lift")


def test_a_model_is_measured_on_cases_of_its_own_kind_alone(trained, surrogate):
    model, _, cases = trained
    assert evaluate_model(model, cases)["heldout"]["cases"] == 4
    assert calibrate_model(model, cases).card["calibration"]["lift"] == 1.0
    with pytest.raises(fs.InputError, match="expected calibration cases with 8 modes of the model's kind"):
        calibrate_model(surrogate, cases)


def test_a_basis_of_all_flows_restores_them(trained):
    dataset = load_dataset(trained[2] / "train")
    assert dataset.revolution
    assert dataset.phi.shape[1:] == (17, 31)
    snapshots = scaled_snapshots(dataset)
    basis = fit_basis(snapshots, 10, dataset.resolution, revolution=True)
    assert (basis.parity == 1.0).all()
    problem = problem_of(dataset.designs, dataset.resolution, revolution=True)
    state = decode_state(basis, problem, basis.encode(snapshots).double(), dataset.scalars)
    torch.testing.assert_close(state.phi, dataset.phi.double(), rtol=0, atol=1e-5)
    torch.testing.assert_close(state.omega, dataset.omega.double(), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(encode_state(basis, problem, state), basis.encode(snapshots).double(), atol=1e-4, rtol=0)


def test_feature_slopes_are_the_differences_of_features(trained):
    designs = load_dataset(trained[2] / "heldout").designs
    coefficients, reynolds = turned(designs), designs.reynolds
    assert features(coefficients, reynolds, revolution=True).shape == (1, 4, 3 + 2 + 48)
    slopes = feature_slopes(coefficients, reynolds, revolution=True)
    plus, minus = features(*perturbed(coefficients[0], reynolds[0], 1e-6, revolution=True), True).split(4, dim=1)
    torch.testing.assert_close(slopes[:, 0], (plus - minus) / 2e-6, rtol=1e-6, atol=1e-8)
