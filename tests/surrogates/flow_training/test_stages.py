"""The plan of a recipe, and the rule, data and targets of its stages."""

from dataclasses import replace

import pytest
import torch
from small_training import SIP, small_recipe

from fusiform.solvers import InputError
from fusiform.solvers.common.batches import select
from fusiform.surrogates.data.dataset import load_dataset
from fusiform.surrogates.flow_training.labels import Foundation
from fusiform.surrogates.flow_training.method_names import METHODS
from fusiform.surrogates.flow_training.run import Run
from fusiform.surrogates.flow_training.spent import Spent
from fusiform.surrogates.flow_training.stages import plan
from fusiform.surrogates.training import FirstOrder, HalfInverseGradients, Labelled, ScaleInvariantPhysics, TargetFiles

ROUNDS = "rounds = 2\nbodies = 3\nround_steps = 5"


def run_of(recipe, cases, folder, most=10):
    training, heldout = load_dataset(cases / "train"), load_dataset(cases / "heldout")
    training = select(training, slice(0, most))
    return Run(folder, recipe, Foundation.of(training, recipe.network.basis), heldout.designs, workers=1)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "supervised"])
def test_each_round_has_bodies_of_its_own(tmp_path, method):
    first, *rounds = plan(small_recipe(tmp_path, method, ROUNDS))
    assert first.name == "supervised"
    assert [(stage.name, stage.bodies) for stage in rounds] == [
        (f"{method}-1", range(0, 3)),
        (f"{method}-2", range(3, 6)),
    ]


@pytest.mark.parametrize(("line", "clip_norm"), [("", None), ("clip_norm = 0.5", 0.5)])
def test_the_gradients_of_dp_are_clipped_as_the_recipe_says(small_cases, tmp_path, line, clip_norm):
    recipe = small_recipe(tmp_path, "dp", f"{ROUNDS}\n[equations]\n{line}")
    run = run_of(recipe, small_cases, tmp_path / "run")
    stage = plan(recipe)[1].prepare(run, run.foundation.fresh_network(recipe.network, 0), run.foundation.labels)
    assert stage.rule.clip_norm == clip_norm
    (group,) = stage.rule.optimizers[0].param_groups
    assert (group["lr"], group["weight_decay"]) == (recipe.equations.rate, recipe.fit.weight_decay)


def test_tangents_come_last(tmp_path):
    recipe = small_recipe(tmp_path, "sip", ROUNDS + "\n[tangents]\nbodies = 4")
    assert [stage.name for stage in plan(recipe)] == ["supervised", "sip-1", "sip-2", "tangents"]
    assert plan(recipe)[-1].last_round == "sip-2"


@pytest.mark.parametrize(("method", "inner"), [("sip", FirstOrder), ("sip-hig", HalfInverseGradients)])
def test_a_round_is_the_librarys_rule_with_targets_on_disk(small_cases, tmp_path, method, inner):
    recipe = small_recipe(tmp_path, method, SIP)
    run = run_of(recipe, small_cases, tmp_path / "run")
    labels, network = run.foundation.labels, run.foundation.fresh_network(recipe.network, 0)
    start, targets = plan(recipe)
    supervised = start.prepare(run, network, labels)
    assert isinstance(supervised.rule, ScaleInvariantPhysics)
    assert supervised.labels is labels
    stage = targets.prepare(run, network, labels)
    assert isinstance(stage.rule, ScaleInvariantPhysics)
    assert isinstance(stage.rule.inner, inner)
    assert isinstance(stage.rule.store, Labelled)
    files = stage.rule.store.rest
    assert isinstance(files, TargetFiles)
    used = int(files.accepted.sum())
    assert len(stage.data) == len(stage.labels) == len(labels) + used
    assert stage.spent == Spent(drawn=6, accepted=used, factorisations=files.inversions)
    assert torch.equal(stage.labels.targets[: len(labels)], labels.targets)
    report = stage.rule.step(stage.network, stage.data, stage.physics)
    assert report.accepted == 1.0
    assert report.inversions == 0


def test_targets_of_labels_are_the_network_outputs_of_the_solved_flows(small_cases, tmp_path):
    """Drag coefficients from the labels are those that the solver's scalar Q = D/(ρU) holds."""
    dataset = load_dataset(small_cases / "train")
    run = run_of(small_recipe(tmp_path), small_cases, tmp_path)
    batch = run.batch(run.foundation.fresh_network(run.recipe.network, 0).double(), dataset.designs)
    problem = run.physics.problem(batch)
    state = run.physics.state(problem, run.foundation.labels.targets)
    torch.testing.assert_close(state.scalars[:, 0], dataset.scalars[:, 0], rtol=1e-4, atol=0)


def test_more_samples_to_validate_on_than_there_are_is_refused(small_cases, tmp_path):
    recipe = small_recipe(tmp_path)
    with pytest.raises(InputError, match="than the 10 solved cases, got 10; lower validation"):
        replace(recipe, fit=replace(recipe.fit, validation=10))
    recipe = replace(recipe, fit=replace(recipe.fit, validation=9))
    run = run_of(recipe, small_cases, tmp_path, most=9)
    network = run.foundation.fresh_network(recipe.network, 0)
    with pytest.raises(InputError, match="lower validation"):
        plan(recipe)[0].prepare(run, network, run.foundation.labels)
