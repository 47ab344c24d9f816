"""A small training with the real solver: its recipe by any of the methods."""

from pathlib import Path

from fusiform.surrogates.flow_training.recipe import load_recipe
from fusiform.surrogates.flow_training.settings import Recipe

RECIPE = """
name = "tiny"
[dataset]
count = 10
seed = 1
[heldout]
count = 4
seed = 2
[calibration]
count = 6
seed = 3
[space]
modes = 3
fineness_min = 1.5
fineness_max = 3.0
reynolds_min = 2.0
reynolds_max = 10.0
alpha_max_deg = 5.0
[resolution]
radial_elements = 4
angular_elements = 12
radial_degree = 4
angular_degree = 5
[network]
basis = 8
width = 24
depth = 1
[fit]
steps = {steps}
batch = 8
[training]
method = "{method}"
{more}
"""
PLANE = "alpha_max_deg = 5.0"
AXIAL = "revolution = true\nalpha_max_deg = 0.0\nsymmetric_share = 1.0"
SIP = "rounds = 1\nbodies = 6\nround_steps = 30"


def small_recipe(
    folder: Path, method: str = "supervised", more: str = "", steps: int = 60, *, revolution: bool = False
) -> Recipe:
    """The recipe, of plane bodies or of those of revolution, written to `folder` and read."""
    path = folder / f"{method}-{steps}.toml"
    path.write_text(RECIPE.format(method=method, more=more, steps=steps).replace(PLANE, AXIAL if revolution else PLANE))
    return load_recipe(path)
