"""The page: `fusiform app`, or `streamlit run app/main.py` from a checkout where Fusiform is installed.

A masthead with the sections and undo; below it the section, beside a rail of controls. On narrow screens the rail
follows the section.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import streamlit as st

from fusiform.app.views.design import controls, gallery, workbench
from fusiform.app.views.design.controls import Inputs
from fusiform.app.views.optimise import constraints, problem
from fusiform.app.views.optimise import section as optimise
from fusiform.app.views.shared import projects, session, work
from fusiform.app.views.shared.tabs import tabs
from fusiform.app.views.train import training, training_controls
from fusiform.app.views.why import explain

SECTIONS = {
    session.DESIGN: "Shape a body by hand; its drag and its flow follow at once.",
    session.OPTIMUM: "Find the body with the least drag under constraints, and have it certified by the solver.",
    training.TRAIN: "Train models by several methods, compare them, and choose the one in use.",
    explain.WHY: "Why inverting the physics pays, with measured numbers.",
}
ABOUT = "Finds the body shape with the least drag in laminar flow.\n\n" + "\n".join(
    f"- **{name}**: {meaning}" for name, meaning in SECTIONS.items()
)


def masthead() -> str:
    """The sections, and what belongs to all of them; which section is chosen."""
    history = st.session_state.history
    with st.container(key="masthead", horizontal=True, vertical_alignment="center"):
        st.markdown("#### Fusiform", width="content", help=ABOUT)
        section = tabs("view", list(SECTIONS))
        st.space("stretch")
        st.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            disabled=not history.can_undo,
            on_click=session.undo,
            shortcut="Ctrl+Z",
            help="Take the last change of body or conditions back.",
        )
        st.button(
            "Redo",
            key="redo",
            icon=":material/redo:",
            disabled=not history.can_redo,
            on_click=session.redo,
            shortcut="Ctrl+Shift+Z",
            help="Do again what was taken back.",
        )
        st.button(
            "Reset",
            key="reset",
            icon=":material/restart_alt:",
            disabled=session.opened() == session.present(),
            on_click=session.reset,
            help="Return to the body as it was opened. This can be undone.",
        )
        if st.button("Examples", key="examples", icon=":material/grid_view:", help="Ready-made designs to open."):
            gallery.choose()
        projects.menu()
    return section


def section(chosen: str, inputs: Inputs) -> Callable[[], None]:
    """Draw the chosen section; what takes long is drawn when the returned function is called, after the rail."""
    if chosen == session.OPTIMUM:
        optimise.show()
    elif chosen == training.TRAIN:
        training.show()
    else:
        return workbench.show(inputs)
    return lambda: None


def rail(chosen: str) -> None:
    """Draw the controls of the chosen section."""
    if chosen == session.OPTIMUM:
        controls.start()
        constraints.panel()
        controls.model()
    elif chosen == training.TRAIN:
        training_controls.rail()
    else:
        controls.rail()


def page() -> None:
    """One run of the page."""
    st.set_page_config(page_title="Fusiform", layout="wide")
    st.html(f"<style>{files('fusiform.app').joinpath('page.css').read_text()}</style>")
    work.collect()
    st.session_state.setdefault("view", session.DESIGN)
    session.ready()
    problem.ready()
    training_controls.ready()
    chosen = masthead()
    training.model_sign()
    if chosen == explain.WHY:
        explain.show()
        session.drawn()
        return
    with st.container(key="bench"):
        with st.container(key="stage"):
            work.status()
            finish = section(chosen, controls.inputs())
        with st.container(key="rail"):
            rail(chosen)
    finish()
    session.drawn()


if __name__ == "__main__":
    page()
