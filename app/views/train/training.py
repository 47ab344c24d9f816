"""The section Train: the runs of a recipe as they train, their held-out errors, and the choice of the model in use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from fusiform.app.background import training_server
from fusiform.app.drawings.figures.training_figures import HEIGHT, SECONDS, STEPS, curves_figure
from fusiform.app.frames.formatting import sentence
from fusiform.app.results.training_folder import KeptRun, Progress, read_progress, read_runs
from fusiform.app.state.session import DragSource, Session
from fusiform.app.views.shared.method_errors import errors_chart
from fusiform.app.views.shared.metrics import PLOT_CONFIG
from fusiform.app.views.shared.session import change, keep, session
from fusiform.app.views.train import training_controls
from fusiform.surrogates.flow_training.method_names import METHODS

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
COLUMNS = (
    ("method", "How the network was trained; all runs of this table share the cases and the supervised start."),
    ("drag, median", "Median of |C_D/C_D* − 1| over the held-out cases; * is the solver on the recipe's grid."),
    ("drag, 95 %", "95 % of the held-out cases have a smaller drag error than this."),
    ("vorticity, median", "Median of ‖ω − ω*‖/‖ω*‖ over the nodes of the grid: how well the whole flow is met."),
    ("linear solves", "Factorisations of the flow's Jacobian that the training data cost; a full solve takes 2 or 3."),
    ("steps", "Updates of the network's weights, all stages."),
)


def model_sign() -> None:
    """The name of the model in use and a button back to the shipped one; nothing for the shipped one."""
    folder = session().settings.folder
    if folder and session().settings.model == DragSource.SURROGATE:
        with st.container(key="model_sign", horizontal=True, vertical_alignment="center"):
            st.badge(
                f"Model in use: {_short(folder)}",
                icon=":material/model_training:",
                help=f"Design and Optimise ask the model in {folder} in place of the one that comes with Fusiform.",
            )
            st.button(
                "Back to the shipped model",
                key="shipped_model",
                type="tertiary",
                on_click=lambda: change(_with_model, ""),
                help="Design and Optimise ask the model that comes with Fusiform again.",
            )


def _with_model(now: Session, folder: str) -> Session:
    """Design and Optimise ask the model in `folder`, "" the shipped one."""
    return replace(now, settings=replace(now.settings, model_folder=folder, model=DragSource.SURROGATE))


def _use(folder: str) -> None:
    change(_with_model, folder)


def show() -> None:
    """The runs of the chosen recipe: the stage under way, curves, held-out errors."""
    folder, busy = training_controls.folder(), training_server.running()
    _bar()
    if failed := training_server.failure(folder):
        st.error(sentence(failed))
    if busy is not None and busy != folder:
        st.info(f"A training of the recipe {busy.name} is running on this server.")
    runs = read_runs(folder)
    keep(replace(session(), training_shown=_state(folder, runs)))
    if not runs and busy != folder:
        _without_runs(begun=read_progress(folder) is not None)
        return
    st.fragment(_live, run_every=POLL_SECONDS if busy == folder else None)(folder)
    _table([run for run in runs if run.card is not None])


def _bar() -> None:
    """The axis of the charts, and the model in use where no badge names it."""
    settings = session().settings
    with st.container(key="train_bar", horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Over",
            [SECONDS, STEPS],
            key="train_axis",
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


def _state(folder: Path, runs: list[KeptRun]) -> tuple[bool, int]:
    """True while the training runs, and the number of models: the page around the charts depends on both."""
    return training_server.running() == folder, sum(run.card is not None for run in runs)


def _live(folder: Path) -> None:
    """The stage under way, and the charts; drawn again every `POLL_SECONDS` while a training runs."""
    axis, runs = st.session_state.train_axis, read_runs(folder)
    if _state(folder, runs) != session().training_shown:
        st.rerun(scope="app")
    now = read_progress(folder)
    if training_server.running() == folder:
        st.progress(*_stage_progress(now))
    elif now is not None and any(run.card is None for run in runs):
        st.caption("Stopped. Choose the method and press Go on to take it up at its last checkpoint.")
    shown = [run for run in runs if run.points]
    if not shown:
        st.caption("The curves begin at the first checkpoint; before that, the training flows are solved.")
        return
    left, right = st.columns(2, gap="medium")
    untimed = [run.label for run in shown if run.points[-1].seconds is None]
    for column, quantity, title, definition in (
        (left, "loss", "Loss", LOSS_HELP),
        (right, "median", "Held-out drag error, median", ERROR_HELP),
    ):
        with column:
            st.markdown(f"**{title}**", help=definition)
            figure = curves_figure(shown, quantity, axis, HEIGHT)
            st.plotly_chart(figure, key=f"train_{quantity}", config=PLOT_CONFIG, alt=f"{title} of each method")
    if untimed and axis == SECONDS:
        st.caption(f"Without times, made by the command line: {', '.join(untimed)}. Choose Steps to see them.")


def _stage_progress(now: Progress | None) -> tuple[float, str]:
    """The progress of the stage, 0 to 1, and its name."""
    if now is None:
        return 0.0, "Starting …"
    share = now.done / max(now.total, 1)
    text = f"{now.name}: {now.done} of {now.total} ({now.note})"
    return min(share, 1.0), text if not now.method else f"{METHODS[now.method]}, {text}"


def _table(finished: list[KeptRun]) -> None:
    """Held-out errors of the finished runs, and the choice of the model in use."""
    if not finished:
        return
    cases = finished[0].card["heldout"]["cases"] if finished[0].card else 0
    st.markdown(f"**Finished models, on the {cases} held-out cases**", help="As `fusiform evaluate` measures them.")
    widths = [1.1, 1, 1, 1.2, 1, 0.8, 1.2]
    with st.container(key="train_table", gap="small"):
        header = st.columns(widths, vertical_alignment="bottom")
        for column, (name, definition) in zip(header, COLUMNS, strict=False):
            column.caption(name, help=definition)
        for run in finished:
            cells = st.columns(widths, vertical_alignment="center")
            for column, text in zip(cells, _row(run), strict=False):
                column.markdown(text)
            used = session().settings.folder == str(run.folder)
            cells[-1].button(
                "In use" if used else "Use",
                key=f"use_{run.method}",
                width="stretch",
                disabled=used,
                icon=":material/check:" if used else None,
                on_click=_use,
                args=(str(run.folder),),
                help="Design and Optimise ask this model. Its body space is the recipe's: elsewhere its confidence is "
                "low. The way back is beside the model's name at the top.",
            )


def _row(run: KeptRun) -> list[str]:
    assert run.card is not None
    errors = run.card["heldout"]
    return [
        run.label,
        f"{errors['drag']['median']:.2%}",
        f"{errors['drag']['p95']:.2%}",
        f"{errors['vorticity']['median']:.1%}",
        f"{run.card['linear_solves']:,}",
        f"{run.points[-1].step:,}" if run.points else "–",
    ]


def _short(folder: str) -> str:
    """The last two parts of a model's folder."""
    return "/".join(Path(folder).parts[-2:])
