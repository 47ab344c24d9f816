"""The arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from fusiform.app.results.definitions import GRID_ERRORS
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import file_path
from fusiform.solvers.common.tables import read_toml

GRID_HELP = f"refined until the estimated error of the drag is below {GRID_ERRORS}"

BodyArgument = Annotated[
    str,
    typer.Argument(
        metavar="BODY",
        help="circle, ellipse:2 (length over height), naca0012, the name of a sample, or an outline: .dat, .csv, .svg, "
        ".dxf, or the section of a mesh: .stl, .obj, .ply; of revolution: sphere, spheroid:3, capsule:3, teardrop:3, "
        "myring, suboff, sears-haack, von-karman, raindrop",
    ),
]
MaxFitError = Annotated[
    float,
    typer.Option(
        "--max-fit-error", metavar="E", help="Allow a body that differs from its outline by E times d at most."
    ),
]
Modes = Annotated[int, typer.Option("--modes", metavar="K", help="Coefficients of the body, 1 to 64.")]
Part = Annotated[
    str | None,
    typer.Option(metavar="NAME|N", help="Another curve of a drawing: its layer, id, or number (1: the largest)."),
]
Axis = Annotated[
    Literal["x", "y", "z"], typer.Option("--axis", help="The coordinate across the plane that cuts a mesh.")
]
At = Annotated[
    float | None, typer.Option("--at", metavar="X", help="The place of that plane; half way through if not given.")
]
Revolution = Annotated[
    bool,
    typer.Option(
        "--revolution",
        help="The body of revolution: of a section with a name, of a table x, r, or of a mesh in any position.",
    ),
]
Reynolds = Annotated[
    float,
    typer.Option(
        "--reynolds", metavar="RE", help="Reynolds number on d = √(4A/π), or (6V/π)^⅓ of a body of revolution."
    ),
]
Alpha = Annotated[float, typer.Option("--alpha-deg", metavar="A", help="Incidence in degrees, nose up.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on standard output.")]


def a_path(given: str | Path) -> Path:
    """The path `given`, a text or a default; `InputError` for an empty text, which would be the working folder."""
    require(
        bool(str(given).strip()), f"expected a name of a file or folder, got {given!r}; write . for the working folder"
    )
    return file_path(given)


RecipeFile = Annotated[
    Path, typer.Argument(metavar="CONFIG.toml", help="The recipe; see assets/recipes.", parser=a_path)
]
ModelFolder = Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a trained model.", parser=a_path)]
Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder made by `fusiform dataset`.", parser=a_path)]
Workers = Annotated[int, typer.Option("--workers", min=1, metavar="N", help="Processes that solve flows.")]

DATA_FOLDER = Path("runs/data")
WORKERS = 2


def check_recipe(path: Path) -> None:
    """Raise `InputError` unless `path` is a readable TOML file; its keys are checked with the recipe."""
    read_toml(path, "TOML recipe", "see assets/recipes")
