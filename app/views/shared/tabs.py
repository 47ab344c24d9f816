"""A row of tabs whose choice is plain state.

A press is an event of its own. A control with a value would be sent again with each request, also by a timer with the
value it had before the page itself opened another tab, and take the person back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st


def tabs(key: str, names: Sequence[str], meanings: Mapping[str, str] | None = None) -> str:
    """Draw a button for each name, with its help where there is one; the chosen name, in `session_state[key]`."""
    chosen = str(st.session_state[key])
    with st.container(key=f"{key}_tabs", horizontal=True, gap=None, width="content"):
        for name in names:
            st.button(
                name,
                key=f"{key}_{name}",
                type="secondary" if name == chosen else "tertiary",
                on_click=_choose,
                args=(key, name),
                help=(meanings or {}).get(name),
            )
    return chosen


def _choose(key: str, name: str) -> None:
    st.session_state[key] = name
