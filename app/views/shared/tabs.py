"""A row of tabs; the session holds the chosen one.

A press is an event of its own. A control with a value would be sent again with each request, also by a timer with the
value that it had before the page itself opened another tab, and lead back to that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import streamlit as st

Name = TypeVar("Name", bound=str)


def tabs(
    key: str,
    names: Sequence[Name],
    chosen: Name,
    on_choice: Callable[[Name], None],
    meanings: Mapping[Name, str] | None = None,
) -> None:
    """Draw a button for each name, with its help where there is one."""
    with st.container(key=f"{key}_tabs", horizontal=True, gap=None, width="content"):
        for name in names:
            st.button(
                name,
                key=f"{key}_{name}",
                type="secondary" if name == chosen else "tertiary",
                on_click=on_choice,
                args=(name,),
                help=(meanings or {}).get(name),
            )
