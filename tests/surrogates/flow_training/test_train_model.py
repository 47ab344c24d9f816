"""Data sets and training on a small scale, with the real solver: restart, resume, both methods."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.flow.steady import solve_batch
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.data.dataset import load_dataset, problem_of
from fusiform.surrogates.data.samples import encoded_samples, scaled_snapshots
from fusiform.surrogates.design_space import sample, turned
from fusiform.surrogates.flow_training.cases import make_data
from fusiform.surrogates.flow_training.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.flow_training.flow_targets import invert_flows
from fusiform.surrogates.flow_training.recipe import load_recipe
from fusiform.surrogates.flow_training.settings import InverseConfig
from fusiform.surrogates.flow_training.train_model import train
from fusiform.surrogates.model.flow_basis import fit_basis
from fusiform.surrogates.model.force_scaling import drag_scale

RECIPE = """
name = "tiny"
[dataset]
count = 10
seed = 1
[heldout]
count = 4
seed = 2
[space]
modes = 3
fineness_min = 1.5
fineness_max = 3.0
reynolds_min = 2.0
reynolds_max = 10.0
alpha_max_deg = 5.0
[resolution]
n_xi = 32
n_eta = 40
[network]
basis = 8
width = 24
depth = 1
[fit]
steps = {steps}
batch = 8
[training]
method = "{method}"
{more}
"""
SIP = "rounds = 1\nbodies = 6\nround_steps = 30"


def _recipe(folder: Path, method="supervised", more="", steps=60):
    path = folder / f"{method}-{steps}.toml"
    path.write_text(RECIPE.format(method=method, more=more, steps=steps))
    return load_recipe(path)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    failures = make_data(_recipe(folder), folder / "cases", workers=2)
    assert failures == {"train": [], "heldout": [], "wide": []}
    return folder / "cases"


def test_a_restart_solves_only_what_is_missing(data, tmp_path):
    cases = sorted((data / "train").glob("case-*.npz"))
    assert len(cases) == 10
    kept = {path: path.stat().st_mtime_ns for path in cases[1:]}
    before = load_dataset(data / "train")
    cases[0].unlink()
    calls = []
    make_data(_recipe(tmp_path), data, workers=1, progress=lambda *step: calls.append(step))
    assert ("train cases", 9, 10, "solved") in calls
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    torch.testing.assert_close(load_dataset(data / "train").omega, before.omega)


def test_stored_states_solve_the_equations(data):
    """Single-precision ψ − y and ω reproduce the drag that the scalar Q = D/(ρU) holds."""
    dataset = load_dataset(data / "heldout")
    samples = encoded_samples(dataset.designs, *scaled_snapshots(dataset), load_basis(data))
    drag = samples.outputs[:, -4] + samples.outputs[:, -3]
    torch.testing.assert_close(drag, 2 * dataset.scalars[:, 0], rtol=1e-4, atol=0)
    assert problem_of(dataset.designs, dataset.resolution).metric.shape == (4, 32, 40)


def load_basis(data):
    dataset = load_dataset(data / "train")
    return fit_basis(scaled_snapshots(dataset)[0], 6, dataset.resolution)


def test_supervised_training_makes_a_usable_model(data, tmp_path):
    steps = []
    model = train(_recipe(tmp_path), data, tmp_path / "model", 1, lambda *step: steps.append(step))
    assert steps[-1][:3] == ("supervised", 60, 60)
    card = json.loads((tmp_path / "model" / "config.json").read_text())["card"]
    assert card["full_solves"] == 10
    assert card["linear_solves"] >= card["full_solves"]
    assert card["heldout"]["cases"] == 4
    again = load_surrogate(tmp_path / "model")
    answer = again.evaluate(Body.ellipse(2.0), FlowConditions(5.0))
    assert answer.drag_coefficient == pytest.approx(
        model.network.double()(answer.body.coefficients[None], torch.tensor([5.0]).double())[0, -4:-2].sum().item()
        * torch.exp(sum(p * torch.log(torch.tensor(5.0).double()) ** i for i, p in enumerate(model.drag_scale))).item(),
        rel=1e-5,
    )


def test_sip_training_spends_linear_solves_on_new_bodies(data, tmp_path):
    train(_recipe(tmp_path, "sip", SIP), data, tmp_path / "model", 1)
    card = json.loads((tmp_path / "model" / "config.json").read_text())["card"]
    assert card["sip_bodies_drawn"] == 6
    assert card["sip_bodies_accepted"] >= 1
    solved = int(load_dataset(data / "train").linear_solves.sum())
    assert solved + 6 <= card["linear_solves"] <= solved + 12


def test_a_round_of_tangents_follows_and_is_not_repeated(data, tmp_path):
    more = SIP + '\n[tangents]\nbodies = 4\ncandidates = 2\nsteps = 6\noptimizer = "adamw"'
    recipe = _recipe(tmp_path, "sip", more)
    model = train(recipe, data, tmp_path / "model", 1)
    assert model.card["sip_bodies_drawn"] == 10
    chunk = next((tmp_path / "model" / "tangents-targets").glob("*.npz"))
    with np.load(chunk) as arrays:
        assert arrays["slopes"].shape == (4, 7, 12)
    before = chunk.stat().st_mtime_ns
    again = train(recipe, data, tmp_path / "model", 1)
    assert chunk.stat().st_mtime_ns == before
    for one, two in zip(model.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, two)


def test_the_jacobian_of_the_flow_is_that_of_automatic_differentiation():
    surrogate = load_surrogate()
    designs = sample(surrogate.space, 77, range(1))
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale)
    batch = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    outputs = surrogate.network(turned(designs), designs.reynolds).requires_grad_()
    rows, found = physics.residual(outputs, batch)[0], physics.jacobian(outputs.detach(), batch)[0]
    assert found.shape == (len(rows), outputs.shape[1])
    for seed in range(3):
        weights = torch.randn(len(rows), dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        (slope,) = torch.autograd.grad(rows @ weights, outputs, retain_graph=True)
        assert (weights @ found - slope[0]).norm() < 1e-9 * slope.norm()


def test_accepted_targets_are_solutions():
    """With the shipped model: what the state inverse accepts equals the full solution."""
    surrogate = load_surrogate()
    designs = sample(surrogate.space, 4242, range(4))
    targets = invert_flows(surrogate, designs, InverseConfig())
    assert bool(targets.accepted.any())
    assert 4 <= targets.inversions <= 8
    flows = solve_batch(turned(designs), designs.reynolds, surrogate.basis.resolution)
    pressure, friction = flows.force_coefficients
    drag = (pressure + friction).real / drag_scale(surrogate.drag_scale, designs.reynolds)
    error = ((targets.values[:, -4] + targets.values[:, -3]) / drag - 1.0).abs()[targets.accepted]
    assert float(error.max()) < 1e-3, error


def test_a_killed_fit_resumes_to_the_same_weights(data, tmp_path):
    recipe = _recipe(tmp_path)
    whole = train(recipe, data, tmp_path / "whole", 1)

    class Killed(Exception):
        pass

    def kill(stage, step, total, note):
        if step == 40:
            raise Killed

    with pytest.raises(Killed):
        train(recipe, data, tmp_path / "parts", 1, kill)
    resumed = train(recipe, data, tmp_path / "parts", 1)
    for one, two in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("method", ["dp", "hig", "sip-hig"])
def test_every_other_method_trains_from_a_recipe(data, tmp_path, method):
    more = "rounds = 1\nbodies = 6\nround_steps = 3\n[equations]\nbatch = 4\n[half_inverse]\nbatch = 4"
    start = train(_recipe(tmp_path), data, tmp_path / "start", 1)
    model = train(_recipe(tmp_path, method, more), data, tmp_path / "model", 1)
    lines = (tmp_path / "model" / f"{method}-1" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["step"] == 3
    assert any(
        not torch.equal(a, b) for a, b in zip(start.network.parameters(), model.network.parameters(), strict=True)
    )
    assert load_surrogate(tmp_path / "model").card["recipe"]["training"]["method"] == method


def test_another_recipes_folder_or_data_is_refused(data, tmp_path):
    train(_recipe(tmp_path, steps=5), data, tmp_path / "model", 1)
    with pytest.raises(InputError, match="another with --out"):
        train(_recipe(tmp_path, steps=6), data, tmp_path / "model", 1)
    other = _recipe(tmp_path, steps=7)
    other = type(other)(**{**vars(other), "dataset": type(other.dataset)(**{**vars(other.dataset), "seed": 9})})
    with pytest.raises(InputError, match="data set of this recipe"):
        train(other, data, tmp_path / "elsewhere", 1)
    with pytest.raises(InputError, match="another folder"):
        make_data(other, data, workers=1)


def test_missing_data_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="with a manifest"):
        load_dataset(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"readable manifest of a data set, got manifest\.json .* delete it"):
        load_dataset(tmp_path)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ('method = "supervised"', "training method"),
        ("seed = 1", "different seeds"),
        ("count = 10", "got none of count"),
        ("modes = 3", "got nodes; did you mean modes"),
        ("steps = 60", r"expected steps of \[fit\] to be a whole number"),
        ("[network]", "TOML"),
    ],
)
def test_mistakes_in_a_recipe_are_named(tmp_path, change, match):
    broken = {
        'method = "supervised"': 'method = "magic"',
        "seed = 1": "seed = 2",
        "count = 10": "",
        "modes = 3": "nodes = 3",
        "steps = 60": 'steps = "many"',
        "[network]": "[network",
    }
    text = RECIPE.format(method="supervised", more="", steps=60).replace(change, broken[change], 1)
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=match):
        load_recipe(path)


def test_shipped_recipes_are_complete_and_the_default_one_is_the_models():
    recipes = Path(__file__).parents[3] / "assets" / "recipes"
    assert load_recipe(recipes / "supervised.toml").training.method == "supervised"
    made_by = json.loads(json.dumps(asdict(load_recipe(recipes / "default.toml"))))
    assert load_surrogate().card["recipe"] == made_by


@pytest.mark.slow
def test_torchrun_trains_the_model_that_one_process_trains(data, tmp_path):
    _recipe(tmp_path, "sip", SIP)
    recipe = str(tmp_path / "sip-60.toml")
    common = ["-m", "fusiform.app", "train", recipe, "--data", str(data), "--workers", "1", "--out"]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    for name, command in (("one", [sys.executable]), ("two", torchrun)):
        done = subprocess.run([*command, *common, str(tmp_path / name)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    one, two = (load_surrogate(tmp_path / name) for name in ("one", "two"))
    assert one.card["heldout"]["drag"] == pytest.approx(two.card["heldout"]["drag"], rel=1e-3)
    assert one.card["linear_solves"] == two.card["linear_solves"]
