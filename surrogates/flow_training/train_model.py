"""The offline workflow: make a data set, train a model, evaluate it. The command line is a thin layer over this."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from fusiform.solvers.common.batches import concatenate, select
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import make_folder, write_json
from fusiform.solvers.common.provenance import versions
from fusiform.surrogates.data.dataset import Dataset, load_dataset, make_dataset, turned
from fusiform.surrogates.data.samples import Samples, encoded_samples, scaled_snapshots
from fusiform.surrogates.design_space import Designs, sample
from fusiform.surrogates.flow_training.recipe import Recipe
from fusiform.surrogates.flow_training.sip_targets import inverse_targets
from fusiform.surrogates.flow_training.stages import Stage, fit_equations, fit_tangents, fit_targets, scaled_targets
from fusiform.surrogates.flow_training.tangent_targets import TangentTargets, tangent_targets
from fusiform.surrogates.model.error_bound import ErrorModel, radius
from fusiform.surrogates.model.features import features
from fusiform.surrogates.model.flow_basis import LinearBasis, fit_basis
from fusiform.surrogates.model.force_scaling import FORCE_PARITY, fit_drag_scale
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.quality.calibration import calibrate
from fusiform.surrogates.quality.evaluation import evaluate
from fusiform.surrogates.training.loop import parallel

NEW_BODIES_SEED_OFFSET, TANGENT_BODIES_SEED_OFFSET = 1_000_000, 2_000_000
TRAIN, HELDOUT, WIDE = "train", "heldout", "wide"
Progress = Callable[[str, int, int, str], None]


def _quiet(stage: str, done: int, total: int, note: str) -> None:
    """No progress."""


@dataclass(frozen=True)
class _Run:
    """A training run's folder, recipe and what all stages share."""

    folder: Path
    recipe: Recipe
    basis: LinearBasis
    polynomial: Tensor
    heldout: Dataset
    workers: int
    progress: Progress
    tensorboard: Path | None = None

    def surrogate(self, network: EquivariantNetwork, samples: Samples, name: str) -> Surrogate:
        """The model so far, its error bound not yet fitted."""

        def inputs(designs: Designs) -> Tensor:
            return network.pair(turned(designs), designs.reynolds)[0].detach()

        anchors = inputs(samples.designs)
        error = ErrorModel(anchors, radius(anchors, inputs(self.heldout.designs)), 0.0, 0.0, 0.0)
        return Surrogate(name, network, self.basis, self.polynomial, error, self.recipe.dataset.space, {})

    def start(self, name: str, network: EquivariantNetwork, samples: Samples) -> Path:
        """The folder with the model that a round begins with, written where it is not there yet."""
        folder = self.folder / name
        if not (folder / "config.json").exists():
            self.surrogate(network, samples, name).save(folder)
        return folder

    def stage(self, name: str, steps: int, *, half_inverse: bool = False) -> Stage:
        return Stage(
            self.folder / name,
            steps,
            self.recipe.training.seed,
            half_inverse,
            progress=lambda step, total, loss, eta: self.progress(name, step, total, f"loss {loss:.3e}"),
            tensorboard=None if self.tensorboard is None else self.tensorboard / name,
        )


