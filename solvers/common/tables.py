"""Tables of TOML or JSON files as frozen dataclasses: the one checker of everything that is read from such a file."""

from __future__ import annotations

import difflib
import enum
import math
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from fusiform.solvers.common.bounded_text import MOST_JSON, MOST_TOML, parse_json, parse_toml, read_bytes
from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.common.ranges import require_in_range

T = TypeVar("T")
LARGEST_INTEGER = 10**15  # larger ones are no counts, and overflow where they become floats
LONGEST_KEY, MOST_KEYS = 40, 3  # of those that a sentence names
WORDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", type(None): "none"}


def read_toml(path: Path, kind: str = "TOML file", remedy: str = "correct it") -> dict[str, Any]:
    """The tables of a TOML file; the `InputError` for an unreadable one calls it a `kind` and ends with `remedy`."""
    try:
        return parse_toml(read_bytes(path, MOST_TOML))
    except (OSError, ValueError) as error:
        raise _unreadable(path, kind, remedy, error) from error


def read_json(path: Path, kind: str = "JSON file", remedy: str = "correct it") -> Any:
    """The value in a JSON file; the `InputError` for an unreadable one calls it a `kind` and ends with `remedy`."""
    try:
        return parse_json(read_bytes(path, MOST_JSON))
    except (OSError, ValueError) as error:
        raise _unreadable(path, kind, remedy, error) from error


def _unreadable(path: Path, kind: str, remedy: str, error: Exception) -> InputError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return InputError(f"expected a readable {kind}, got {path.name} ({' '.join(reason.split())}); {remedy}")


def from_table(kind: type[T], values: Any, where: str) -> T:
    """The dataclass `kind` made of the table `values`, by the type hints of its fields.

    Checked types: int, float (also given as a whole number; finite), str, bool, `X | None`, `Literal`, `Enum` (by
    value), `tuple[X, ...]` (a list) and nested dataclasses (a table, or an instance). A field of any other class takes
    its instances; one with a `Range` takes numbers in it. `where` names the table in the `InputError`
    for an unknown, missing or wrong entry.
    """
    known = _fields(kind)
    require_keys(values, known, where)
    missing = [name for name, field in known.items() if _is_required(field) and name not in values]
    require(
        not missing,
        f"expected {where} with {', '.join(known)}, got none of {', '.join(missing)}; add what is missing",
    )
    hints = get_type_hints(kind)
    ranges = get_type_hints(kind, include_extras=True)
    for key, value in values.items():
        require_in_range(ranges[key], value, key, where)
    return kind(**{key: _converted(hints[key], value, key, where) for key, value in values.items()})


def require_keys(values: Any, known: Iterable[str], where: str) -> None:
    """Raise `InputError` unless `values` is a table whose keys are among `known`."""
    require(
        isinstance(values, Mapping),
        f"expected a table for {where}, got {shown(values)}; write its keys below its name",
    )
    names = list(known)
    unknown = [str(key) for key in values if key not in names]
    if unknown:
        got = ", ".join(map(_printable, unknown[:MOST_KEYS])) + " and more" * (len(unknown) > MOST_KEYS)
        if not names:
            raise InputError(f"expected no numbers for {where}, got {got}; leave them out")
        near = difflib.get_close_matches(unknown[0][:LONGEST_KEY], names, 1)
        remedy = f"did you mean {near[0]}?" if near else "check the spelling"
        raise InputError(f"expected the keys {', '.join(names)} in {where}, got {got}; {remedy}")


def _printable(key: str) -> str:
    """A key as a sentence names it: short, in one line, without control characters."""
    return "".join(character if character.isprintable() else "?" for character in key[:LONGEST_KEY])


def _fields(kind: Any) -> dict[str, Field[Any]]:
    return {field.name: field for field in fields(kind) if field.init}


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _converted(hint: Any, value: Any, key: str, where: str) -> Any:
    """`value` as an instance of `hint`."""
    options = _options(hint)
    if len(options) > 1:
        return _first_that_fits(options, value, key, where)
    if get_origin(hint) is tuple:
        require(isinstance(value, list | tuple), _mismatch(hint, value, key, where))
        return tuple(_converted(get_args(hint)[0], item, key, where) for item in value)
    if is_dataclass(hint) and isinstance(hint, type):
        return value if isinstance(value, hint) else from_table(hint, value, f"{key} of {where}")
    if isinstance(hint, type) and issubclass(hint, enum.Enum) and not isinstance(value, hint):
        require(value in [member.value for member in hint], _mismatch(hint, value, key, where))
        return hint(value)
    require(_fits(hint, value), _mismatch(hint, value, key, where))
    return float(value) if hint is float else value


def _options(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _first_that_fits(options: tuple[Any, ...], value: Any, key: str, where: str) -> Any:
    if value is None and type(None) in options:
        return None
    others = [option for option in options if option is not type(None)]
    for option in others[:-1]:
        try:
            return _converted(option, value, key, where)
        except InputError:
            continue
    return _converted(others[-1], value, key, where)


def _fits(hint: Any, value: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint is int or (hint is float and isinstance(value, int)):
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER
    if hint is float:
        return isinstance(value, float) and math.isfinite(value)
    return isinstance(value, hint) if isinstance(hint, type) else True


def _mismatch(hint: Any, value: Any, key: str, where: str) -> str:
    return f"expected {key} of {where} to be {_words(hint)}, got {shown(value)}; correct it"


def _words(hint: Any) -> str:
    if get_origin(hint) is tuple:
        return f"a list, each entry {_words(get_args(hint)[0])}"
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(str, get_args(hint)))}"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return f"one of {', '.join(str(member.value) for member in hint)}"
    return WORDS.get(hint, f"of the kind {getattr(hint, '__name__', hint)}")
