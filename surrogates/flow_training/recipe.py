"""Reading a recipe, the TOML file of a model's data set, network and training; its keys are in `settings.py`."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, get_type_hints

from fusiform.solvers.common.tables import from_table, read_toml, require_keys
from fusiform.solvers.flow import Resolution
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.flow_training.settings import Recipe

OF_DATASET = {"space": DesignSpace, "resolution": Resolution}  # tables of their own, parts of the data set's settings


def recipe_table(recipe: Recipe) -> dict[str, Any]:
    """All settings of a recipe as files hold them."""
    return asdict(recipe) | {"dataset": recipe.dataset.table()}


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; an `InputError` names the table and the key of a wrong entry."""
    tables = read_toml(path, "TOML recipe", "see assets/recipes")
    kinds = {name: hint for name, hint in get_type_hints(Recipe).items() if name not in ("name", "dataset")}
    require_keys(tables, ("name", "dataset", *OF_DATASET, *kinds), "a recipe")
    parts = {name: _table(kind, tables, name) for name, kind in kinds.items()}
    space_and_resolution = {name: _table(kind, tables, name) for name, kind in OF_DATASET.items()}
    drawn = tables.get("dataset", {})
    require_keys(drawn, [f.name for f in fields(DatasetConfig) if f.name not in OF_DATASET], "[dataset]")
    dataset = from_table(DatasetConfig, {**drawn, **space_and_resolution}, "[dataset]")
    return from_table(Recipe, {"name": tables.get("name", path.stem), "dataset": dataset, **parts}, "a recipe")


def _table(kind: type, tables: dict[str, Any], name: str) -> Any:
    return from_table(kind, tables.get(name, {}), f"[{name}]")
