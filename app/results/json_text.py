"""Numbers as JSON text."""

from __future__ import annotations

import json
import math
from typing import Any


def json_text(numbers: dict[str, Any]) -> str:
    """One indented JSON object; numbers that are not finite become null, because JSON has no NaN."""
    return json.dumps(finite(numbers), indent=2, allow_nan=False)


def finite(numbers: dict[str, Any]) -> dict[str, Any]:
    """The numbers with None for those that are not finite."""
    return {key: _finite(value) for key, value in numbers.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    if isinstance(value, dict):
        return finite(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
