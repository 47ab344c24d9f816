"""Recipes: mistakes are named, the shipped ones are complete."""

import json
import re
from dataclasses import fields, is_dataclass
from importlib.resources import files
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from small_training import RECIPE

from fusiform.solvers import InputError
from fusiform.solvers.common.ranges import Range
from fusiform.solvers.flow import Resolution
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.flow_training.recipe import OF_DATASET, load_recipe, recipe_table
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


def test_shipped_recipes_are_complete_and_those_of_the_shipped_models_are_theirs():
    recipes = Path(str(files("fusiform.assets"))) / "recipes"
    assert load_recipe(recipes / "supervised.toml").training.method == "supervised"
    for name, revolution in (("default", False), ("revolution", True)):
        made_by = json.loads(json.dumps(recipe_table(load_recipe(recipes / f"{name}.toml"))))
        assert load_surrogate(revolution=revolution).card["recipe"] == made_by


def test_tangents_follow_sip_only_and_numbers_have_ranges():
    space = DesignSpace(modes=3)
    dataset = DatasetConfig(4, 1, space, Resolution(4, 12, 4, 5))
    with pytest.raises(InputError, match="expected the method sip before a round of tangents, got supervised"):
        Recipe("x", dataset, HeldoutConfig(2, 2), tangents=TangentConfig(bodies=4))
    with pytest.raises(InputError, match=r"candidates of \[tangents\] to be a whole number from 1 to 1,000, got 0"):
        TangentConfig(candidates=0)
    with pytest.raises(InputError, match=r"clip_norm of \[equations\] to be a number from 0 to 1e\+09, got -1"):
        EquationsConfig(clip_norm=-1.0)


TABLES = {name: hint for name, hint in get_type_hints(Recipe).items() if is_dataclass(hint)} | OF_DATASET
KEYS = [
    (table, each.name, get_type_hints(kind, include_extras=True)[each.name])
    for table, kind in TABLES.items()
    for each in fields(kind)
    if each.name not in OF_DATASET
]
COMPLETE: dict[str, dict[str, object]] = {
    "dataset": {"count": 300, "seed": 1},
    "heldout": {"count": 2, "seed": 2},
    "resolution": {"radial_elements": 4, "angular_elements": 12, "radial_degree": 4, "angular_degree": 5},
}
VALUES = {
    **{text: text for text in ("true", "nan", "inf", "-inf", "-1", "0", "1", "0.5", "1e9", "1e30", "1_000_000_000")},
    "10**30": "1" + "0" * 30,
    "10**400": "1" + "0" * 400,
    "text": '"many"',
    "long text": f'"{"x" * 50_000}"',
    "list": "[1]",
    "table": "{a = 1}",
    "date": "1979-05-27",
}


def toml_of(tables: dict[str, dict[str, object]]) -> str:
    rows = {name: [f"{key} = {value}" for key, value in table.items()] for name, table in tables.items()}
    return "\n".join(line for name, lines in rows.items() for line in (f"[{name}]", *lines))


def range_of(hint: object) -> Range | None:
    return next((note for note in get_args(hint)[1:] if isinstance(note, Range)), None)


def test_every_number_of_a_recipe_has_a_range():
    assert {"dataset", "heldout", "space", "resolution", "network", "fit", "training", "tangents"} <= TABLES.keys()
    assert [(table, key) for table, key, hint in KEYS if hint not in (str, bool) and range_of(hint) is None] == []


EVERY_KEY = pytest.mark.parametrize(("table", "key", "hint"), KEYS, ids=[f"{table}.{key}" for table, key, _ in KEYS])


def answer_to(path: Path, table: str, key: str, text: str) -> Recipe | InputError:
    """The complete recipe with `text` as the value of a key, or its refusal."""
    path.write_text(toml_of({**COMPLETE, table: {**COMPLETE.get(table, {}), key: text}}))
    try:
        return load_recipe(path)
    except InputError as error:
        return error


