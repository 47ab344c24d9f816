"""The reference of recipes in surrogates/README.md has every key, with its default."""

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import get_type_hints

from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.flow_training.recipe import OF_DATASET, Recipe

PAGE = Path(__file__).resolve().parents[2] / "surrogates" / "README.md"


def written() -> dict[str, str]:
    """Key and default of each row of the table."""
    table = PAGE.read_text().split("| key of a recipe |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| ((?:`[a-z_]+\.[a-z_]+`(?:, )?)+) \|([^|]*)\|", table, re.MULTILINE)
    found: dict[str, str] = {}
    for names, values in rows:
        keys = names.replace("`", "").split(", ")
        found |= zip(keys, values.strip().split(", ") if values.strip() else [""] * len(keys), strict=True)
    return found


def declared() -> dict[str, str]:
    """Key and default of each setting."""
    hints = {name: kind for name, kind in get_type_hints(Recipe).items() if name not in ("name", "dataset")}
    tables = {"dataset": DatasetConfig} | OF_DATASET | hints
    settings = {f"{name}.{f.name}": f.default for name, kind in tables.items() for f in fields(kind)}
    nested = {f"dataset.{name}" for name in OF_DATASET}
    return {key: "" if value is MISSING else str(value) for key, value in settings.items() if key not in nested}


def test_every_key_of_a_recipe_is_explained_with_its_default():
    assert written() == declared()
