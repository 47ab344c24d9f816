"""The options of the command line for the constraints that have a flag."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.registry import FLAGS

PARAMETER = "limits"


def with_constraint_flags(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with one option for each flag in place of its parameter `limits`, which gets the constraints."""

    @functools.wraps(command)
    def run(**values: Any) -> None:
        given = {name: values.pop(name) for name in FLAGS}
        limits = [kind.from_flag(given[name]) for name, kind in FLAGS.items() if given[name] is not None]
        command(**values, **{PARAMETER: limits})

    options = [_option(name, kind) for name, kind in FLAGS.items()]
    parameters = []
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        parameters += options if parameter.name == PARAMETER else [parameter]
    vars(run)["__signature__"] = inspect.Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _option(name: str, kind: type[Constraint]) -> inspect.Parameter:
    flag = kind.flag
    assert flag is not None
    option = typer.Option(f"--{name.replace('_', '-')}", metavar=flag.metavar, help=flag.meaning)
    annotation = Annotated[float | None, option]
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation)
