"""`fusiform solve`: the flow past a body."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from fusiform.app.commands.arguments import (
    GRID_HELP,
    Alpha,
    At,
    Axis,
    BodyArgument,
    Json,
    MaxFitError,
    Modes,
    Part,
    Revolution,
    Reynolds,
    a_path,
)
from fusiform.app.commands.mean_drag_run import Averaging, Checkpoint, Resume, averaged, require_means, run_file
from fusiform.app.commands.printed_result import make_console, print_result, require_convergence, source_note
from fusiform.app.drawings.space.picture_file import require_in_space, require_picture_suffix, write_picture
from fusiform.solvers import FlowConditions
from fusiform.solvers.geometry.limits import DEFAULT_MODES, LARGEST_FIT_ERROR
from fusiform.solvers.grids import NamedGrid, check_grid


def solve(
    body: BodyArgument,
    reynolds: Reynolds,
    alpha_deg: Alpha = 0.0,
    revolution: Revolution = False,
    part: Part = None,
    axis: Axis = "z",
    at: At = None,
    grid: Annotated[
        Literal[NamedGrid, "auto"] | None,
        typer.Option(help=f"Grid, {GRID_HELP}; auto: below --tolerance. Not given: auto if T is, else standard."),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            metavar="T", help="Refine until the estimated relative error of the drag is below T, on grid auto."
        ),
    ] = None,
    modes: Modes = DEFAULT_MODES,
    max_fit_error: MaxFitError = LARGEST_FIT_ERROR,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write a body of revolution in space, with its flow: .png, or .html, where it can be turned.",
            parser=a_path,
        ),
    ] = None,
    with_stability: Annotated[
        bool,
        typer.Option(
            "--stability", help="Also compute whether the flow is steady in nature, and the critical Reynolds number."
        ),
    ] = False,
    mean_drag: Averaging = False,
    checkpoint: Checkpoint = None,
    resume: Resume = False,
    as_json: Json = False,
) -> None:
    """Solve the steady flow past BODY and print drag, lift, their estimated errors, and the features of the flow."""
    grid = grid or ("standard" if tolerance is None else "auto")
    check_grid(grid, tolerance)
    if picture is not None:
        require_picture_suffix(picture)
    file = run_file(mean_drag, checkpoint, resume)
    conditions = FlowConditions(reynolds, alpha_deg)
    from fusiform.solvers import load_body

    shape = load_body(
        body, modes=modes, max_fit_error=max_fit_error, part=part, axis=axis, at=at, revolution=revolution
    )
    if picture is not None:
        require_in_space(shape)
    from fusiform.solvers import solve as solve_flow

    with make_console(stderr=True).status(f"solving on the {grid} grid"):
        solution = solve_flow(shape, conditions, grid=grid, tolerance=tolerance)
    numbers = {"body": shape.name, **solution.summary(), "tolerance": tolerance}
    notes = [solution.status]
    if with_stability and solution.converged:
        from fusiform.solvers import stability
        from fusiform.solvers.shedding import shedding_note

        with make_console(stderr=True).status("looking for disturbances that grow"):
            found = stability(solution, critical=not shape.revolution)
        numbers |= found.summary()
        notes = [solution.status.removesuffix(shedding_note(shape, [conditions])).rstrip(), found.status]
        numbers["status"] = " ".join(notes)
    means = averaged(solution, file, resume) if mean_drag and solution.converged else None
    if means is not None:
        numbers |= means.summary()
        notes.append(means.status)
    print_result(f"Flow past {shape.name}", numbers, as_json, [*notes, *source_note(shape)], shape)
    if picture is not None and solution.converged:
        write_picture(picture, shape, solution)
    require_convergence(solution)
    if means is not None:
        require_means(means)
