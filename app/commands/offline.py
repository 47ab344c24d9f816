"""The offline commands: make a data set, train a surrogate, evaluate it. A thin layer over `surrogates.workflow`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from fusiform.app.commands.printed_result import json_text, make_console

if TYPE_CHECKING:
    from fusiform.surrogates import Surrogate

PLAIN_STEPS = 10
Recipe = Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="The recipe; see assets/recipes.")]
Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder made by `fusiform dataset`.")]
Workers = Annotated[int, typer.Option("--workers", min=1, metavar="N", help="Processes that solve flows.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on standard output.")]
Report = Callable[[str, int, int, str], None]


@contextmanager
def _show_stages() -> Iterator[Report]:
    """A progress callback: a bar for each stage in a terminal, about ten plain lines for each elsewhere."""
    console = make_console(stderr=True)
    if not console.is_terminal:
        printed: dict[str, int] = {}

        def plain(stage: str, done: int, total: int, note: str) -> None:
            tenth = PLAIN_STEPS * done // max(total, 1)
            if tenth > printed.get(stage, -1):
                printed[stage] = tenth
                console.print(f"{stage}: {done} of {total} ({note})", markup=False)

        yield plain
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), TextColumn("{task.fields[note]}"), console=console) as bars:
        tasks = {}

        def draw(stage: str, done: int, total: int, note: str) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total, note=note)
            bars.update(tasks[stage], completed=done, total=total, note=note)

        yield draw


def dataset(
    recipe: Recipe,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the cases.")] = Path("runs/data"),
    workers: Workers = 2,
    as_json: Json = False,
) -> None:
    """Solve the training and held-out cases of CONFIG.toml; run it again to go on where it stopped."""
    from fusiform.surrogates.flow_training.recipe import load_recipe
    from fusiform.surrogates.flow_training.train_model import make_data

    wanted = load_recipe(recipe)
    with _show_stages() as report:
        failures = make_data(wanted, out, workers, report)
    if as_json:
        typer.echo(json_text({"folder": str(out), "failures": failures}))
        return
    typer.echo(f"{wanted.dataset.count} training and {wanted.heldout.count} held-out cases in {out}.")
    for name, cases in failures.items():
        for index, reason in cases:
            typer.echo(f"{name} case {index} has no flow: {reason}.")


def train(
    recipe: Recipe,
    data: Data = Path("runs/data"),
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the model.")] = Path("runs/model"),
    method: Annotated[
        str | None, typer.Option(metavar="supervised|dp|sip|hig|sip-hig", help="Overrides the recipe's.")
    ] = None,
    workers: Workers = 2,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the metrics for TensorBoard, too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a surrogate by CONFIG.toml; run it again to go on where it stopped.

    On several GPUs: torchrun --nproc-per-node N -m fusiform.app train CONFIG.toml
    """
    from dataclasses import replace

    from fusiform.surrogates.flow_training.recipe import load_recipe
    from fusiform.surrogates.flow_training.train_model import train as train_model
    from fusiform.surrogates.training.loop import parallel

    wanted = load_recipe(recipe)
    if method is not None:
        wanted = replace(wanted, training=replace(wanted.training, method=method))
    with parallel.process_group():
        with _show_stages() as report:
            surrogate = train_model(wanted, data, out, workers, report, tensorboard)
        if parallel.rank() == 0:
            _print_models([surrogate], as_json)


def evaluate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a trained model.")],
    data: Data = Path("runs/data"),
    against: Annotated[
        list[Path] | None, typer.Option("--against", metavar="MODEL", help="Another model to compare with; repeatable.")
    ] = None,
    card: Annotated[
        bool, typer.Option("--card", help="Store the errors with the model, and write its card, README.md.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure the errors of MODEL on held-out cases that it was not trained on."""
    from fusiform.surrogates import load_surrogate
    from fusiform.surrogates.flow_training.train_model import evaluate_model
    from fusiform.surrogates.model.surrogate import with_card
    from fusiform.surrogates.quality.model_card import write_card

    loaded = [load_surrogate(path) for path in (model, *(against or []))]
    measured = [with_card(one, **evaluate_model(one, data)) for one in loaded]
    _print_models(measured, as_json)
    if card:
        measured[0].save(model)
        typer.echo(f"wrote {write_card(model, measured[0], measured[1:])}", err=True)


def calibrate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a trained model.")],
    data: Data = Path("runs/data"),
    as_json: Json = False,
) -> None:
    """Fit the bound on MODEL's drag error anew to solved cases, as training does at its end, and store it."""
    from fusiform.surrogates import load_surrogate
    from fusiform.surrogates.flow_training.train_model import calibrate_model

    fitted = calibrate_model(load_surrogate(model), data)
    fitted.save(model)
    shares = fitted.card["calibration"]
    if as_json:
        typer.echo(json_text(shares))
        return
    for where, share in shares.items():
        typer.echo(
            f"{share['covered']:.1%} of {share['bodies']} bodies {where} the training space keep a bound that was "
            "fitted to the other half of them."
        )


def _print_models(surrogates: list[Surrogate], as_json: bool) -> None:
    from fusiform.surrogates.quality.model_card import DEFINITIONS, comparison_table

    if as_json:
        typer.echo(json_text({one.name: one.card for one in surrogates}))
        return
    header, *rows = comparison_table(surrogates)
    table = Table("", *(row[0] for row in rows))
    for label, *values in list(zip(header, *rows, strict=True))[1:]:
        table.add_row(label, *values)
    console = make_console()
    console.print(table)
    console.print(DEFINITIONS, highlight=False)
