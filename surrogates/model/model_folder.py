"""The two files of a model's folder, with their checksums, read before torch is imported, which takes a second.

The configuration holds the SHA-256 of the file of arrays and that of itself: of its entries but this one, as JSON with
sorted keys. A model of which one bit has changed is refused.

A model takes the place of another in one step, however the writer ends: new arrays are written under a name of their
own, then the configuration with their checksum takes the place of the old one, then the arrays do. A reader takes the
arrays that the configuration names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from os.path import isfile
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.common.files import write_atomically, write_json
from fusiform.solvers.common.tables import read_json
from fusiform.surrogates.model.model_values import Configuration, configuration_of

FORMAT = 6
ARRAYS, NEW_ARRAYS, CONFIGURATION = "model.safetensors", "model.safetensors.new", "config.json"
OF_ARRAYS, OF_CONFIGURATION = "arrays_sha256", "configuration_sha256"
AGAIN = "train it again or use another folder"


def sealed(values: Mapping[str, Any], arrays: bytes) -> dict[str, Any]:
    """The configuration `values` with its format and the checksums of `arrays` and of itself."""
    own = {"format": FORMAT, **values, OF_ARRAYS: hashlib.sha256(arrays).hexdigest()}
    return own | {OF_CONFIGURATION: checksum_of(own)}


def write_folder(folder: Path, values: Mapping[str, Any], arrays: bytes) -> None:
    """Write the configuration `values` and the file of arrays."""
    new = folder / NEW_ARRAYS
    _finish(folder)
    write_atomically(new, lambda file: file.write(arrays))
    write_json(folder / CONFIGURATION, sealed(values, arrays))
    new.replace(folder / ARRAYS)


def _finish(folder: Path) -> None:
    """Give the arrays of a model whose writer was ended at its last step their usual name."""
    with suppress(InputError):
        _, arrays = read_folder(folder)
        if arrays.name == NEW_ARRAYS:
            arrays.replace(folder / ARRAYS)


def read_configuration(folder: Path) -> Configuration:
    """The configuration in `folder`, both files checked by their checksums; `InputError` if there is no such model."""
    return read_folder(folder)[0]


def read_folder(folder: Path) -> tuple[Configuration, Path]:
    """The configuration in `folder`, see `read_configuration`, and the path of the arrays that belong to it."""
    found = [path for path in (folder / ARRAYS, folder / NEW_ARRAYS) if isfile(path)]
    require(
        isfile(folder / CONFIGURATION) and len(found) > 0,
        f"expected a model folder with {CONFIGURATION} and {ARRAYS}, got {str(folder)!r}; train one with "
        "`fusiform train` or leave the model out to use the one that ships with Fusiform",
    )
    values = read_json(folder / CONFIGURATION, f"model in {str(folder)!r}", AGAIN)
    require(isinstance(values, dict), f"expected a table in {folder / CONFIGURATION}, got {shown(values)}; {AGAIN}")
    number = values.pop("format", None)
    require(number == FORMAT, f"expected a model of format {FORMAT}, got {shown(number)}; retrain it")
    of_this, of_arrays = values.pop(OF_CONFIGURATION, None), values.pop(OF_ARRAYS, None)
    _require_checksum(folder / CONFIGURATION, of_this, checksum_of({"format": FORMAT, **values, OF_ARRAYS: of_arrays}))
    try:
        checksums = [_checksum_of_file(path) for path in found]
    except OSError as error:
        raise unreadable(folder, error) from error
    own = checksums.index(of_arrays) if of_arrays in checksums else 0
    _require_checksum(found[own], of_arrays, checksums[own])
    return configuration_of(values), found[own]


def unreadable(folder: Path, error: Exception) -> InputError:
    """The error for arrays that cannot be read."""
    return InputError(
        f"expected a readable model in {str(folder)!r}, got a damaged or foreign one ({type(error).__name__}); {AGAIN}"
    )


def checksum_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of a table as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _checksum_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_checksum(path: Path, stored: object, found: str) -> None:
    require(
        stored == found,
        f"expected {path} with the checksum that it was written with, got {found[:12]}… in place of {shown(stored)}: "
        f"the file is damaged or was edited; {AGAIN}",
    )
