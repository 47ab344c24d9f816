"""What the commands share: their arguments, how they print a result, and how they warn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fusiform.app.commands.printed_result import FIT_WARNING, json_text, make_console, print_result

if TYPE_CHECKING:
    from fusiform.solvers import Solution

NamedGrid = Literal["coarse", "standard", "fine"]
GRID_HELP = "refined until the estimated error is 1 % (coarse), 0.3 % (standard) or 0.1 % (fine) of the drag"
BodyArgument = Annotated[
    str,
    typer.Argument(
        metavar="BODY",
        help="circle, ellipse:2 (length over height), naca0012, the name of a sample, or an outline: .dat, .csv, .svg, "
        ".dxf, or the section of a mesh: .stl, .obj, .ply",
    ),
]
Reynolds = Annotated[float, typer.Option("--reynolds", metavar="RE", help="Reynolds number on d = √(4A/π).")]
Alpha = Annotated[float, typer.Option("--alpha-deg", metavar="A", help="Incidence in degrees, nose up.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on standard output.")]


def say(message: str) -> None:
    """One line on standard error."""
    make_console(stderr=True).print(f"fusiform: {message}", markup=False, soft_wrap=True)


def finish(title: str, numbers: dict[str, Any], as_json: bool, notes: list[str], fit_error: float) -> None:
    """Print the result, and warn where the body that was computed is not quite the one that was given."""
    if as_json:
        typer.echo(json_text(numbers))
    else:
        print_result(make_console(), title, numbers, notes)
    if fit_error > FIT_WARNING:
        say(f"warning: the body that was computed differs from the given outline by up to {fit_error:.1%} of d.")


def judge(solution: Solution) -> None:
    """Warn where the solution is not what was asked for, and exit with 1 where there is none."""
    if not (solution.converged and solution.accurate):
        say(f"warning: {solution.status}")
    if not solution.converged:
        raise typer.Exit(1)
