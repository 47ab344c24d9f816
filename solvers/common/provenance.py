"""The origin of a stored result: versions, and a digest of the settings."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

PACKAGES = ("fusiform", "torch", "numpy", "scipy")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that determine the numbers of a result."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def digest_of(values: Mapping[str, Any]) -> str:
    """A hash of plain values, 16 hexadecimal digits, independent of the order of the keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
