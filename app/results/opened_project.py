"""Project files: one readable JSON file with the problem and, once optimised, its result; TOML problem files open too.

Uploaded files are not trusted: their size is limited, they may not name files of the server, and any error in them
becomes one sentence.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fusiform.app.results.kept_results import Optimum
from fusiform.solvers import Body, InputError
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry import sample_names
from fusiform.solvers.geometry.meridians.named_meridians import NAMED_MERIDIANS
from fusiform.solvers.inverse import OptimizationResult, Problem, problem_from
from fusiform.solvers.inverse.problem.project_reader import FORMAT, parse_project, require_suffix

MOST_MEGABYTES = 8
LONGEST_NAME, LONGEST_STATUS = 40, 2000
_NAMED = re.compile(
    rf"circle|ellipse:[0-9.]{{1,8}}|naca[ -]?[0-9]{{4}}|sphere|spheroid:[0-9.]{{1,8}}"
    rf"|({'|'.join(NAMED_MERIDIANS)})(:[0-9.]{{1,8}})?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Project:
    """The content of a project file: a problem, and its optimum if it has been optimised."""

    problem: Problem
    optimum: Optimum | None


def open_project(content: bytes, file_name: str) -> Project:
    """The project in a .json file or the problem in a .toml file; `InputError` for anything else."""
    require(
        len(content) <= MOST_MEGABYTES * 2**20,
        f"expected a project file of at most {MOST_MEGABYTES} MB, got {len(content) / 2**20:.0f} MB; choose another",
    )
    require_suffix(file_name)
    values = parse_project(content, file_name)
    try:
        return _project(values, content)
    except InputError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, RuntimeError) as error:
        raise InputError(
            f"expected a project file, got one that cannot be read as such ({type(error).__name__}); "
            "save a project and open that"
        ) from error


def _project(values: dict[str, Any], content: bytes) -> Project:
    _require_no_files(values)
    if "result" not in values:
        problem = problem_from(values["problem"], Path())
        return Project(replace(problem, body=_tidy(problem.body)), None)
    result = OptimizationResult.from_project(values, Path(), "the file")
    problem = replace(result.problem, body=_tidy(result.problem.body))
    body, start, status = _tidy(result.body), _tidy(result.start), result.status[:LONGEST_STATUS]
    kept = replace(result, problem=problem, body=body, start=start, status=status)
    return Project(problem, Optimum(kept, content))


def _require_no_files(values: dict[str, Any]) -> None:
    """`InputError` if a body is named by anything else than a built-in shape or a sample."""
    result = values.get("result")
    parts = [values["problem"].get("body")]
    if isinstance(result, dict):
        parts += [result.get("body"), result.get("start")]
    for body in parts:
        named = isinstance(body, str) and bool(_NAMED.fullmatch(body.strip()) or body.strip().lower() in sample_names())
        require(
            named or not isinstance(body, str),
            "expected a body by its name or its coefficients, got the name of a file, which stayed behind; "
            "open the outline itself, or a project that was saved here",
        )


def _tidy(body: Body) -> Body:
    """The body with a name without markup."""
    return replace(body, name=re.sub(r"[^\w .:+-]", "", body.name)[:LONGEST_NAME] or "body")


def problem_bytes(problem: Problem) -> bytes:
    """A project file of a problem that has not been optimised."""
    return json.dumps({"format": FORMAT, "problem": problem.to_dict()}, indent=2, allow_nan=False).encode()
