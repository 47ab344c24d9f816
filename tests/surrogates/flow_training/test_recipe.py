"""Recipes: mistakes are named, the shipped ones are complete."""

import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import pytest
from small_training import RECIPE

from fusiform.solvers import InputError
from fusiform.solvers.flow import Resolution
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.flow_training.recipe import load_recipe
from fusiform.surrogates.flow_training.settings import EquationsConfig, HeldoutConfig, Recipe, TangentConfig


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
    recipes = Path(str(files("fusiform.assets"))) / "recipes"
    assert load_recipe(recipes / "supervised.toml").training.method == "supervised"
    made_by = json.loads(json.dumps(asdict(load_recipe(recipes / "default.toml"))))
    assert load_surrogate().card["recipe"] == made_by


def test_tangents_follow_sip_only_and_numbers_have_ranges():
    space = DesignSpace(modes=3)
    dataset = DatasetConfig(4, 1, space, Resolution(32, 40))
    with pytest.raises(InputError, match="expected the method sip before a round of tangents, got supervised"):
        Recipe("x", dataset, HeldoutConfig(2, 2), tangents=TangentConfig(bodies=4))
    with pytest.raises(InputError, match="correct \\[tangents\\]"):
        TangentConfig(candidates=0)
    with pytest.raises(InputError, match="expected a clip_norm of 0 or more, got -1"):
        EquationsConfig(clip_norm=-1.0)