@EVERY_KEY
def test_a_wrong_value_of_any_key_is_one_sentence(tmp_path, table, key, hint):
    """Each value is refused, or it is in the range of its key and stands in the recipe."""
    answers = [answer_to(tmp_path / "recipe.toml", table, key, text) for text in VALUES.values()]
    refused = [str(answer) for answer in answers if isinstance(answer, InputError)]
    assert len(refused) >= len(VALUES) - 5
    assert [text for text in refused if not (text.startswith("expected ") and text.isprintable())] == []
    assert max(map(len, refused)) < 500
    for recipe in (answer for answer in answers if isinstance(answer, Recipe)):
        value = getattr(getattr(recipe.dataset if table in OF_DATASET else recipe, table), key)
        assert type(value) is get_args(hint)[0]
        assert range_of(hint).least <= value <= range_of(hint).most


@EVERY_KEY
def test_a_number_beyond_the_range_of_its_key_is_named_with_the_range(tmp_path, table, key, hint):
    known = range_of(hint)
    for beyond in () if known is None else (known.least - 1, known.most + 1):
        answer = answer_to(tmp_path / "recipe.toml", table, key, repr(beyond))
        assert re.fullmatch(rf"expected {key} of \[{table}\] to be a .* from .* to .*, got .*; correct it", str(answer))


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"network": {"basis": 301}}, "expected at most 300 vectors in the basis, .* got 301"),
        ({"network": {"basis": 50}, "training": {"solves": 40}}, "expected at most 40 vectors in the basis"),
        ({"training": {"solves": 301}}, "expected 2 to 300 solves, .* got 301 of 300"),
        ({"training": {"solves": 1}, "network": {"basis": 1}}, "expected 2 to 300 solves"),
        ({"fit": {"validation": 300}}, "expected fewer samples to validate on than the 300 solved cases, got 300"),
        (
            {"heldout": {"count": 2, "seed": 1_000_001}},
            "seeds in .* that rounds of training do not use",
        ),
        ({"space": {"reynolds_min": 61.0}}, "expected reynolds_min .* at most reynolds_max"),
        (
            {"resolution": COMPLETE["resolution"] | {"angular_elements": 13}},
            "expected an even number of angular elements",
        ),
        ({"unknown\x1b": {}}, "expected a readable TOML recipe"),
        ({'"unknown\\u001b"': {}}, r"got unknown\?; check the spelling"),
        ({"fit": {f"x{i}": i for i in range(1000)}}, "got x0, x1, x2 and more"),
    ],
)
def test_contradictions_and_unknown_keys_are_named(tmp_path, changes, match):
    path = tmp_path / "recipe.toml"
    path.write_text(toml_of({**COMPLETE, **changes}))
    with pytest.raises(InputError, match=match) as caught:
        load_recipe(path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"a = " + b"[" * 50_000, "nested more than"),
        (b"a." * 50_000 + b"a = 1", "a key of more than"),
        (b"x = 1\n" * 100_000, "larger than 0.2 MB"),
        (b"\xff\xfe", "codec can't decode"),
        (b"", "got none of count"),
        (b'name = ""\n', "got none of count"),
    ],
)
def test_a_file_that_is_no_recipe_is_one_sentence(tmp_path, content, match):
    path = tmp_path / "recipe.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=match):
        load_recipe(path)
    with pytest.raises(InputError, match=r"got recipes .it is no regular file"):
        load_recipe(Path(str(files("fusiform.assets"))) / "recipes")


@pytest.mark.parametrize("name", ['""', '"a\\nb"', f'"{"x" * 101}"', "3"])
def test_a_name_that_cannot_be_printed_is_refused(tmp_path, name):
    path = tmp_path / "recipe.toml"
    path.write_text(f"name = {name}\n{toml_of(COMPLETE)}")
    with pytest.raises(InputError, match=r"expected (a name of 1 to 100 printable characters|name of a recipe to be)"):
        load_recipe(path)
