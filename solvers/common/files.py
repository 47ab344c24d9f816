"""Atomic writing of files, and reading that raises an `InputError` for an unreadable one."""

from __future__ import annotations

import fcntl
import io
import json
import math
import os
import struct
import tokenize
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from fusiform.solvers.common.errors import InputError, UnwritableError, require, shown

DAMAGE = (  # what `zipfile` and NumPy raise for damaged files, beside `OSError`
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError, RuntimeError, SyntaxError,
    TypeError, ValueError, struct.error, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def file_path(path: str | os.PathLike[str]) -> Path:
    """`path` as a `Path`; `InputError` for anything that is no path."""
    require(
        isinstance(path, str | os.PathLike) and isinstance(name := os.fspath(path), str) and "\0" not in name,
        f"expected the path of a file, got {shown(path)}; give a string or a pathlib.Path",
    )
    return Path(path)


def make_folder(folder: Path) -> None:
    """Make `folder` with its parents; `InputError` if it cannot be made or written to."""
    require(
        os.path.isdir(folder) or not os.path.lexists(folder),
        f"expected a folder to write to, got {str(folder)!r}, which is none; choose another with --out",
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise InputError(
            f"expected a folder to write to, got '{_reason(error)}' for {str(folder)!r}; choose another with --out"
        ) from error
    require(
        os.access(folder, os.W_OK | os.X_OK),
        f"expected a folder to write to, got {str(folder)!r}, which is read-only; choose another with --out",
    )


@contextmanager
def folder_held(folder: Path) -> Iterator[None]:
    """Make `folder`, and keep other processes that call this from it; the system ends the hold with the process.

    `InputError` if it cannot be made or written to, or another process holds it. A file system without locks holds
    nothing.
    """
    make_folder(folder)
    handle = os.open(folder, os.O_RDONLY)
    try:
        require(
            _locked(handle),
            f"expected a folder that no other command writes to, got {str(folder)!r}; wait for that command, or choose "
            "another folder with --out",
        )
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # this file system has no locks
        return True
    return True


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Collect the bytes that `write` writes to a binary file, then make them the content of `path` at once.

    Missing parent folders are made. `UnwritableError` as for `write_checked`.
    """
    content = io.BytesIO()
    write(content)
    with _replaced(path) as temporary:
        temporary.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content.getbuffer())


def write_checked(path: Path, data: bytes, check: Callable[[bytes], bool], remedy: str) -> None:
    """Make `data` the content of `path` at once, if `check` accepts the bytes that are read back.

    Raises `InputError` where the check fails, ending with `remedy`, and `UnwritableError` where the place cannot be
    written.
    """
    with _replaced(path) as temporary:
        temporary.write_bytes(data)
        require(
            check(temporary.read_bytes()),
            f"expected {str(path)!r} to hold what was written, got something else on reading it back; {remedy}",
        )


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A temporary name in the folder of `path`, whose file takes the place of `path` at the end, or is removed.

    A link is followed. `UnwritableError`, with the old file in its place, if `path` cannot be written.
    """
    try:
        target = Path(os.path.realpath(file_path(path)))
        require(
            target.is_file() or not target.exists(),
            f"expected a file to write, got {str(path)!r}, which is none; choose another name",
        )
        temporary = target.with_name(f".{uuid.uuid4().hex}.part")
        try:
            yield temporary
            temporary.replace(target)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UnwritableError(
            f"expected a place to write {str(path)!r}, got '{_reason(error)}'; choose a writable folder with free space"
        ) from error


def _reason(error: Exception) -> str:
    """The operating system's words, without the path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write named arrays as .npz, atomically."""
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def read_arrays(path: Path, remedy: str) -> dict[str, np.ndarray[Any, Any]]:
    """The named arrays of an .npz file; the `InputError` for an unreadable one ends with `remedy`."""
    try:
        with path.open("rb") as stream:
            _require_stored(stream)
            with np.load(stream, allow_pickle=False) as file:
                return dict(file)
    except (OSError, *DAMAGE) as error:
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise InputError(f"expected a readable file of arrays, got {str(path)!r} ({reason}); {remedy}") from error


def _require_stored(stream: IO[bytes]) -> None:
    """`ValueError` for a zip file with compressed members, which could unpack to any size."""
    with zipfile.ZipFile(stream) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise ValueError("its arrays are compressed")
    stream.seek(0)


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
