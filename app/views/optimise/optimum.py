"""The optimum: its numbers, the cost of each constraint, start and optimum overlaid and side by side, and its files."""

from __future__ import annotations

import streamlit as st

from fusiform.app.drawings.convergence import convergence, search_words
from fusiform.app.drawings.figures.flow_figure import flow_figure
from fusiform.app.drawings.figures.wall_figure import wall_figure
from fusiform.app.drawings.html_report import report
from fusiform.app.drawings.optimum_sketch import OVERLAY_WORDS, optimum_sketch
from fusiform.app.edits.design import open_optimum
from fusiform.app.frames.optimise.flows import compared_flows, optimum_in_space
from fusiform.app.frames.optimise.optimum import constraint_table, gain_definition, optimum_numbers, optimum_words
from fusiform.app.frames.shared.formatting import plain
from fusiform.app.results.kept_results import Optimum
from fusiform.app.views.shared import downloads, job_start
from fusiform.app.views.shared.components import component, picture
from fusiform.app.views.shared.field_choice import field_choice
from fusiform.app.views.shared.metrics import PLOT_CONFIG, doubts, show_metrics
from fusiform.app.views.shared.session import change, session
from fusiform.solvers.inverse import OptimizationOutcome


def show(optimum: Optimum) -> None:
    """Draw the view."""
    with st.container(key="forces"):
        show_metrics(optimum_numbers(optimum))
    if not optimum.result.feasible:
        drawn = "given" if optimum.result.outcome is OptimizationOutcome.CONTRADICTION else "nearest"
        st.error(plain(optimum.result.status) + f" The {drawn} body is drawn; relax a limit in red.")
    st.caption(optimum_words(optimum, session().earlier))
    _actions(optimum)
    with st.container(key="search_view"):
        picture(optimum_sketch(optimum), "overlay")
        picture(convergence(optimum.result.history), "convergence")
    st.caption(f"{OVERLAY_WORDS} {search_words(optimum.result.model_kind)}")
    _constraints(optimum)
    _in_space(optimum)
    _flows(optimum)
    _files(optimum)


def _actions(optimum: Optimum) -> None:
    with st.container(key="optimum_actions", horizontal=True, gap="small"):
        st.button(
            "Edit the optimum",
            key="adopt",
            icon=":material/edit:",
            on_click=lambda: change(open_optimum),
            help="Open it in Design, where it can be edited; Undo leads back.",
        )
        _job_buttons(optimum)
        _documents(optimum)


def _job_buttons(optimum: Optimum) -> None:
    """Further searches and solves; they wait while a job is running."""
    busy, result = session().job is not None, optimum.result
    st.button(
        "Try another start",
        key="another",
        icon=":material/casino:",
        disabled=busy,
        on_click=job_start.another_start,
        help="Search again, also from the best of many random bodies, with another seed, and compare the optima.",
    )
    if not result.certified and result.feasible:
        st.button(
            "Certify this one",
            key="certify_shown",
            icon=":material/verified:",
            disabled=busy,
            on_click=job_start.certify_shown,
            help="Search again and continue with the solver's own gradient until its optimality conditions hold.",
        )
    if optimum.verified is None and result.feasible:
        st.button(
            "Solve its flow",
            key="solve_flows",
            icon=":material/air:",
            disabled=busy,
            on_click=job_start.solve_flows,
            help="Solve the flows past start and optimum, to see them side by side: a few seconds.",
        )


def _documents(optimum: Optimum) -> None:
    """The project file and the report."""
    st.download_button(
        "Save project",
        optimum.project,
        file_name="project.json",
        mime="application/json",
        key="save_optimum",
        icon=":material/save:",
        on_click="ignore",
        help="Problem and result in one readable file, the same that `OptimizationResult.save` writes.",
    )
    st.download_button(
        "Report",
        lambda: report(optimum).encode(),
        file_name="report.html",
        mime="text/html",
        key="report",
        icon=":material/description:",
        on_click="ignore",
        help="One HTML page to keep or send: body, conditions, numbers with definitions, pictures, provenance.",
    )


def _constraints(optimum: Optimum) -> None:
    """The cost of each constraint."""
    if not optimum.result.constraints:
        return
    number, check = st.column_config.NumberColumn, st.column_config.CheckboxColumn
    st.dataframe(
        constraint_table(optimum),
        hide_index=True,
        width="stretch",
        height="content",
        key="constraint_costs",
        column_config={
            "Constraint": st.column_config.TextColumn(width="large"),
            "Slack": number(
                format="%.4f", help="How far the optimum is from the limit, in its unit; negative where it is broken."
            ),
            "Active": check(help="Checked where the limit holds the optimum back."),
            "One unit more gains": number(format="%.4g", help=gain_definition(optimum)),
            "Unit": st.column_config.TextColumn(help="The unit of slack and gain."),
        },
    )


def _in_space(optimum: Optimum) -> None:
    """A body of revolution in space, with the flow past it if the solver has solved it."""
    if optimum.result.body.revolution:
        data = optimum_in_space(optimum, session().settings.quantity)
        component("space")(key="optimum_in_space", data=data)


def _flows(optimum: Optimum) -> None:
    """Start and optimum side by side, in one window and one colour scale, and their walls."""
    start, best = optimum.initial, optimum.verified
    if start is None or best is None:
        return
    doubts("Start", start)
    doubts("Optimum", best)
    field_choice()
    quantity = session().settings.quantity
    flows = compared_flows(start, best)
    figure = flow_figure(flows.panels, quantity, streamlines=True, ghost=flows.start)
    st.plotly_chart(figure, key="flows", config=PLOT_CONFIG, alt=f"Flow past start and optimum: {quantity}")
    with st.container(key="walls"):
        for name, words in (("wall_pressure_coefficient", "Pressure"), ("wall_shear_coefficient", "Shear stress")):
            figure = wall_figure(flows.walls, name)
            st.plotly_chart(figure, key=f"wall_{name}", config=PLOT_CONFIG, alt=f"{words} on the walls")


def _files(optimum: Optimum) -> None:
    body, best = optimum.result.body, optimum.verified
    with st.container(key="files", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Take away", width="content")
        downloads.outline_buttons(body, "optimum")
        if best is not None and best.converged:
            downloads.flow_button(body, best.field, "optimum.vts", "The flow, for ParaView and pyvista.")
