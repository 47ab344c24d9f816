"""The one reader of project files (JSON: format, problem and perhaps a result) and of problem files (TOML)."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import InputError, require

FORMAT = 1
SUFFIXES = (".toml", ".json")


def read_project(path: Path) -> dict[str, Any]:
    """The values in a file, see `parse_project`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path.name, error.strerror) from error
    return parse_project(content, path.name)


def parse_project(content: bytes, file_name: str) -> dict[str, Any]:
    """The values {"problem"} of a file whose name ends in .toml, or {"format", "problem", "result", …} of any other.

    The format of a project file is `FORMAT`; one without a result needs none. `InputError` for anything else.
    """
    try:
        text = content.decode("utf-8")
        values = {"problem": tomllib.loads(text)} if file_name.lower().endswith(".toml") else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(file_name, error) from error
    require(
        isinstance(values, dict) and isinstance(values.get("problem"), dict),
        f"expected a project file with a problem, got {file_name} without one; save a project and open that",
    )
    number = values.get("format", FORMAT if "result" not in values else None)
    require(number == FORMAT, f"expected a project of format {FORMAT}, got {number!r}; use the version that wrote it")
    project: dict[str, Any] = values
    return project


def require_suffix(file_name: str) -> None:
    """`InputError` unless the name is that of a problem or project file."""
    suffix = Path(file_name).suffix.lower()
    require(
        suffix in SUFFIXES,
        f"expected a file ending in {' (a problem) or '.join(SUFFIXES)} (a project), "
        f"got {suffix or 'a file without an ending'}; rename it",
    )


def _unreadable(file_name: str, reason: object) -> InputError:
    kind = "readable problem file" if file_name.lower().endswith(".toml") else "project file"
    return InputError(
        f"expected a {kind}, got {file_name}, which cannot be read ({reason}); save a project and open that, "
        "or see assets/problems for examples"
    )
