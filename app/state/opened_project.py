"""Project files: one readable JSON file with the problem and, once optimised, its result; TOML problem files open too.

What is opened may come from anywhere: its size is limited, it names no files of this machine, and whatever is wrong
with it is one sentence.
"""

from __future__ import annotations

import json
import re
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fusiform.app.state.kept_results import Optimum
from fusiform.solvers import Body, InputError
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry import sample_names
from fusiform.solvers.inverse import OptimizationResult, Problem, problem_from
from fusiform.solvers.inverse.problem.problem import PROBLEM_SUFFIXES
from fusiform.solvers.inverse.result.optimum import FORMAT

MOST_MEGABYTES = 8
LONGEST_NAME, LONGEST_STATUS = 40, 600
_NAMED = re.compile(r"circle|ellipse:[0-9.]{1,8}|naca[ -]?[0-9]{4}", re.IGNORECASE)


@dataclass(frozen=True)
class Project:
    """What a file holds: a problem, and its optimum where it has been optimised."""

    problem: Problem
    optimum: Optimum | None


def open_project(content: bytes, file_name: str) -> Project:
    """The project in a .json file or the problem in a .toml file; `InputError` for anything else."""
    require(
        len(content) <= MOST_MEGABYTES * 2**20,
        f"expected a project file of at most {MOST_MEGABYTES} MB, got {len(content) / 2**20:.0f} MB; choose another",
    )
    suffix = Path(file_name).suffix.lower()
    require(
        suffix in PROBLEM_SUFFIXES,
        f"expected a project (.json) or a problem file (.toml), got {suffix or 'a file without an ending'}; rename it",
    )
    try:
        text = content.decode("utf-8")
        values = tomllib.loads(text) if suffix == ".toml" else json.loads(text)
        values = values if suffix == ".json" else {"problem": values}
        good = isinstance(values, dict) and isinstance(values.get("problem"), dict)
        require(good, "expected a project file with a problem, got one without; save a project and open that")
        return _project(values, content)
    except InputError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, RuntimeError) as error:
        raise InputError(
            f"expected a project file, got one that cannot be read as such ({type(error).__name__}); "
            "save a project and open that"
        ) from error


def _project(values: dict[str, Any], content: bytes) -> Project:
    bodies = [values["problem"].get("body"), *([values["result"].get("body")] if "result" in values else [])]
    for body in bodies:
        named = isinstance(body, str) and bool(_NAMED.fullmatch(body.strip()) or body.strip().lower() in sample_names())
        require(
            named or not isinstance(body, str),
            "expected a body by its name or its coefficients, got the name of a file, which stayed behind; "
            "open the outline itself, or a project that was saved here",
        )
    if "result" not in values:
        problem = problem_from(values["problem"], Path())
        return Project(replace(problem, body=_tidy(problem.body)), None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.json"
        path.write_bytes(content)
        result = OptimizationResult.load(path)
    problem = replace(result.problem, body=_tidy(result.problem.body))
    kept = replace(result, problem=problem, body=_tidy(result.body), status=result.status[:LONGEST_STATUS])
    return Project(problem, Optimum(problem.body, kept, content, kept.predicted_initial_drag_coefficient))


def _tidy(body: Body) -> Body:
    """With a name that brings no markup."""
    return replace(body, name=re.sub(r"[^\w .:+-]", "", body.name)[:LONGEST_NAME] or "body")


def problem_bytes(problem: Problem) -> bytes:
    """A project file of a problem that has not been optimised."""
    return json.dumps({"format": FORMAT, "problem": problem.to_dict()}, indent=2, allow_nan=False).encode()