def make_data(
    recipe: Recipe, folder: Path, workers: int, progress: Progress = _quiet
) -> dict[str, list[tuple[int, str]]]:
    """Solve the recipe's training and held-out cases into `folder`/train and `folder`/heldout, and half as many as are
    held out, of a wider space, into `folder`/wide: what the bound on a prediction's error is fitted to.

    Returns the cases (index, reason) of each that did not converge. Restartable, see `dataset.make_dataset`.
    """
    heldout = replace(recipe.dataset, count=recipe.heldout.count, seed=recipe.heldout.seed)
    wide = replace(heldout, count=(heldout.count + 1) // 2, space=heldout.space.widened())
    return {
        name: make_dataset(config, folder / name, workers, partial(_report_cases, progress, name))
        for name, config in ((HELDOUT, heldout), (WIDE, wide), (TRAIN, recipe.dataset))
    }


def _report_cases(progress: Progress, name: str, done: int, total: int) -> None:
    progress(f"{name} cases", done, total, "solved")


def train(
    recipe: Recipe,
    data: Path,
    folder: Path,
    workers: int,
    progress: Progress = _quiet,
    tensorboard: Path | None = None,
) -> Surrogate:
    """Train by the recipe on the data in `data` (see `make_data`) and store the model in `folder`; returns the model.

    Each stage has a folder with checkpoints, so that a killed run goes on, and metrics.jsonl; `tensorboard` is for the
    same numbers. The model's card holds the errors on the held-out cases, the linear solves spent, and the provenance.
    Under `torchrun` the processes train together, and the first makes the targets and writes the files.
    `InputError` if `folder` holds another recipe's run.
    """
    with parallel.process_group():
        return _train(recipe, data, folder, workers, progress if parallel.rank() == 0 else _quiet, tensorboard)


def _train(
    recipe: Recipe, data: Path, folder: Path, workers: int, progress: Progress, tensorboard: Path | None
) -> Surrogate:
    dataset, test, wide = (load_dataset(data / name) for name in (TRAIN, HELDOUT, WIDE))
    require(
        dataset.digest == recipe.dataset.digest,
        f"expected the data set of this recipe ({recipe.dataset.digest}), got {data} ({dataset.digest}); make it with "
        "`fusiform dataset` from the same recipe",
    )
    require(
        len(dataset) >= recipe.training.solves,
        f"expected at least {recipe.training.solves} solved cases in {data}, got {len(dataset)}; run "
        "`fusiform dataset` to the end",
    )
    with parallel.first_alone():
        _claim(folder, recipe, len(dataset))
    if recipe.training.solves:
        dataset = select(dataset, slice(0, recipe.training.solves))
    snapshots, forces = scaled_snapshots(dataset)
    basis = fit_basis(snapshots, recipe.network.basis, dataset.resolution)
    polynomial = fit_drag_scale(forces[:, 0] + forces[:, 1], dataset.designs.reynolds)
    run = _Run(folder, recipe, basis, polynomial, test, workers, progress, tensorboard)
    samples = encoded_samples(dataset.designs, snapshots, forces, basis)
    network = _fresh_network(recipe, samples, basis, polynomial)
    fit_targets(network, samples, polynomial, recipe.rules, run.stage("supervised", recipe.fit.steps))
    linear_solves, drawn, accepted, with_tangents = int(dataset.linear_solves.sum()), 0, 0, 0
    if recipe.training.method in ("sip", "sip-hig"):
        samples, spent, drawn, accepted = _invert_physics(run, network, samples)
        linear_solves += spent
    elif recipe.training.method in ("dp", "hig"):
        _lower_residual(run, network)
    if recipe.tangents.bodies:
        samples, tangents = _add_tangents(run, network, samples)
        linear_solves += tangents.linear_solves
        with_tangents = len(tangents.samples)
        drawn, accepted = drawn + tangents.drawn, accepted + with_tangents
    surrogate = calibrate(run.surrogate(network, samples, recipe.name), test, wide)
    card = {
        "recipe": asdict(recipe),
        "full_solves": len(dataset),
        "sip_bodies_drawn": drawn,
        "sip_bodies_accepted": accepted,
        "tangent_bodies": with_tangents,
        "linear_solves": linear_solves,
        "dataset_digest": dataset.digest,
        "heldout_digest": test.digest,
        "heldout": evaluate(surrogate, test),
        "versions": versions(),
    }
    surrogate = surrogate.with_card(**card)
    if parallel.rank() == 0:
        surrogate.save(folder)
    return surrogate


def _claim(folder: Path, recipe: Recipe, cases: int) -> None:
    """Note in `folder` what it is for: a run cannot go on with another recipe or a data set that has grown."""
    make_folder(folder)
    path = folder / "recipe.json"
    wanted = json.loads(json.dumps(asdict(recipe) | {"cases": cases}))
    if path.exists():
        require(
            json.loads(path.read_text()) == wanted,
            f"expected an empty folder or one of this recipe and as many cases, got {folder} of "
            "another; choose another with --out",
        )
    write_json(path, wanted)


def _fresh_network(recipe: Recipe, samples: Samples, basis: LinearBasis, polynomial: Tensor) -> EquivariantNetwork:
    torch.manual_seed(recipe.training.seed)
    parity = torch.cat([basis.parity.float(), torch.tensor(FORCE_PARITY)])
    inputs = features(turned(samples.designs), samples.designs.reynolds)[0].float()
    network = EquivariantNetwork(inputs.shape[1], parity, recipe.network.width, recipe.network.depth)
    network.standardise(inputs, scaled_targets(samples, polynomial).float())
    return network


def _report_bodies(progress: Progress, stage: str, done: int, total: int) -> None:
    progress(stage, done, total, "bodies")


def _invert_physics(run: _Run, network: EquivariantNetwork, samples: Samples) -> tuple[Samples, int, int, int]:
    """Rounds of SIP: targets from the inverse solver for new bodies, then more steps on all targets so far."""
    training = run.recipe.training
    spent = drawn = accepted = 0
    for index in range(training.rounds):
        stage = f"{training.method}-{index + 1}"
        with parallel.first_alone():
            targets = inverse_targets(
                run.start(f"{stage}-start", network, samples),
                run.recipe.dataset.seed + NEW_BODIES_SEED_OFFSET,
                range(index * training.bodies, (index + 1) * training.bodies),
                run.recipe.inverse,
                run.folder / f"{stage}-targets",
                workers=run.workers,
                progress=partial(_report_bodies, run.progress, f"{stage} inverse"),
            )
        samples = concatenate([samples, targets.samples])
        spent, drawn = spent + targets.linear_solves, drawn + targets.drawn
        accepted += len(targets.samples)
        own_rule = run.stage(stage, training.round_steps, half_inverse=training.method == "sip-hig")
        fit_targets(network, samples, run.polynomial, run.recipe.rules, own_rule)
    return samples, spent, drawn, accepted


def _add_tangents(run: _Run, network: EquivariantNetwork, samples: Samples) -> tuple[Samples, TangentTargets]:
    """A last round whose targets come with their derivatives along the design; all samples, and the new ones."""
    config, training = run.recipe.tangents, run.recipe.training
    with parallel.first_alone():
        found = tangent_targets(
            run.start("tangents-start", network, samples),
            run.folder / f"{training.method}-{training.rounds}-start",
            run.recipe.dataset.seed + TANGENT_BODIES_SEED_OFFSET,
            config,
            run.recipe.inverse,
            run.folder / "tangents-targets",
            workers=run.workers,
            progress=partial(_report_bodies, run.progress, "tangents inverse"),
        )
    stage = run.stage("tangents", config.steps)
    fit_tangents(network, samples, found, run.polynomial, run.recipe.rules, config, stage)
    return concatenate([samples, found.samples]), found


def _lower_residual(run: _Run, network: EquivariantNetwork) -> None:
    """Rounds of DP or HIG: steps on the equations for new bodies."""
    training, dataset = run.recipe.training, run.recipe.dataset
    for index in range(training.rounds):
        bodies = range(index * training.bodies, (index + 1) * training.bodies)
        designs = sample(dataset.space, dataset.seed + NEW_BODIES_SEED_OFFSET, bodies)
        stage = run.stage(f"{training.method}-{index + 1}", training.round_steps, half_inverse=training.method == "hig")
        fit_equations(network, designs, run.basis, run.polynomial, run.recipe.rules, stage)


def evaluate_model(surrogate: Surrogate, data: Path) -> dict[str, object]:
    """Errors of a model on the held-out cases in `data` (see `make_data`), as entries of its card."""
    test = _test_cases(surrogate, data, HELDOUT)
    return {"heldout": evaluate(surrogate, test), "heldout_digest": test.digest}


def calibrate_model(surrogate: Surrogate, data: Path) -> Surrogate:
    """The model with the bound on its error fitted anew to the held-out and the wide cases in `data`."""
    return calibrate(surrogate, *(_test_cases(surrogate, data, name) for name in (HELDOUT, WIDE)))


def _test_cases(surrogate: Surrogate, data: Path, name: str) -> Dataset:
    test = load_dataset(data / name)
    require(
        test.resolution == surrogate.basis.resolution and test.designs.coefficients.shape[1] == surrogate.modes,
        f"expected held-out cases with {surrogate.modes} modes on the model's grid {surrogate.basis.resolution}, got "
        f"{test.designs.coefficients.shape[1]} on {test.resolution}; choose the data that belongs to the model",
    )
    require(
        test.digest != surrogate.card.get("dataset_digest"),
        "expected held-out cases, got the data set that the model was trained on; choose another folder",
    )
    return test
