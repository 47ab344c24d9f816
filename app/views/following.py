"""Controls that follow the design, and requests of the browser that only repeat what it showed before.

Each request carries the values of all controls. One that left the browser before the page's last changes reached it,
from a timer or from a second quick click, carries old values, and Streamlit takes them for the person's wish. So the
values that the page itself has put into its controls are remembered for a while, and known again.
"""

from __future__ import annotations

import time
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

ECHO_SECONDS = 5.0
KEPT = 6


def follow(key: str, value: object) -> None:
    """Let a control show `value`, whoever changed it; called before the control is drawn.

    It is written again until a run has drawn the whole section: a control that is drawn by a later run than the one
    that wrote its value would begin at its least value, and the browser would send that back as if it were chosen.
    """
    state = st.session_state
    shown: dict[str, Any] = state.setdefault("shown", {})
    if key in shown and shown[key] != value:
        earlier = state.setdefault("shown_before", {})
        earlier[key] = [*earlier.get(key, []), (shown[key], time.monotonic())][-KEPT:]
    shown[key] = value
    if state.get("drawn") != state.get("view") or key not in state or state[key] != value:
        state[key] = value


def drawn() -> None:
    """Called at the end of each run: the section is drawn as a whole."""
    st.session_state.drawn = st.session_state.view


def repeated(name: str) -> bool:
    """Whether the control's value is no wish of the person: what it shows, what it showed, or a timer's request."""
    state, context = st.session_state, get_script_run_ctx()
    if context is not None and context.fragment_ids_this_run:
        return True
    value, earlier = state[name], state.get("shown_before", {}).get(name, [])
    known = [old for old, replaced in earlier if time.monotonic() - replaced < ECHO_SECONDS]
    return value in known or (name in state.get("shown", {}) and value == state.shown[name])
