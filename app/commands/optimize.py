"""`fusiform optimize`: a body and flags, or a problem file; the optimum with the cost of each constraint."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fusiform.app.commands.arguments import (
    GRID_HELP,
    Alpha,
    At,
    Axis,
    Json,
    MaxFitError,
    Modes,
    Part,
    Revolution,
    a_path,
)
from fusiform.app.commands.optimum.constraint_flags import with_constraint_flags
from fusiform.app.commands.optimum.optimum_notes import notes, title
from fusiform.app.commands.optimum.start_problem import Given, start_problem
from fusiform.app.commands.printed_result import make_console, print_result, require_convergence, source_note
from fusiform.app.commands.progress import show_search
from fusiform.app.results.exported_files import PROJECT_FILE, WrittenFiles, check_folder, rescue_project, write_optimum
from fusiform.app.state.drag_models import check_drag_model, drag_model
from fusiform.app.terminal.exit_codes import WRONG_INPUT
from fusiform.app.terminal.streams import say
from fusiform.solvers.common.errors import UnwritableError, require
from fusiform.solvers.common.files import folder_held
from fusiform.solvers.geometry.limits import DEFAULT_MODES, LARGEST_FIT_ERROR
from fusiform.solvers.grids import NamedGrid
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint

if TYPE_CHECKING:
    from fusiform.solvers.inverse import DragModel, OptimizationResult, Problem

Start = Annotated[
    str,
    typer.Argument(
        metavar="BODY|PROBLEM",
        help="a body as for `solve`, or a .toml problem file (see assets/problems) or a .json project file",
    ),
]
CHECKPOINT = "checkpoint.json"


@with_constraint_flags
def optimize(
    start: Start,
    reynolds: Annotated[
        float | None, typer.Option("--reynolds", metavar="RE", help="Reynolds number on d; not with a problem file.")
    ] = None,
    best_number: Annotated[
        float | None,
        typer.Option(
            "--best-number",
            metavar="N",
            help="In place of --reynolds: the greatest terminal speed of a body that falls by its weight W, C_D Re² = "
            "8 W/(π ρ ν²), in the plane 2 W d/(ρ ν²).",
        ),
    ] = None,
    hold: Annotated[
        Literal["volume", "wetted_area"] | None,
        typer.Option(
            "--hold",
            help="The size that is kept: volume (in the plane the area), or of a body of revolution "
            "wetted_area; Re and C_D are on the sphere of that size.",
        ),
    ] = None,
    alpha_deg: Alpha = 0.0,
    part: Part = None,
    revolution: Revolution = False,
    axis: Axis = "z",
    at: At = None,
    model: Annotated[
        str, typer.Option(metavar="surrogate|solver|PATH", help="Model of the drag: a name, or the folder of a model.")
    ] = "surrogate",
    limits: Sequence[Constraint] = (),
    certify: Annotated[
        bool, typer.Option("--certify", help="Continue with the solver until its own optimality conditions hold.")
    ] = False,
    starts: Annotated[
        int | None, typer.Option(metavar="N", help="Local searches, from the best of many bodies.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="S", help="Seconds after which the best body is kept.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for outlines, project and numbers.", parser=a_path)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite earlier results in DIR.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run that was stopped in DIR.")] = False,
    max_iterations: Annotated[int | None, typer.Option(metavar="N", help="Iterations of each search at most.")] = None,
    grid: Annotated[NamedGrid | None, typer.Option(help=f"Grid of the verification, {GRID_HELP}.")] = None,
    modes: Modes = DEFAULT_MODES,
    max_fit_error: MaxFitError = LARGEST_FIT_ERROR,
    as_json: Json = False,
) -> None:
    """Find the body of equal size with the least drag, under constraints, and verify it with the flow solver."""
    begun = time.perf_counter()
    options: dict[str, Any] = {"starts": starts, "timeout": timeout, "max_iterations": max_iterations, "verify": grid}
    if certify:
        options["certify"] = True
    checkpoint = _checkpoint(out, force, resume)
    check_drag_model(model)
    fit = {
        "modes": modes,
        "max_fit_error": max_fit_error,
        "part": part,
        "axis": axis,
        "at": at,
        "revolution": revolution,
    }
    conditions = Given(reynolds, best_number, alpha_deg, hold)
    first = partial(start_problem, start, conditions, fit)
    problem = _problem(first, limits, {k: v for k, v in options.items() if v is not None})
    _require_consistent(problem)
    with nullcontext() if out is None else folder_held(out):
        _checkpoint(out, force, resume)  # again: a command that was quicker may have written there
        result = _search(problem, drag_model(model, problem.body.revolution), checkpoint, resume)
        numbers: dict[str, Any] = {**result.summary(), "seconds": time.perf_counter() - begun}
        written = WrittenFiles([], []) if out is None else write_optimum(out, result, numbers)
        numbers["files"] = written.paths
        sentences = [*source_note(problem.body), *notes(result, written.paths)]
        print_result(title(result), numbers, as_json, sentences, problem.body, problem.held)
        _require_files(written, result)
        _require_optimum(result)
        if checkpoint is not None and not result.stopped:
            checkpoint.unlink(missing_ok=True)


def _checkpoint(out: Path | None, force: bool, resume: bool) -> Path | None:
    """The checkpoint file in the folder `out`; `InputError` if that holds results or a run that must not be lost."""
    require(out is not None or not resume, "expected a folder to resume from, got none; name it with --out DIR")
    if out is None:
        return None
    check_folder(out, overwrite=force or resume)
    checkpoint = out / CHECKPOINT
    require(
        force or resume or not os.path.lexists(checkpoint),
        f"expected a folder without a stopped run, got {out} with one; --resume continues it, --force starts anew",
    )
    require(
        os.path.isfile(checkpoint) or not resume,
        f"expected a {CHECKPOINT} to resume from in {out}, got none; start without --resume",
    )
    return checkpoint


def _search(problem: Problem, model: DragModel, checkpoint: Path | None, resume: bool) -> OptimizationResult:
    """The optimum, with progress on standard error; an interrupt names the checkpoint."""
    from fusiform.solvers.inverse import optimize as run

    try:
        with show_search(make_console(stderr=True), problem.verify or "no") as watch:
            return run(
                problem, model=model, callback=watch, checkpoint=checkpoint, resume=checkpoint if resume else None
            )
    except KeyboardInterrupt:
        if checkpoint is not None and checkpoint.exists():
            say(f"the best body so far is in {checkpoint}; --resume continues from it.")
        raise


def _problem(first: Callable[[], Problem], limits: Sequence[Constraint], options: Mapping[str, Any]) -> Problem:
    """The `first` problem with the constraints `limits` and the options."""
    from fusiform.solvers.inverse.problem.search_options import SearchOptions

    SearchOptions(**options)  # checks them before the body imports torch
    return replace(first().with_constraints(limits), **options)


def _require_consistent(problem: Problem) -> None:
    """One sentence and exit code 2 where parts of the problem contradict each other, before a model is loaded."""
    from fusiform.solvers.inverse.problem.contradictions import contradiction_in

    trouble = contradiction_in(problem)
    if trouble is not None:
        say(f"the constraints contradict each other: {trouble}.")
        raise typer.Exit(WRONG_INPUT)


def _require_files(written: WrittenFiles, result: OptimizationResult) -> None:
    """Raise `UnwritableError` unless all files were written; a project that was not is kept elsewhere."""
    if not written.failures:
        return
    missed = len(written.failures)
    sentence = f"{written.failures[0]}; {missed} of {missed + len(written.paths)} files are missing"
    if not any(path.endswith(PROJECT_FILE) for path in written.paths):
        rescued = rescue_project(result)
        sentence += "" if rescued is None else f", and the project is in {rescued}"
    raise UnwritableError(sentence)


def _require_optimum(result: OptimizationResult) -> None:
    """Warn of an optimum that is not certified or inaccurate; exit code 2 without a feasible body, 1 without a flow."""
    if not result.feasible:
        say(result.status)
        raise typer.Exit(WRONG_INPUT)
    if result.problem.certify and not result.certified:
        say(f"warning: {result.status}")
    if result.verified is not None:
        require_convergence(result.verified)
