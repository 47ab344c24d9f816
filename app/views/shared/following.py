"""Controls that follow the session, and edit it when the user moves them.

The page's own values are recognised when the browser sends them back: see `state.control_echoes`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from fusiform.app.frames.design.control_values import control_values
from fusiform.app.state.design_link import to_link
from fusiform.app.state.session import Session
from fusiform.app.views.shared.session import change, in_fragment, keep, session


def follow_design() -> None:
    """Called at the start of each run: the controls show the design, and the address opens it again.

    A visit without changes leaves the address as it is, unless the address was refused.
    """
    now = session()
    design = now.design.present
    if now.followed != design:
        if now.followed is not None or now.design.error is not None:
            st.query_params.from_dict(to_link(design))
        keep(replace(now, followed=design, numbers=control_values(design)))
    for name, value in session().numbers.items():
        follow(name, value)


def follow(key: str, value: object) -> None:
    """Let a control show `value`; called before the control is drawn.

    It is written again until a run has drawn the whole section: a control that is drawn by a later run than the one
    that wrote its value would begin at its least value, and the browser would send that back as if it were chosen.
    """
    now, state = session(), st.session_state
    echoes = now.echoes.with_shown(key, value, time.monotonic())
    if echoes is not now.echoes:
        keep(replace(now, echoes=echoes))
    if now.drawn != now.section or key not in state or state[key] != value:
        state[key] = value


def drawn() -> None:
    """Called at the end of each run of the whole page: the section is drawn."""
    now = session()
    keep(replace(now, drawn=now.section))


def on_choice(edit: Callable[[Session, Any], Session], key: str) -> Callable[[], None]:
    """A callback that runs `edit` with the value of the control `key` when the user chose it.

    A request of a fragment, and one that repeats what the control shows or showed a moment ago, is no choice.
    """

    def chosen() -> None:
        now, value = session(), st.session_state[key]
        if not in_fragment() and not now.echoes.is_echo(key, value, time.monotonic()):
            keep(replace(now, echoes=now.echoes.chosen(key, value)))
            change(edit, value)

    return chosen
