"""Opening and saving projects, from the masthead."""

from __future__ import annotations

from functools import partial

import streamlit as st

from fusiform.app.state.kept_results import Optimum
from fusiform.app.state.opened_project import MOST_MEGABYTES, problem_bytes
from fusiform.app.views.optimise import problem
from fusiform.app.views.shared.words import sentence


def menu() -> None:
    """A button that opens to both."""
    with st.popover("Project", icon=":material/folder_open:", help="Open a project, or save this one.", key="project"):
        st.file_uploader(
            "Open a project or problem file",
            type=["json", "toml"],
            max_upload_size=MOST_MEGABYTES,
            key=problem.upload_key(),
            on_change=problem.upload,
            help="A project (.json) that was saved here, by `OptimizationResult.save` or by `fusiform optimize --out`; "
            "or a problem file (.toml).",
        )
        if st.session_state.project_error:
            st.error(sentence(st.session_state.project_error))
        elif st.session_state.project_name:
            st.caption(f"Opened: {st.session_state.project_name}")
        st.download_button(
            "Save project",
            partial(_content, st.session_state.optimum),
            file_name="project.json",
            mime="application/json",
            key="save_project",
            icon=":material/save:",
            width="stretch",
            disabled=problem.trouble_in_numbers() is not None,
            on_click="ignore",
            help="Body, conditions, constraints and options in one readable file, with the optimum if there is one.",
        )


def _content(optimum: Optimum | None) -> bytes:
    present = problem.present()
    if optimum is not None and optimum.result.problem.to_dict() == present.to_dict():
        return optimum.project
    return problem_bytes(present)
