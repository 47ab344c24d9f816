"""The mean drag of `fusiform solve --mean-drag`: progress, and a file from which an interrupted run continues."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fusiform.app.commands.arguments import a_path
from fusiform.app.commands.printed_result import make_console
from fusiform.app.commands.progress import show_stages
from fusiform.app.terminal.exit_codes import NOT_CONVERGED
from fusiform.app.terminal.streams import say
from fusiform.solvers.common.errors import require

if TYPE_CHECKING:
    from fusiform.solvers import MeanDrag, MeanDragProgress, Solution

CHECKPOINT = Path("mean_drag.npz")
Averaging = Annotated[
    bool,
    typer.Option(
        "--mean-drag", help="Then step the flow in time, and average the drag over periods of vortex shedding: minutes."
    ),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help=f"Where --mean-drag keeps a run that may be stopped; {CHECKPOINT} here.", parser=a_path
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the run of --mean-drag that was stopped.")]


def run_file(averaging: bool, checkpoint: Path | None, resume: bool) -> Path:
    """The file of the run; `InputError` if it holds one that must not be lost, or none to resume."""
    require(
        averaging or (checkpoint is None and not resume),
        "expected --mean-drag with --checkpoint or --resume, got none; add --mean-drag",
    )
    file = checkpoint or CHECKPOINT
    if not averaging:
        return file
    require(
        resume or not os.path.lexists(file),
        f"expected no file {str(file)!r}, got one, perhaps a stopped run; --resume continues it, --checkpoint names "
        "another file",
    )
    require(
        not resume or file.is_file(),
        f"expected a stopped run in {str(file)!r}, got no such file; name it with --checkpoint, or start without "
        "--resume",
    )
    return file


def averaged(solution: Solution, file: Path, resume: bool) -> MeanDrag:
    """The mean drag, with progress on standard error; `file` is removed at the end, and named by an interrupt."""
    from fusiform.solvers import mean_drag

    try:
        with show_stages(make_console(stderr=True)) as report:

            def watch(progress: MeanDragProgress) -> None:
                report("stepping in time", round(progress.time), round(progress.longest), _note(progress))

            result = mean_drag(solution, callback=watch, checkpoint=file, resume=file if resume else None)
    except KeyboardInterrupt:
        if file.exists():
            say(f"the run so far is in {file}; --resume continues it.")
        raise
    file.unlink(missing_ok=True)
    return result


def _note(progress: MeanDragProgress) -> str:
    if math.isnan(progress.drag_coefficient):
        return f"{progress.periods} periods; ends when mean values settle"
    return f"{progress.periods} periods, mean drag {progress.drag_coefficient:.4f}"


def require_means(result: MeanDrag) -> None:
    """Warn of means that have not settled; exit with code 1 if there are none."""
    from fusiform.solvers import MeanDragOutcome

    if result.outcome not in (MeanDragOutcome.PERIODIC, MeanDragOutcome.STEADY):
        say(f"warning: {result.status}")
    if math.isnan(result.drag_coefficient):
        raise typer.Exit(NOT_CONVERGED)
