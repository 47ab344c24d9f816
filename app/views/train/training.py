"""The section Train: the runs of a recipe as they train, their held-out errors, and the choice of the model in use."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fusiform.app.background import training_server
from fusiform.app.drawings.figures.training_figures import HEIGHT, curves_figure
from fusiform.app.edits import train as edits
from fusiform.app.frames import train as frames
from fusiform.app.frames.shared.formatting import LONGEST_NAME, plain
from fusiform.app.results.training_folder import KeptRun, read_progress, read_runs
from fusiform.app.state.session import DragSource
from fusiform.app.state.train import Axis
from fusiform.app.views.shared.complaints import complain, in_one_sentence
from fusiform.app.views.shared.following import follow
from fusiform.app.views.shared.method_errors import errors_chart
from fusiform.app.views.shared.metrics import PLOT_CONFIG
from fusiform.app.views.shared.session import change, session
from fusiform.app.views.train import training_controls

POLL_SECONDS = 1.0
LOSS_HELP = (
    "The mean loss since the checkpoint before, as metrics.jsonl has it; a ring where a new stage begins. Every method "
    "starts with the same supervised stage on solved flows. The loss of supervised, SIP and SIP+HIG is a distance to "
    "targets, that of DP and HIG the residual of the flow equations: compare the fall of each, not their heights."
)
ERROR_HELP = (
    "Median of |C_D/C_D* − 1| over the held-out cases, which no method is trained on, at each checkpoint; * is the "
    "flow solver on the recipe's grid. Compare the methods by this error."
)
WIDTHS = (1.1, 1, 1, 1.2, 1, 0.8, 1.2)


def model_sign() -> None:
    """The name of the model in use and a button back to the shipped one; nothing for the shipped one."""
    folder = session().settings.folder
    if folder and session().settings.model == DragSource.SURROGATE:
        with st.container(key="model_sign", horizontal=True, vertical_alignment="center"):
            st.badge(
                f"Model in use: {plain(frames.short_name(folder), LONGEST_NAME)}",
                icon=":material/model_training:",
                help=f"Design and Optimise ask the model in {plain(folder)}, not the one that comes with Fusiform.",
            )
            st.button(
                "Back to the shipped model",
                key="shipped_model",
                type="tertiary",
                on_click=lambda: change(edits.use_model, ""),
                help="Design and Optimise ask the model that comes with Fusiform again.",
            )


def show() -> None:
    """The runs of the chosen recipe: the stage under way, curves, held-out errors."""
    folder, busy = training_controls.folder(), training_server.running()
    _bar()
    if failed := training_server.failure(folder):
        complain(failed)
    if busy is not None and busy != folder:
        st.info(f"A training of the recipe {plain(busy.name)} is running on this server.")
    runs = read_runs(folder)
    change(edits.drawn, frames.state_of(runs, running=busy == folder))
    if not runs and busy != folder:
        _without_runs(begun=read_progress(folder) is not None)
        return
    st.fragment(_live, run_every=POLL_SECONDS if busy == folder else None)(folder)
    _table(frames.finished_runs(runs))


def _bar() -> None:
    """The axis of the charts, and the model in use where no badge names it."""
    settings, axis = session().settings, session().train.axis
    follow("train_axis", axis)
    with st.container(key="train_bar", horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Over",
            list(Axis),
            key="train_axis",
            on_change=lambda: change(edits.choose_axis, st.session_state.train_axis),
            required=True,
            label_visibility="collapsed",
            help="The horizontal axis of the charts. A step of one method costs a hundred times that of another: "
            "seconds of wall clock count everything, the physics included.",
        )
        if settings.model == DragSource.SOLVER:
            st.caption("In Design the flow solver answers, no model.")
        elif not settings.folder:
            st.caption("Model in use in Design: the shipped one.")


def _without_runs(*, begun: bool) -> None:
    """The next step of the user, and the measured errors of the methods."""
    st.info(
        "Stopped while the flows to learn from were being solved. Press Start to continue with them."
        if begun
        else "No run of this recipe yet. Choose one or more methods and press Start: the loss and the error on "
        "held-out cases are drawn here while it trains. The demonstration takes two to three minutes a method."
    )
    st.markdown(
        "**Until then: the methods as they were measured, with equal time for each**",
        help="From assets/training/methods.md. The section Why explains these errors.",
    )
    errors_chart()


@in_one_sentence("The training")
def _live(folder: Path) -> None:
    """The stage under way, and the charts; drawn again every `POLL_SECONDS` while a training runs."""
    train, runs, running = session().train, read_runs(folder), training_server.running() == folder
    if frames.state_of(runs, running=running) != train.shown:
        st.rerun(scope="app")
    now = read_progress(folder)
    if running:
        st.progress(*frames.progress_words(now))
    elif now is not None and any(run.card is None for run in runs):
        st.caption("Stopped. Choose the method and press Go on to take it up at its last checkpoint.")
    shown = [run for run in runs if run.points]
    if not shown:
        st.caption("The curves begin at the first checkpoint; before that, the training flows are solved.")
        return
    left, right = st.columns(2, gap="medium")
    for column, quantity, title, definition in (
        (left, "loss", "Loss", LOSS_HELP),
        (right, "median", "Held-out drag error, median", ERROR_HELP),
    ):
        with column:
            st.markdown(f"**{title}**", help=definition)
            figure = curves_figure(shown, quantity, train.axis, HEIGHT)
            st.plotly_chart(figure, key=f"train_{quantity}", config=PLOT_CONFIG, alt=f"{title} of each method")
    if words := frames.untimed_words(shown, train.axis):
        st.caption(words)


def _table(finished: list[KeptRun]) -> None:
    """Held-out errors of the finished runs, and the choice of the model in use."""
    if not finished:
        return
    st.markdown(frames.table_title(finished), help="As `fusiform evaluate` measures them.")
    with st.container(key="train_table", gap="small"):
        header = st.columns(WIDTHS, vertical_alignment="bottom")
        for column, (name, definition) in zip(header, frames.COLUMNS, strict=False):
            column.caption(name, help=definition)
        for run in finished:
            cells = st.columns(WIDTHS, vertical_alignment="center")
            for column, text in zip(cells, frames.row(run), strict=False):
                column.markdown(text)
            used = session().settings.folder == str(run.folder)
            cells[-1].button(
                "In use" if used else "Use",
                key=f"use_{run.method}",
                width="stretch",
                disabled=used,
                icon=":material/check:" if used else None,
                on_click=change,
                args=(edits.use_model, str(run.folder)),
                help="Design and Optimise ask this model. Its body space is the recipe's: elsewhere its confidence is "
                "low. The way back is beside the model's name at the top.",
            )
