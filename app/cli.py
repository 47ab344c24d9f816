"""The command line `fusiform`: solve, predict, optimize, dataset, train, evaluate, app.

Standard output carries the result and nothing else; progress and warnings go to standard error. Exit codes: 0 done,
1 the flow did not converge, 2 wrong input (one sentence), 130 interrupted. A flow less accurate than asked for is told
on standard error. The numerical packages are imported inside
the commands, so that `fusiform --help` answers at once.
"""

from __future__ import annotations

import os
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from fusiform.app import offline
from fusiform.app.report import CONFIDENCE_WARNING, FIT_WARNING, json_text, make_console, print_result

if TYPE_CHECKING:
    from fusiform.solvers import Body, FlowConditions, Solution
    from fusiform.solvers.inverse import OptimizationResult

NamedGrid = Literal["coarse", "standard", "fine"]
GRID_HELP = "refined until the estimated error is 1 % (coarse), 0.3 % (standard) or 0.1 % (fine) of the drag"


class Commands(TyperGroup):
    """Turns bad input and interrupts into one sentence on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("interrupted; nothing more was written.")
            raise typer.Exit(130) from None
        except ValueError as error:
            from fusiform.solvers import InputError

            if not isinstance(error, InputError):
                raise
            _say(str(error))
            raise typer.Exit(2) from None


cli = typer.Typer(
    cls=Commands,
    help="Finds the body shape with the least drag in laminar flow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

BodyArgument = Annotated[
    str,
    typer.Argument(
        metavar="BODY",
        help="circle, ellipse:2 (length over height), naca0012, the name of a sample, or a .dat or .csv outline",
    ),
]
Reynolds = Annotated[float, typer.Option("--reynolds", metavar="RE", help="Reynolds number on d = √(4A/π).")]
Alpha = Annotated[float, typer.Option("--alpha-deg", metavar="A", help="Incidence in degrees, nose up.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on standard output.")]


def _say(message: str) -> None:
    make_console(stderr=True).print(f"fusiform: {message}", markup=False, soft_wrap=True)


def _read(body: str, reynolds: float, alpha_deg: float) -> tuple[Body, FlowConditions]:
    from fusiform.solvers import FlowConditions, load_body

    conditions = FlowConditions(reynolds, alpha_deg)
    return load_body(body), conditions


def _finish(title: str, numbers: dict[str, Any], as_json: bool, notes: list[str], fit_error: float) -> None:
    """Print the result, and warn where the body that was computed is not quite the one that was given."""
    if as_json:
        typer.echo(json_text(numbers))
    else:
        print_result(make_console(), title, numbers, notes)
    if fit_error > FIT_WARNING:
        _say(f"warning: the body that was computed differs from the given outline by up to {fit_error:.1%} of d.")


def _judge(solution: Solution) -> None:
    """Warn where the solution is not what was asked for, and exit with 1 where there is none."""
    if not (solution.converged and solution.accurate):
        _say(f"warning: {solution.status}")
    if not solution.converged:
        raise typer.Exit(1)


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
    _finish(f"Flow past {shape.name}", numbers, as_json, [solution.status], shape.fit_error)
    _judge(solution)


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
        }
        if not fixed.arrived:
            _say("warning: the state inverse refused this flow; the forces are the network's own.")
    _finish(f"Predicted flow past {shape.name}", numbers, as_json, [summary["status"]], prediction.body.fit_error)
    if prediction.confidence < CONFIDENCE_WARNING:
        _say(f"warning: far from what the surrogate has learnt (confidence {prediction.confidence:.2f}).")


@cli.command()
def optimize(
    body: BodyArgument,
    reynolds: Reynolds,
    alpha_deg: Alpha = 0.0,
    model: Annotated[
        str, typer.Option(metavar="surrogate|solver|PATH", help="What the optimiser asks for the drag.")
    ] = "surrogate",
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for outline files and numbers.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite earlier results in DIR.")] = False,
    max_iterations: Annotated[int, typer.Option(metavar="N", help="Most iterations of the optimiser.")] = 80,
    grid: Annotated[NamedGrid, typer.Option(help=f"Grid of the verification, {GRID_HELP}.")] = "fine",
    as_json: Json = False,
) -> None:
    """Find the body of BODY's area with the least drag, and verify it with the flow solver."""
    begun = time.perf_counter()
    shape, conditions = _read(body, reynolds, alpha_deg)
    from fusiform.app.drag_models import drag_model
    from fusiform.app.export import prepare_folder, write_optimum
    from fusiform.app.progress import show_search
    from fusiform.solvers.inverse import minimize_drag

    asked = drag_model(model)
    if out is not None:
        prepare_folder(out, overwrite=force)
    with show_search(make_console(stderr=True), grid) as watch:
        result = minimize_drag(
            shape, conditions, model=asked, max_iterations=max_iterations, verify=grid, callback=watch
        )
    numbers: dict[str, Any] = {**result.summary(), "seconds": time.perf_counter() - begun}
    numbers["files"] = [] if out is None else write_optimum(out, result.body, numbers)
    assert result.verified is not None
    notes = _optimum_notes(result, result.verified, numbers["files"])
    _finish(f"Least drag from {shape.name}, solved", numbers, as_json, notes, shape.fit_error)
    _judge(result.verified)


def _optimum_notes(result: OptimizationResult, verified: Solution, files: list[str]) -> list[str]:
    apart = result.predicted_drag_coefficient / verified.drag_coefficient - 1.0
    side = "above" if apart > 0 else "below"
    return [
        result.status,
        f"The prediction is {abs(apart):.2%} {side} the solver's drag.",
        *(f"wrote {name}" for name in files),
    ]


for offline_command in (offline.dataset, offline.train, offline.evaluate):
    cli.command()(offline_command)


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
