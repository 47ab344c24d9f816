"""Numbers as JSON text."""

from __future__ import annotations

import json
from typing import Any

from fusiform.solvers.common.files import finite


def json_text(numbers: dict[str, Any]) -> str:
    """One indented JSON object; numbers that are not finite become null, because JSON has no NaN."""
    return json.dumps(finite(numbers), indent=2, allow_nan=False)
