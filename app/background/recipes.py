"""The recipes available for training: those that ship, and uploaded ones in the folder of the runs."""

from __future__ import annotations

import contextlib
import re
import stat
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from fusiform.app.results.training_folder import RECIPE, own_recipes
from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.common.files import make_folder, write_atomically
from fusiform.surrogates.flow_training.method_names import METHODS
from fusiform.surrogates.flow_training.recipe import load_recipe
from fusiform.surrogates.flow_training.settings import Recipe

SHIPPED = Path(str(files("fusiform.assets").joinpath("recipes")))
RUNS = Path("runs/app")
FIRST_RECIPE = "demonstration"
LONGEST_RECIPE = 100_000


def shipped_recipes() -> list[Path]:
    """The recipes that come with Fusiform, the demonstration first."""
    return sorted(SHIPPED.glob("*.toml"), key=lambda path: (path.stem != FIRST_RECIPE, path.stem))


def root_of(text: str) -> Path:
    """The folder of the runs that `text` names, `RUNS` for an empty text."""
    return Path(text.strip() or str(RUNS))


def require_root(text: str) -> None:
    """Raise `InputError` unless `text` names a folder that is there or can be made."""
    try:
        usable = stat.S_ISDIR(root_of(text).stat().st_mode)
    except FileNotFoundError:
        usable = True
    except (OSError, ValueError):  # below a file, too long, or with characters that no name has
        usable = False
    require(usable, f"expected a folder for the runs, got {shown(text)}; name another")


def offered_recipes(root: Path) -> list[Path]:
    """The shipped recipes, and further ones in the folders of the runs below `root`."""
    shipped = shipped_recipes()
    names = {path.stem for path in shipped}
    return [*shipped, *(path for path in own_recipes(root) if path.parent.name not in names)]


def add_recipe(content: bytes, file_name: str, root: Path) -> Path:
    """Store an uploaded recipe as NAME/recipe.toml below `root`; `InputError` if it is not a recipe."""
    stem = re.sub(r"[^\w+-]", "", Path(file_name).stem)[:40] or "recipe"
    require(len(content) <= LONGEST_RECIPE, f"expected a recipe, got {len(content)} bytes; see assets/recipes")
    place = root / stem / RECIPE
    require(
        stem not in {path.stem for path in shipped_recipes()}
        and not (place.exists() and place.read_bytes() != content),
        f"expected a new name for another recipe, got {file_name}; rename the file",
    )
    make_folder(place.parent)
    offered = place.with_name(f"{stem}.toml")
    write_atomically(offered, lambda file: file.write(content))
    try:
        load_recipe(offered)
    except InputError:
        offered.unlink()
        raise
    offered.replace(place)
    return place


def possible_methods(recipe: Recipe) -> list[str]:
    """The training methods for which the recipe has settings."""
    return [method for method in METHODS if _fits(recipe, method)]


def _fits(recipe: Recipe, method: str) -> bool:
    with contextlib.suppress(InputError):
        replace(recipe, training=replace(recipe.training, method=method))
        return True
    return False


def folder_of(recipe: Path, root: Path) -> Path:
    """The folder for the runs of a recipe."""
    return recipe.parent if recipe.name == RECIPE else root / recipe.stem


def recipe_of(folder: Path) -> Path:
    """The recipe whose runs are in `folder`; the inverse of `folder_of`."""
    shipped = SHIPPED / f"{folder.name}.toml"
    return shipped if shipped.exists() else folder / RECIPE
