"""Atomic writing of files, and reading that raises an `InputError` for an unreadable one."""

from __future__ import annotations

import json
import math
import os
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from fusiform.solvers.common.errors import InputError, require, shown


def file_path(path: str | os.PathLike[str]) -> Path:
    """`path` as a `Path`; `InputError` for anything that is no path."""
    require(
        isinstance(path, str | os.PathLike) and isinstance(name := os.fspath(path), str) and "\0" not in name,
        f"expected the path of a file, got {shown(path)}; give a string or a pathlib.Path",
    )
    return Path(path)


def make_folder(folder: Path) -> None:
    """Make `folder` with its parents; `InputError` if it cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"expected a folder to write to, got '{error.strerror}' for {folder}; choose another with --out"
        ) from error
    require(
        os.access(folder, os.W_OK | os.X_OK),
        f"expected a folder to write to, got {folder}, which is read-only; choose another with --out",
    )


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Call `write` on a temporary binary file beside `path`, then rename it to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_checked(path: Path, data: bytes, check: Callable[[bytes], bool], remedy: str) -> None:
    """Write under a temporary name in the same folder, `check` the content that is read back, then rename to `path`.

    `InputError` where the check fails, ending with `remedy`, or the place cannot be written; the old file stays then.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        temporary.write_bytes(data)
        require(
            check(temporary.read_bytes()),
            f"expected {str(path)!r} to hold what was written, got something else on reading it back; {remedy}",
        )
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"expected a place to write {str(path)!r}, got '{error.strerror}'; choose an existing, writable folder"
        ) from error
    finally:
        with suppress(OSError):  # such as a name that is too long
            temporary.unlink(missing_ok=True)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write named arrays as .npz, atomically."""
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def read_arrays(path: Path, remedy: str) -> dict[str, np.ndarray[Any, Any]]:
    """The named arrays of an .npz file; the `InputError` for an unreadable one ends with `remedy`."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return dict(file)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"expected a readable file of arrays, got {path.name} ({error}); {remedy}") from error


def finite(value: Any) -> Any:
    """`value` as JSON has it: mappings as dicts, sequences as lists, and None for numbers that are not finite."""
    if isinstance(value, Mapping):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, atomically."""
    text = json.dumps(value, indent=2) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))
