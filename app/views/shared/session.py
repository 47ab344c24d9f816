"""The session of this visit, which lies under one key of Streamlit's state, beside the values of the controls.

Callbacks run before the page is drawn, so that one run shows their edits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Mapping
from dataclasses import fields, replace
from typing import Concatenate, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fusiform.app.edits.design import new_session
from fusiform.app.state.session import DragSource, Session, Settings
from fusiform.app.views.shared.complaints import LOGGED
from fusiform.solvers.grids import GRIDS

P = ParamSpec("P")
_log = logging.getLogger(__name__)
KEY = "session"
SETTINGS = tuple(field.name for field in fields(Settings))
CHOICES: Mapping[str, Container[object]] = {"model": list(DragSource), "grid": list(GRIDS)}


def session() -> Session:
    """The session, with the settings that the controls show."""
    kept, state = _kept(), st.session_state
    settings = replace(kept.settings, **{name: state[name] for name in SETTINGS if name in state and _offered(name)})
    return kept if settings == kept.settings else replace(kept, settings=settings)


def _offered(name: str) -> bool:
    """False for a choice that no list of the page offers, sent by a client of someone's own."""
    return name not in CHOICES or st.session_state[name] in CHOICES[name]


def _kept() -> Session:
    if KEY not in st.session_state:
        st.session_state[KEY] = new_session({key: ", ".join(st.query_params.get_all(key)) for key in st.query_params})
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
    """Make the result of an edit the session.

    An edit that fails changes nothing but the sentence about it; the log has the traceback.
    """
    now = session()
    try:
        keep(edit(now, *args, **kwargs))
    except Exception as error:
        _log.exception("an edit of the page failed")
        words = f"this could not be done ({type(error).__name__}: {LOGGED}); all is as it was before"
        keep(replace(now, design=replace(now.design, error=words)))


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
