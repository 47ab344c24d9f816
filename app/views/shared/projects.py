"""Opening and saving projects, from the masthead."""

from __future__ import annotations

from functools import partial

import streamlit as st

from fusiform.app.edits import setup as edits
from fusiform.app.frames.optimise.problem import trouble_in_numbers
from fusiform.app.frames.shared.formatting import plain
from fusiform.app.results.opened_project import MOST_MEGABYTES, problem_bytes
from fusiform.app.state.session import Session
from fusiform.app.views.shared.complaints import complain
from fusiform.app.views.shared.session import change, session


def menu() -> None:
    """A button that opens to both."""
    now = session()
    with st.popover("Project", icon=":material/folder_open:", help="Open a project, or save this one.", key="project"):
        st.file_uploader(
            "Open a project or problem file",
            type=["json", "toml"],
            max_upload_size=MOST_MEGABYTES,
            key=_uploader(),
            on_change=_opened,
            help="A project (.json) that was saved here, by `OptimizationResult.save` or by `fusiform optimize --out`; "
            "or a problem file (.toml).",
        )
        if now.project.error:
            complain(now.project.error)
        elif now.project.name:
            st.caption(f"Opened: {plain(now.project.name)}")
        st.download_button(
            "Save project",
            partial(_content, now),
            file_name="project.json",
            mime="application/json",
            key="save_project",
            icon=":material/save:",
            width="stretch",
            disabled=trouble_in_numbers(now) is not None,
            on_click="ignore",
            help="Body, conditions, constraints and options in one readable file, with the optimum if there is one.",
        )


def _uploader() -> str:
    """The key of the uploader, another one after each opened file so that it is empty again."""
    return f"project_{session().project.uploads}"


def _opened() -> None:
    file = st.session_state.get(_uploader())
    if file is not None:
        change(edits.open_file, file.getvalue(), file.name)


def _content(now: Session) -> bytes:
    """The project of a session; Streamlit asks for it in a thread that knows no session."""
    if now.optimum is not None and now.optimum.answers(now.problem):
        return now.optimum.project
    return problem_bytes(now.problem)
