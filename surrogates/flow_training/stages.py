"""The stages of a run: each is a rule on data and a physics, for a number of steps.

`plan` lists the stages of a recipe; each prepares itself when those before it are done, since its targets and the
bodies that get them depend on the network that it begins with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import torch
from torch import Tensor, nn

from fusiform.solvers.common.errors import require
from fusiform.surrogates.designs import Designs, sample, turned
from fusiform.surrogates.flow_training.labels import Labels, NewTargets
from fusiform.surrogates.flow_training.rules import half_inverse, optimizer, tangent_proxy, target_proxy
from fusiform.surrogates.flow_training.run import Run
from fusiform.surrogates.flow_training.settings import FitConfig, Recipe
from fusiform.surrogates.flow_training.spent import Spent
from fusiform.surrogates.flow_training.stage_names import FINISH, SUPERVISED, TANGENTS, round_name
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics, PairInputs
from fusiform.surrogates.flow_training.targets.flow_tangents import design_spread, feature_slopes
from fusiform.surrogates.flow_training.targets.flow_targets import expected_targets, make_targets
from fusiform.surrogates.flow_training.targets.tangent_targets import expected_tangent_targets, make_tangent_targets
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.training import (
    Batch,
    Data,
    Labelled,
    ScaleInvariantPhysics,
    TangentData,
    TangentNetwork,
    TangentTargets,
    TargetCache,
    TargetFiles,
    TargetStore,
    UpdateRule,
    loss_of,
)


@dataclass(frozen=True)
class Validation:
    """Samples kept from training, and their targets' loss."""

    rule: ScaleInvariantPhysics
    physics: FlowPhysics
    batch: Batch

    @torch.no_grad()
    def __call__(self, network: nn.Module) -> float:
        targets = self.rule.store.targets(network, self.batch, self.physics).values
        known = Batch(self.batch.inputs, (targets,), self.batch.index)
        return float(loss_of(self.rule.proxy.residual(network(self.batch.inputs), known)))


@dataclass(frozen=True)
class Stage:
    """A stage that is ready: `rule` trains `network` on `data` by `physics` for `steps` of `batch` samples.

    `labels`: all that the network has been trained on after the stage; `spent`: the cost of its new targets.
    """

    name: str
    network: nn.Module
    data: Data
    rule: UpdateRule
    physics: FlowPhysics
    steps: int
    batch: int
    labels: Labels
    spent: Spent = field(default_factory=Spent)
    validation: Validation | None = None


class Planned(Protocol):
    """A stage of the plan; `prepare` makes it ready for `network`, which was trained on `labels`."""

    def prepare(self, run: Run, network: EquivariantNetwork, labels: Labels) -> Stage: ...


@dataclass(frozen=True)
class OnLabels:
    """The supervised start, or the last fit to all targets, as `fit` says: SIP whose targets are all labels."""

    name: str
    fit: FitConfig

    def prepare(self, run: Run, network: EquivariantNetwork, labels: Labels) -> Stage:
        run = replace(run, recipe=replace(run.recipe, fit=self.fit))
        batch = run.batch(network.float(), labels.designs)
        store = Labelled(labels.targets.to(batch.inputs), TargetCache())
        return _on_targets(run, self.name, network, batch, store, self.fit.steps, labels)


@dataclass(frozen=True)
class OnTargets:
    """A round of SIP or, by `half_inverse`, SIP+HIG: targets for the new `bodies`, and all labels so far."""

    name: str
    bodies: range
    half_inverse: bool

    def prepare(self, run: Run, network: EquivariantNetwork, labels: Labels) -> Stage:
        recipe = run.recipe
        work = partial(make_targets, run.start_folder(self.name), recipe.new_bodies_seed, recipe.inverse)
        files = run.make_targets(self.name, network, labels.designs, work, self.bodies, expected_targets)
        new = NewTargets(labels, files)
        batch = run.batch(network.double() if self.half_inverse else network.float(), new.designs).select(new.usable)
        stage = _on_targets(
            run,
            self.name,
            network,
            batch,
            new.store(batch.inputs),
            recipe.training.round_steps,
            new.grown,
            self.half_inverse,
        )
        return replace(stage, spent=Spent.on(new.files))


