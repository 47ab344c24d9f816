"""The page: `fusiform app`, or `streamlit run app/main.py` from a checkout where Fusiform is installed.

A masthead with the sections and undo; below it the section, beside a rail of controls. On narrow screens the rail
follows the section.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import streamlit as st

from fusiform.app.edits import design as edits
from fusiform.app.edits.navigation import show_section
from fusiform.app.state.session import Section
from fusiform.app.views.design import gallery, workbench
from fusiform.app.views.design.shape_sliders import shape_sliders
from fusiform.app.views.optimise import constraints
from fusiform.app.views.optimise import section as optimise
from fusiform.app.views.shared import job_bar, job_start, projects, rail
from fusiform.app.views.shared.complaints import in_one_sentence
from fusiform.app.views.shared.following import drawn, follow_design
from fusiform.app.views.shared.session import change, keep_settings, session
from fusiform.app.views.shared.tabs import tabs
from fusiform.app.views.train import training, training_controls
from fusiform.app.views.why import explain

SECTIONS = {
    Section.DESIGN: "Shape a body by dragging its outline; its drag and its flow follow at once.",
    Section.OPTIMISE: "Find the body with the least drag under constraints, and have it certified by the solver.",
    Section.TRAIN: "Train models by several methods, compare them, and choose the one in use.",
    Section.WHY: "Why inverting the physics pays, with measured numbers.",
}
ABOUT = "Finds the body shape with the least drag in laminar flow.\n\n" + "\n".join(
    f"- **{name}**: {meaning}" for name, meaning in SECTIONS.items()
)


def masthead() -> None:
    """The sections, and the buttons that belong to all of them."""
    with st.container(key="masthead", horizontal=True, vertical_alignment="center"):
        st.markdown("#### Fusiform", width="content", help=ABOUT)
        tabs("view", list(SECTIONS), session().section, lambda section: change(show_section, section))
        st.space("stretch")
        history_buttons()
        if st.button("Examples", key="examples", icon=":material/grid_view:", help="Ready-made designs to open."):
            gallery.choose()
        projects.menu()


def history_buttons() -> None:
    """Undo, redo and reset of the design."""
    design = session().design
    st.button(
        "Undo",
        key="undo",
        icon=":material/undo:",
        disabled=not design.history.can_undo,
        on_click=lambda: change(edits.undo),
        shortcut="Ctrl+Z",
        help="Take the last change of body or conditions back.",
    )
    st.button(
        "Redo",
        key="redo",
        icon=":material/redo:",
        disabled=not design.history.can_redo,
        on_click=lambda: change(edits.redo),
        shortcut="Ctrl+Shift+Z",
        help="Repeat the change that was taken back.",
    )
    st.button(
        "Reset",
        key="reset",
        icon=":material/restart_alt:",
        disabled=design.start == design.present,
        on_click=lambda: change(edits.reset),
        help="Return to the body as it was opened. This can be undone.",
    )


def section(chosen: Section) -> Callable[[], None]:
    """Draw the chosen section; a slow part is drawn when the returned function is called, after the rail."""
    if chosen is Section.OPTIMISE:
        optimise.show()
    elif chosen is Section.TRAIN:
        training.show()
    else:
        return workbench.show()
    return lambda: None


def controls(chosen: Section) -> None:
    """Draw the controls of the chosen section."""
    if chosen is Section.TRAIN:
        training_controls.rail()
        return
    rail.start()
    if chosen is Section.OPTIMISE:
        constraints.panel()
    else:
        shape_sliders()
    rail.model()


def page() -> None:
    """One run of the page."""
    st.set_page_config(page_title="Fusiform", layout="wide")
    st.html(f"<style>{files('fusiform.app').joinpath('page.css').read_text()}</style>")
    job_start.collect()
    keep_settings()
    follow_design()
    training_controls.ready()
    masthead()
    training.model_sign()
    chosen = session().section
    if chosen is Section.WHY:
        with in_one_sentence("This section"):
            explain.show()
        drawn()
        return
    finish = None
    with st.container(key="bench"):
        with st.container(key="stage"), in_one_sentence("This section"):
            job_bar.job_bar()
            finish = section(chosen)
        with st.container(key="rail"), in_one_sentence("The rail of controls"):
            controls(chosen)
    if finish is not None:
        with in_one_sentence("The view in space"):
            finish()
    drawn()


if __name__ == "__main__":
    page()
