"""The command line `fusiform`: solve, predict, optimize, dataset, train, evaluate, app.

Standard output carries the result and nothing else; progress and warnings go to standard error. Exit codes: 0 done,
1 the flow did not converge, 2 wrong input (one sentence), 130 interrupted. A flow less accurate than asked for is told
on standard error. The numerical packages are imported inside
the commands, so that `fusiform --help` answers at once.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from fusiform.app.commands import offline
from fusiform.app.commands import optimize as optimization
from fusiform.app.commands.arguments import (
    GRID_HELP,
    Alpha,
    BodyArgument,
    Json,
    NamedGrid,
    Reynolds,
    finish,
    judge,
    say,
)
from fusiform.app.commands.printed_result import CONFIDENCE_WARNING, make_console

if TYPE_CHECKING:
    from fusiform.solvers import Body, FlowConditions


class Commands(TyperGroup):
    """Turns bad input and interrupts into one sentence on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            say("interrupted; nothing more was written.")
            raise typer.Exit(130) from None
        except ValueError as error:
            from fusiform.solvers import InputError

            if not isinstance(error, InputError):
                raise
            say(str(error))
            raise typer.Exit(2) from None


cli = typer.Typer(
    cls=Commands,
    help="Finds the body shape with the least drag in laminar flow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _read(body: str, reynolds: float, alpha_deg: float) -> tuple[Body, FlowConditions]:
    from fusiform.solvers import FlowConditions, load_body

    conditions = FlowConditions(reynolds, alpha_deg)
    return load_body(body), conditions


@cli.command()
def solve(
    body: BodyArgument,
    reynolds: Reynolds,
    alpha_deg: Alpha = 0.0,
    grid: Annotated[
        Literal[NamedGrid, "auto"] | None,
        typer.Option(help=f"Grid, {GRID_HELP}; auto: --tolerance. Standard if not given."),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(metavar="T", help="Refine until the estimated relative error of the drag is below T; grid auto."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Solve the steady flow past BODY and print drag, lift, their estimated errors, and what the flow does."""
    shape, conditions = _read(body, reynolds, alpha_deg)
    from fusiform.solvers import solve as solve_flow

    grid = grid or ("standard" if tolerance is None else "auto")
    with make_console(stderr=True).status(f"solving on the {grid} grid"):
        solution = solve_flow(shape, conditions, grid=grid, tolerance=tolerance)
    numbers = {"body": shape.name, **solution.summary(), "tolerance": tolerance}
    finish(f"Flow past {shape.name}", numbers, as_json, [solution.status], shape.fit_error)
    judge(solution)


@cli.command()
def predict(
    body: BodyArgument,
    reynolds: Reynolds,
    alpha_deg: Alpha = 0.0,
    model: Annotated[Path | None, typer.Option(metavar="PATH", help="Folder of a trained model.")] = None,
    correct: Annotated[
        bool, typer.Option("--correct", help="Also correct the forces by the state inverse (a few tenths of a second).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask the surrogate for drag and lift of BODY."""
    shape, conditions = _read(body, reynolds, alpha_deg)
    from fusiform.surrogates import load_surrogate

    prediction = load_surrogate(model).evaluate(shape, conditions)
    summary = prediction.summary()
    numbers = {"body": shape.name, **summary}
    if correct:
        fixed = prediction.correction
        numbers |= {
            "corrected_drag_coefficient": fixed.drag_coefficient if fixed.arrived else None,
            "corrected_lift_coefficient": fixed.lift_coefficient if fixed.arrived else None,
            "flow_residual": fixed.residual,
            "corrected_flow_residual": fixed.residual_after,
        }
        if not fixed.arrived:
            say("warning: the state inverse refused this flow; the forces are the network's own.")
    finish(f"Predicted flow past {shape.name}", numbers, as_json, [summary["status"]], prediction.body.fit_error)
    if prediction.confidence < CONFIDENCE_WARNING:
        say(f"warning: far from what the surrogate has learnt (confidence {prediction.confidence:.2f}).")


for command in (optimization.optimize, offline.dataset, offline.train, offline.evaluate, offline.calibrate):
    cli.command()(command)


@cli.command(name="app")
def open_app(
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Port; the first free one from 8501 if not given.")
    ] = None,
    address: Annotated[str, typer.Option(help="Address to listen on; 127.0.0.1 is this machine only.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the design page in a browser; Ctrl-C ends it."""
    from fusiform.app.server import serve

    serve(port, address, browser=browser)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fusiform {version('fusiform')}")
        raise typer.Exit


@cli.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Finds the body shape with the least drag in laminar flow."""


def main() -> None:
    """Entry point of the console command `fusiform`.

    One thread unless OMP_NUM_THREADS says otherwise: the solver's blocks are small, and threads that fight for a busy
    core make it ten times slower.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    cli(prog_name="fusiform")
