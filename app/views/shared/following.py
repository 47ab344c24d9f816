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
    """Called at the end of each run of the whole page: the section is drawn."""
    st.session_state.drawn = st.session_state.view


def in_fragment() -> bool:
    """Whether this run draws a part of the page alone, as a timer or the drawing asks for."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def chosen(name: str) -> bool:
    """Whether the control's value is the person's wish, not what it shows or showed before, or a part's request.

    A control that a person has moved is known in the browser from then on: what it showed before is no echo any more.
    """
    state = st.session_state
    if in_fragment():
        return False
    value, earlier = state[name], state.get("shown_before", {}).get(name, [])
    known = [old for old, replaced in earlier if time.monotonic() - replaced < ECHO_SECONDS]
    if value in known or (name in state.get("shown", {}) and value == state.shown[name]):
        return False
    state.setdefault("shown", {})[name] = value
    state.setdefault("shown_before", {}).pop(name, None)
    return True
