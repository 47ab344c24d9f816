"""The training methods by the names that recipes and the command line use, with their labels in tables and plots."""

from __future__ import annotations

from fusiform.solvers.common.errors import require, shown

METHODS = {"supervised": "supervised", "dp": "DP", "sip": "SIP", "hig": "HIG", "sip-hig": "SIP+HIG"}


def require_method(method: object) -> None:
    """Raise `InputError` unless `method` is one of `METHODS`."""
    require(
        isinstance(method, str) and method in METHODS,
        f"expected a training method of {', '.join(METHODS)}, got {shown(method)}; choose one of these",
    )