@dataclass(frozen=True)
class OnTangents:
    """The last round of new bodies: targets of new bodies come with their derivatives along the design.

    The random directions have the standard deviations of the designs of the labels along each coordinate. `last_round`:
    the stage before, at whose start the network was another.
    """

    last_round: str
    name: str = TANGENTS

    def prepare(self, run: Run, network: EquivariantNetwork, labels: Labels) -> Stage:
        recipe, config = run.recipe, run.recipe.tangents
        new = NewTargets(labels, self._make(run, network, labels))
        points = run.batch(network.float(), new.designs)
        known = labels.targets.to(points.inputs)
        spread = design_spread(labels.designs, network.revolution) * new.files.rows["usable"]
        of_inputs = _input_slopes(network, new.new_designs) * spread[..., None, None]
        of_targets = new.files.rows["slopes"] * spread[..., None]
        data = TangentData(points.select(new.usable), of_inputs[new.files.accepted].to(points.inputs))
        store = TangentTargets(new.store(known), of_targets.to(known), first=len(labels))
        wrapped = TangentNetwork(PairInputs(network)).to(run.device)
        inner = optimizer(wrapped, config.optimizer, config.rate, recipe.fit.weight_decay)
        rule = ScaleInvariantPhysics(inner, store, tangent_proxy(recipe.fit, config.weight, known))
        spent = Spent.on(new.files, tangents=True)
        return Stage(self.name, wrapped, data, rule, run.physics, config.steps, recipe.fit.batch, new.grown, spent)

    def _make(self, run: Run, network: EquivariantNetwork, labels: Labels) -> TargetFiles:
        config, inverse = run.recipe.tangents, run.recipe.inverse
        models = run.start_folder(self.name), run.start_folder(self.last_round)
        work = partial(make_tangent_targets, *models, run.recipe.tangent_bodies_seed, config.candidates, inverse)
        bodies = range(config.bodies)
        return run.make_targets(self.name, network, labels.designs, work, bodies, expected_tangent_targets)


@dataclass(frozen=True)
class OnEquations:
    """A round of DP or, by `half_inverse`, HIG: the residual of the equations on new `bodies`, without any target."""

    name: str
    bodies: range
    half_inverse: bool

    def prepare(self, run: Run, network: EquivariantNetwork, labels: Labels) -> Stage:
        recipe, dataset = run.recipe, run.recipe.dataset
        designs = sample(dataset.space, recipe.new_bodies_seed, self.bodies)
        data = run.batch(network.double(), designs)
        wrapped = PairInputs(network).to(run.device)
        fit, equations = recipe.fit, recipe.equations
        size = equations.batch
        rule: UpdateRule = optimizer(
            wrapped, fit.optimizer, equations.rate, fit.weight_decay, clip_norm=equations.clip_norm
        )
        if self.half_inverse:
            rule, size = half_inverse(recipe.half_inverse), recipe.half_inverse.batch
        return Stage(self.name, wrapped, data, rule, run.physics, recipe.training.round_steps, size, labels)


# The rounds after the supervised start, by the method's name: a stage from its name and the numbers of its bodies.
ROUNDS: dict[str, Callable[[str, range], Planned]] = {
    "dp": partial(OnEquations, half_inverse=False),
    "sip": partial(OnTargets, half_inverse=False),
    "hig": partial(OnEquations, half_inverse=True),
    "sip-hig": partial(OnTargets, half_inverse=True),
}


def plan(recipe: Recipe) -> list[Planned]:
    """The stages of `recipe`, in order."""
    training = recipe.training
    stages: list[Planned] = [OnLabels(SUPERVISED, recipe.fit)]
    if training.method != SUPERVISED:
        for i in range(training.rounds):
            bodies = range(i * training.bodies, (i + 1) * training.bodies)
            stages.append(ROUNDS[training.method](round_name(training.method, i + 1), bodies))
    if recipe.tangents.bodies:
        stages.append(OnTangents(round_name(training.method, training.rounds)))
    if recipe.finish.steps:
        stages.append(OnLabels(FINISH, replace(recipe.fit, steps=recipe.finish.steps, rate=recipe.finish.rate)))
    return stages


def _on_targets(
    run: Run,
    name: str,
    network: EquivariantNetwork,
    batch: Batch,
    store: TargetStore,
    steps: int,
    labels: Labels,
    by_half_inverse: bool = False,
) -> Stage:
    """SIP on `batch` with the targets in `store`, some of them kept for validation."""
    recipe, held = run.recipe, run.recipe.fit.validation
    require(
        held < len(batch),
        f"expected fewer samples to validate on than there are, {len(batch)}, got {held}; lower validation in [fit]",
    )
    wrapped = PairInputs(network).to(run.device)
    inner: UpdateRule = optimizer(wrapped, recipe.fit.optimizer, recipe.fit.rate, recipe.fit.weight_decay)
    size = recipe.fit.batch
    if by_half_inverse:
        inner, size = half_inverse(recipe.half_inverse), recipe.half_inverse.batch
    rule = ScaleInvariantPhysics(inner, store, target_proxy(recipe.fit, labels.targets.to(batch.inputs)))
    validation = Validation(rule, run.physics, batch.select(slice(0, held))) if held else None
    data = batch.select(slice(held, None))
    return Stage(name, wrapped, data, rule, run.physics, steps, size, labels, validation=validation)


def _input_slopes(network: EquivariantNetwork, designs: Designs) -> Tensor:
    """Derivatives of the network's standardised inputs along the design, (n, directions, 1 or 2, inputs)."""
    of_features = feature_slopes(turned(designs), designs.reynolds, network.revolution)
    slopes: Tensor = of_features.permute(1, 2, 0, 3) / network.input_spread
    return slopes
