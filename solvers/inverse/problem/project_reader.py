"""The one reader of project files (JSON: format, problem and perhaps a result) and of problem files (TOML)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fusiform.solvers.common.bounded_text import parse_json, parse_toml, read_bytes
from fusiform.solvers.common.errors import InputError, is_whole, require, shown

FORMAT = 1
SUFFIXES = (".toml", ".json")
MOST_BYTES = 32_000_000  # of a file on disk; thousands of evaluations by the solver
REMEDY = "save a project and open that, or see assets/problems for examples"


def read_project(path: Path, remedy: str = REMEDY) -> dict[str, Any]:
    """The values in a file, see `parse_project`; the `InputError` for an unreadable one ends with `remedy`."""
    try:
        content = read_bytes(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise _unreadable(path.name, getattr(error, "strerror", None) or error, remedy) from error
    return parse_project(content, path.name, remedy)


def parse_project(content: bytes, file_name: str, remedy: str = REMEDY) -> dict[str, Any]:
    """The values {"problem"} of a file whose name ends in .toml, or {"format", "problem", "result", …} of any other.

    The format of a project file is `FORMAT`; one without a result needs none. `InputError` for anything else.
    """
    try:
        toml = file_name.lower().endswith(".toml")
        values = {"problem": parse_toml(content)} if toml else parse_json(content, MOST_BYTES)
    except ValueError as error:
        raise _unreadable(file_name, error, remedy) from error
    require(
        isinstance(values, dict) and isinstance(values.get("problem"), dict),
        f"expected a project file with a problem, got {file_name} without one; {remedy}",
    )
    number = values.get("format", FORMAT if "result" not in values else None)
    require(
        is_whole(number) and number == FORMAT,
        f"expected a project of format {FORMAT}, got {shown(number)}; use the version that wrote it",
    )
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


def _unreadable(file_name: str, reason: object, remedy: str) -> InputError:
    kind = "readable problem file" if file_name.lower().endswith(".toml") else "project file"
    return InputError(f"expected a {kind}, got {file_name}, which cannot be read ({reason}); {remedy}")
