"""The files of a model's folder and its configuration, checked before torch is imported, which takes a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import InputError, require

FORMAT = 3
ARRAYS, CONFIGURATION = "model.safetensors", "config.json"


def read_configuration(folder: Path) -> dict[str, Any]:
    """The configuration in `folder`; `InputError` if there is no model of the present format."""
    require(
        (folder / CONFIGURATION).is_file() and (folder / ARRAYS).is_file(),
        f"expected a model folder with {CONFIGURATION} and {ARRAYS}, got {str(folder)!r}; train one with "
        "`fusiform train` or leave the model out to use the one that ships with Fusiform",
    )
    try:
        config: dict[str, Any] = json.loads((folder / CONFIGURATION).read_text())
        require(config["format"] == FORMAT, f"expected a model of format {FORMAT}, got {config['format']}; retrain it")
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise unreadable(folder, error) from error
    return config


def unreadable(folder: Path, error: Exception) -> InputError:
    """The error for a model that cannot be read."""
    return InputError(
        f"expected a readable model in {str(folder)!r}, got a damaged or foreign one ({type(error).__name__}); "
        "train it again or use another folder"
    )
