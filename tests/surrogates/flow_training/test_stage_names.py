"""The names of stages, known without a run."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from fusiform.surrogates.flow_training.recipe import load_recipe
from fusiform.surrogates.flow_training.stage_names import stage_names
from fusiform.surrogates.flow_training.stages import plan

RECIPES = sorted(Path(str(files("fusiform.assets").joinpath("recipes"))).glob("*.toml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_stages_of_a_plan_have_the_names_of_its_recipe(path: Path) -> None:
    recipe = load_recipe(path)
    training, tangents, finish = recipe.training, recipe.tangents.bodies > 0, recipe.finish.steps > 0
    names = stage_names(training.method, training.rounds, tangents=tangents, finish=finish)
    assert [stage.name for stage in plan(recipe)] == names
