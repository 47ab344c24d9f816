"""The commands: solve, predict, optimize, export, dataset, train, evaluate, calibrate, app.

Standard output carries the result and nothing else; progress and warnings go to standard error. A flow less accurate
than its grid promises is a warning. Each command checks its input before it imports the numerical packages, so that
help and wrong input are answered at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from fusiform.app.commands.calibrate import calibrate
from fusiform.app.commands.dataset import dataset
from fusiform.app.commands.evaluate import evaluate
from fusiform.app.commands.export import export
from fusiform.app.commands.failures import Commands
from fusiform.app.commands.open_app import open_app
from fusiform.app.commands.optimize import optimize
from fusiform.app.commands.predict import predict
from fusiform.app.commands.solve import solve
from fusiform.app.commands.train import train

cli = typer.Typer(
    cls=Commands,
    help="Finds the body shape with the least drag in laminar flow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (solve, predict, optimize, export, dataset, train, evaluate, calibrate):
    cli.command()(command)
cli.command(name="app")(open_app)


def _print_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        typer.echo(f"fusiform {version('fusiform')}")
        raise typer.Exit


@cli.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Finds the body shape with the least drag in laminar flow."""
