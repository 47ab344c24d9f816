"""The page without a browser: what its tests read and wait for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from fusiform.app.views.shared.complaints import LOGGED

PAGE = Path(str(files("fusiform.app").joinpath("main.py")))
SECONDS = 120.0


def healthy(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    assert not [error.value for error in at.error if LOGGED in error.value]
    return at


def metric(at: AppTest, label: str) -> str:
    return str(next(m.value for m in at.metric if m.label.startswith(label)))


def note(at: AppTest, label: str) -> str:
    return str(next(m.delta for m in at.metric if m.label.startswith(label)))


def drawn(at: AppTest) -> dict[str, Any]:
    """The data of the drawing."""
    return next(json.loads(c.proto.json) for c in at.get("bidi_component") if "drawing" in c.proto.component_name)


def run_until(at: AppTest, condition: Callable[[AppTest], bool]) -> AppTest:
    """Run the page again and again, as the timer of a browser would."""
    end = time.monotonic() + SECONDS
    while not condition(at):
        assert time.monotonic() < end, "the page did not get there in time"
        time.sleep(0.05)
        healthy(at.run())
    return at


def idle(at: AppTest) -> bool:
    return at.session_state["session"].job is None


def refined(at: AppTest) -> bool:
    return "refined by the state inverse" in drawn(at)["badge"]
