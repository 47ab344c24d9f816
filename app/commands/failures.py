"""Failures of a command: one sentence on standard error and an exit code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from fusiform.app.terminal.exit_codes import UNWRITTEN, WRONG_INPUT
from fusiform.app.terminal.streams import say
from fusiform.solvers.common.errors import InputError, UnwritableError


class Commands(TyperGroup):
    """The commands with their failures: exit code 2 for wrong input, 3 for a file that cannot be written."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **more: Any) -> Any:
        """Parse the options before the name of the command."""
        if not args:
            return super().make_context(info_name, args, *rest, **more)
        with _one_sentence():
            return super().make_context(info_name, args, *rest, **more)

    def invoke(self, ctx: Any) -> Any:
        """Parse the rest and run the command."""
        with _one_sentence():
            return super().invoke(ctx)


@contextmanager
def _one_sentence() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        say(str(error))
        raise typer.Exit(UNWRITTEN if isinstance(error, UnwritableError) else WRONG_INPUT) from None
    except TyperException as error:
        say(_usage(error))
        raise typer.Exit(error.exit_code) from None


def _usage(error: TyperException) -> str:
    """The sentence of a usage error, with the command that shows the usage."""
    message = _mistyped(error) or error.format_message().replace("Value error, ", "").rstrip(".")
    context = getattr(error, "ctx", None)
    command = "fusiform" if context is None else context.command_path
    return f"{message[0].lower()}{message[1:]}; see {command} --help"


def _mistyped(error: TyperException) -> str | None:
    """The expected and the actual value of a number that cannot be read or is out of its range, or None."""
    parameter, cause = getattr(error, "param", None), error.__cause__
    details = getattr(cause, "errors", None)  # typer reads values by pydantic
    if parameter is None or details is None:
        return None
    detail = details()[0]
    expected = _expected(detail["type"], detail.get("ctx", {}))
    return expected and f"expected {expected} for {parameter.opts[0]}, got {detail['input']!r}"


def _expected(kind: str, bounds: Mapping[str, Any]) -> str | None:
    if kind.startswith("int_"):
        return "a whole number"
    if kind.startswith("float_"):
        return "a number"
    return f"at least {bounds['ge']}" if kind == "greater_than_equal" else None
