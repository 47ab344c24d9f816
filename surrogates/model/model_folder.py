"""The two files of a model's folder, with their checksums, read before torch is imported, which takes a second.

The configuration holds the SHA-256 of the file of arrays and that of itself: of its entries but this one, as JSON with
sorted keys. A model of which one bit has changed is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.common.tables import read_json
from fusiform.surrogates.model.model_values import Configuration, configuration_of

FORMAT = 4
ARRAYS, CONFIGURATION = "model.safetensors", "config.json"
OF_ARRAYS, OF_CONFIGURATION = "arrays_sha256", "configuration_sha256"
AGAIN = "train it again or use another folder"


def sealed(values: Mapping[str, Any], arrays: bytes) -> dict[str, Any]:
    """The configuration `values` with its format and the checksums of `arrays` and of itself."""
    own = {"format": FORMAT, **values, OF_ARRAYS: hashlib.sha256(arrays).hexdigest()}
    return own | {OF_CONFIGURATION: _checksum(own)}


def read_configuration(folder: Path) -> Configuration:
    """The configuration in `folder`, both files checked by their checksums; `InputError` if there is no such model."""
    require(
        (folder / CONFIGURATION).is_file() and (folder / ARRAYS).is_file(),
        f"expected a model folder with {CONFIGURATION} and {ARRAYS}, got {str(folder)!r}; train one with "
        "`fusiform train` or leave the model out to use the one that ships with Fusiform",
    )
    values = read_json(folder / CONFIGURATION, f"model in {str(folder)!r}", AGAIN)
    require(isinstance(values, dict), f"expected a table in {folder / CONFIGURATION}, got {shown(values)}; {AGAIN}")
    number = values.pop("format", None)
    require(number == FORMAT, f"expected a model of format {FORMAT}, got {shown(number)}; retrain it")
    own, of_arrays = values.pop(OF_CONFIGURATION, None), values.pop(OF_ARRAYS, None)
    _require_checksum(folder / CONFIGURATION, own, _checksum({"format": FORMAT, **values, OF_ARRAYS: of_arrays}))
    with (folder / ARRAYS).open("rb") as file:
        _require_checksum(folder / ARRAYS, of_arrays, hashlib.file_digest(file, "sha256").hexdigest())
    return configuration_of(values)


def unreadable(folder: Path, error: Exception) -> InputError:
    """The error for arrays that cannot be read."""
    return InputError(
        f"expected a readable model in {str(folder)!r}, got a damaged or foreign one ({type(error).__name__}); {AGAIN}"
    )


def _checksum(values: Mapping[str, Any]) -> str:
    """SHA-256 of a table as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _require_checksum(path: Path, stored: object, found: str) -> None:
    require(
        stored == found,
        f"expected {path} with the checksum that it was written with, got {found[:12]}… in place of {shown(stored)}: "
        f"the file is damaged or was edited; {AGAIN}",
    )
