"""Printing a result, or the measured errors of trained models: a table with definitions, or one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from fusiform.app.results.definitions import CONVENTIONS_OF, rows
from fusiform.app.results.json_text import json_text
from fusiform.app.terminal.exit_codes import NOT_CONVERGED
from fusiform.app.terminal.streams import printable, say
from fusiform.solvers.geometry.held_size import Held

if TYPE_CHECKING:
    from fusiform.solvers import Body, Solution
    from fusiform.surrogates import Surrogate

PLAIN_WIDTH, NARROWEST = 120, 60  # columns outside a terminal, and at least: a narrower terminal breaks the lines
WIDEST_VALUE = 30  # columns; longer values take several lines


def make_console(*, stderr: bool = False) -> Console:
    """A console that is plain, and wide enough for whole rows, when it is not a terminal."""
    console = Console(stderr=stderr, highlight=False, emoji=False)
    width = max(console.width, NARROWEST) if console.is_terminal else PLAIN_WIDTH
    return Console(stderr=stderr, highlight=False, emoji=False, width=width)


def print_json(numbers: dict[str, Any]) -> None:
    """Print one JSON object on standard output."""
    typer.echo(json_text(numbers))


def source_note(body: Body) -> list[str]:
    """The sentence about the body's file, if it has one."""
    return [f"Body: {body.source}."] if body.source else []


def print_result(
    title: str, numbers: dict[str, Any], as_json: bool, notes: Sequence[str], body: Body, held: Held | None = None
) -> None:
    """Print `numbers` as JSON or as a table with `notes`, and warn of a poor fit of the `body`.

    Coefficients are on the d of the size `held`, by default that of the body's kind.
    """
    if as_json:
        print_json(numbers)
    else:
        _print_table(make_console(), title, numbers, [*notes, CONVENTIONS_OF[held or Held.by(body)]])
    if body.fit_warning:
        say(f"warning: {body.fit_warning}.")


def print_models(surrogates: list[Surrogate], as_json: bool) -> None:
    """Print the cards of `surrogates`: a column each, or one JSON object by name."""
    if as_json:
        print_json({surrogate.name: surrogate.card for surrogate in surrogates})
        return
    from fusiform.surrogates.quality.model_card import comparison_table, definitions

    header, *columns = comparison_table(surrogates)
    table = Table(*(Column(name, overflow="fold") for name in ("", *(column[0] for column in columns))))
    for label, *values in list(zip(header, *columns, strict=True))[1:]:
        table.add_row(label, *values)
    console = make_console()
    console.print(table)
    console.print(definitions(surrogates), highlight=False)


def _print_table(console: Console, title: str, numbers: dict[str, Any], notes: Sequence[str]) -> None:
    table = Table(title=_plain(title), title_justify="left", box=SIMPLE_HEAD, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    lines = list(rows(numbers))
    widest = min(WIDEST_VALUE, max(len(value) for _, value, _ in lines))
    table.add_column(justify="right", overflow="fold", min_width=widest, max_width=WIDEST_VALUE, style="bold")
    table.add_column(style="dim")
    for row in lines:
        table.add_row(*("\n".join(_plain(line) for line in cell.split("\n")) for cell in row))
    console.print(table)
    for note in notes:
        console.print(_plain(note), highlight=False)


def _plain(text: str) -> str:
    """`text` without its own markup and control characters."""
    return escape(printable(text))


def require_convergence(solution: Solution) -> None:
    """Warn of an inaccurate solution; exit with code 1 if the flow did not converge."""
    if not (solution.converged and solution.accurate):
        say(f"warning: {solution.status}")
    if not solution.converged:
        raise typer.Exit(NOT_CONVERGED)
