"""The session of this visit, which lies under one key of Streamlit's state, beside the values of the controls.

Callbacks run before the page is drawn, so that one run shows their edits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Concatenate, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fusiform.app.edits.design import new_session
from fusiform.app.state.session import Session, Settings

P = ParamSpec("P")
KEY = "session"
SETTINGS = tuple(field.name for field in fields(Settings))


def session() -> Session:
    """The session, with the settings that the controls show."""
    kept, state = _kept(), st.session_state
    settings = replace(kept.settings, **{name: state[name] for name in SETTINGS if name in state})
    return kept if settings == kept.settings else replace(kept, settings=settings)


def _kept() -> Session:
    if KEY not in st.session_state:
        st.session_state[KEY] = new_session(st.query_params.to_dict())
    kept: Session = st.session_state[KEY]
    return kept


def keep(changed: Session) -> None:
    """Make `changed` the session, and let the controls show its settings."""
    state = st.session_state
    state[KEY] = changed
    for name in SETTINGS:
        value = getattr(changed.settings, name)
        if name in state and state[name] != value:
            state[name] = value


def change(edit: Callable[Concatenate[Session, P], Session], *args: P.args, **kwargs: P.kwargs) -> None:
    """Make the result of an edit the session."""
    keep(edit(session(), *args, **kwargs))


def keep_settings() -> None:
    """Called at the start of each run: write the settings again, else Streamlit forgets those that it does not draw."""
    now = session()
    for name in SETTINGS:
        st.session_state[name] = getattr(now.settings, name)
    st.session_state[KEY] = now


def in_fragment() -> bool:
    """True if this run draws a part of the page alone, at the request of a timer or of the drawing."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
