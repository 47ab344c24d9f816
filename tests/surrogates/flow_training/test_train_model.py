"""Training on a small scale by every method, with the real solver: models, cards, killed runs."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from small_training import SIP, small_recipe
from torch_modes import default_dtype

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.data.dataset import load_dataset
from fusiform.surrogates.flow_training.cases import make_data
from fusiform.surrogates.flow_training.train_model import train


def test_supervised_training_makes_a_usable_model(small_cases, tmp_path):
    steps = []
    model = train(small_recipe(tmp_path), small_cases, tmp_path / "model", 1, lambda *step: steps.append(step))
    assert steps[-1][:3] == ("supervised", 60, 60)
    card = json.loads((tmp_path / "model" / "config.json").read_text())["card"]
    assert card["full_solves"] == 10
    assert card["factorisations"] >= card["full_solves"]
    assert card["heldout"]["cases"] == 4
    again = load_surrogate(tmp_path / "model")
    answer = again.evaluate(Body.ellipse(2.0), FlowConditions(5.0))
    assert answer.drag_coefficient == pytest.approx(
        model.network.double()(answer.body.coefficients[None], torch.tensor([5.0]).double())[0, -4:-2].sum().item()
        * torch.exp(sum(p * torch.log(torch.tensor(5.0).double()) ** i for i, p in enumerate(model.drag_scale))).item(),
        rel=1e-5,
    )


def test_sip_training_spends_factorisations_on_new_bodies(small_cases, tmp_path):
    train(small_recipe(tmp_path, "sip", SIP), small_cases, tmp_path / "model", 1)
    card = json.loads((tmp_path / "model" / "config.json").read_text())["card"]
    assert card["sip_bodies_drawn"] == 6
    assert card["sip_bodies_accepted"] >= 1
    solved = int(load_dataset(small_cases / "train").factorisations.sum())
    assert solved + 6 <= card["factorisations"] <= solved + 12


def test_a_round_of_tangents_follows_and_is_not_repeated(small_cases, tmp_path):
    more = SIP + '\n[tangents]\nbodies = 4\ncandidates = 2\nsteps = 6\noptimizer = "adamw"'
    recipe = small_recipe(tmp_path, "sip", more)
    model = train(recipe, small_cases, tmp_path / "model", 1)
    assert model.card["sip_bodies_drawn"] == 10
    chunk = next((tmp_path / "model" / "tangents-targets").glob("*.npz"))
    with np.load(chunk) as arrays:
        assert arrays["slopes"].shape == (4, 7, 12)
    before = chunk.stat().st_mtime_ns
    again = train(recipe, small_cases, tmp_path / "model", 1)
    assert chunk.stat().st_mtime_ns == before
    for one, two in zip(model.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, two)


def test_a_killed_fit_resumes_to_the_same_weights(small_cases, tmp_path):
    recipe = small_recipe(tmp_path)
    whole = train(recipe, small_cases, tmp_path / "whole", 1)

    class Killed(Exception):
        pass

    def kill(stage, step, total, note):
        if step == 40:
            raise Killed

    with pytest.raises(Killed):
        train(recipe, small_cases, tmp_path / "parts", 1, kill)
    resumed = train(recipe, small_cases, tmp_path / "parts", 1)
    for one, two in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("method", ["dp", "hig", "sip-hig"])
def test_every_other_method_trains_from_a_recipe(small_cases, tmp_path, method):
    more = "rounds = 1\nbodies = 6\nround_steps = 3\n[equations]\nbatch = 4\n[half_inverse]\nbatch = 4"
    start = train(small_recipe(tmp_path), small_cases, tmp_path / "start", 1)
    model = train(small_recipe(tmp_path, method, more), small_cases, tmp_path / "model", 1)
    lines = (tmp_path / "model" / f"{method}-1" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["step"] == 3
    assert any(
        not torch.equal(a, b) for a, b in zip(start.network.parameters(), model.network.parameters(), strict=True)
    )
    assert load_surrogate(tmp_path / "model").card["recipe"]["training"]["method"] == method


def test_another_recipes_folder_or_data_is_refused(small_cases, tmp_path):
    train(small_recipe(tmp_path, steps=5), small_cases, tmp_path / "model", 1)
    with pytest.raises(InputError, match="another with --out"):
        train(small_recipe(tmp_path, steps=6), small_cases, tmp_path / "model", 1)
    other = small_recipe(tmp_path, steps=7)
    other = type(other)(**{**vars(other), "dataset": type(other.dataset)(**{**vars(other.dataset), "seed": 9})})
    with pytest.raises(InputError, match="data set of this recipe"):
        train(other, small_cases, tmp_path / "elsewhere", 1)
    with pytest.raises(InputError, match="another folder"):
        make_data(other, small_cases, workers=1)


def test_training_does_not_depend_on_the_default_dtype(small_cases, tmp_path):
    recipe = small_recipe(tmp_path, "sip", "rounds = 1\nbodies = 4\nround_steps = 3", steps=5)
    expected = train(recipe, small_cases, tmp_path / "expected", 1).network.state_dict()
    for dtype in (torch.float64, torch.bfloat16):
        with default_dtype(dtype):
            found = train(recipe, small_cases, tmp_path / str(dtype), 1).network.state_dict()
        assert {name: value.dtype for name, value in found.items()} == dict.fromkeys(expected, torch.float32)
        assert all(torch.equal(found[name], value) for name, value in expected.items())


@pytest.mark.slow
def test_torchrun_trains_the_model_that_one_process_trains(small_cases, tmp_path):
    small_recipe(tmp_path, "sip", SIP)
    recipe = str(tmp_path / "sip-60.toml")
    common = ["-m", "fusiform.app", "train", recipe, "--data", str(small_cases), "--workers", "1", "--out"]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    for name, command in (("one", [sys.executable]), ("two", torchrun)):
        done = subprocess.run([*command, *common, str(tmp_path / name)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    one, two = (load_surrogate(tmp_path / name) for name in ("one", "two"))
    assert one.card["heldout"]["drag"] == pytest.approx(two.card["heldout"]["drag"], rel=1e-3)
    assert one.card["factorisations"] == two.card["factorisations"]
