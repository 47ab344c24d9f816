"""The optimum: its numbers, what each constraint costs, start and optimum overlaid and side by side, and its files."""

from __future__ import annotations

import math
from functools import partial

import streamlit as st

from fusiform.app.drawings.convergence import convergence
from fusiform.app.drawings.figures.flow_figure import flow_figure
from fusiform.app.drawings.figures.style import ACCENT, INK
from fusiform.app.drawings.figures.wall_figure import wall_figure
from fusiform.app.drawings.html_report import OVERLAY_WORDS, SEARCH_WORDS, body_sketch, report
from fusiform.app.drawings.pictures import closed_outline, window_around
from fusiform.app.drawings.quantities import QUANTITIES
from fusiform.app.state.exported_files import body_bytes
from fusiform.app.state.kept_results import Answer, Optimum
from fusiform.app.views.design import take_away
from fusiform.app.views.shared import answers, session, work
from fusiform.app.views.shared.components import picture
from fusiform.app.views.shared.metrics import CONVENTION, PLOT_CONFIG, doubts, metric
from fusiform.app.views.shared.words import apart, coefficient, plain, value_or_dash, with_error
from fusiform.solvers.inverse import LiftToDrag

ASPECT = 1.2


def show(optimum: Optimum) -> None:
    """Draw the view."""
    result = optimum.result
    _metrics(optimum)
    _words(optimum)
    _actions(optimum)
    with st.container(key="search_view"):
        picture(body_sketch(optimum), "overlay")
        picture(convergence(result.history), "convergence")
    st.caption(f"{OVERLAY_WORDS} {SEARCH_WORDS}")
    _constraints(optimum)
    _flows(optimum)
    _files(optimum)


def _metrics(optimum: Optimum) -> None:
    result = optimum.result
    start, best = optimum.start_coefficient, optimum.best_coefficient
    solver = best is not None
    with st.container(key="forces"):
        metric(
            "Start $C_D$",
            value_or_dash(optimum.start_drag if start is None else start),
            _who(result.model, start is not None),
            f"Drag of the body that the search began with. {CONVENTION}",
        )
        predicted = result.predicted_drag_coefficient
        metric(
            "Optimum $C_D$",
            value_or_dash(predicted if best is None else best),
            _who(result.model, False) if best is None else f"model {apart(predicted, best)}",
            "Drag of the optimum, by the solver where it was asked; below, how far the model's is from it, "
            f"{coefficient(predicted)}. {CONVENTION}",
        )
        metric(
            "Reduction",
            "–" if math.isnan(optimum.reduction_percent) else f"{optimum.reduction_percent:.1f} %",
            "by the solver" if solver else "by the model",
            "Reduction of drag in percent of the start's.",
        )
        lift = result.verification.get("lift_coefficient")
        over = "" if lift is None or best is None else f"lift over drag {lift / best:.2f}".replace("-", "−")
        metric(
            "Lift $C_L$",
            value_or_dash(lift).replace("-", "−"),
            over or "not solved",
            f"The optimum's force across the stream, by the solver. {CONVENTION}",
        )
        metric(
            "Optimality",
            _optimality(optimum),
            f"KKT residual {result.kkt_residual:.1e}".replace("-", "−") if result.feasible else "no optimum",
            "Certified: the solver's own gradient says that no small change of shape within the constraints lowers the "
            f"objective. KKT residual: what is left of that condition, over the objective, here "
            f"{result.kkt_residual:.3g}; it is to be below {result.problem.certify_tolerance:g}.",
        )
        metric(
            "Flows solved",
            str(result.solver_solves),
            f"{result.evaluations} evaluations",
            "Flows that the solver solved for all of it; below, all evaluations, those of the model included. "
            f"The search took {result.seconds:.1f} s, without the check of start and optimum.",
        )


def _who(model: str, solver: bool) -> str:
    return "by the solver" if solver else f"by {plain(model)}"


def _optimality(optimum: Optimum) -> str:
    """In words, whether it is an optimum and who says so."""
    result = optimum.result
    if not result.feasible:
        return "–"
    if result.certified:
        return "certified"
    return "not certified" if result.problem.certify else "by the model"


def _words(optimum: Optimum) -> None:
    """What was asked, how it ended, and how it compares with the start before."""
    result = optimum.result
    if not result.feasible:
        st.error(plain(result.status) + " The nearest body is drawn; relax a limit in red.")
    points = "; ".join(
        f"Re = {p.conditions.reynolds:g}, α = {p.conditions.alpha_deg:g}°" for p in result.problem.points
    )
    text = f"{result.problem.objective.describe().capitalize()} from {plain(optimum.start.name)} at {points}. "
    if result.feasible:
        text += plain(result.status)
    before: Optimum | None = st.session_state.earlier
    if before is not None and before is not optimum and math.isfinite(before.result.fun):
        gain = before.result.fun - result.fun
        same = abs(gain) <= 2e-3 * abs(before.result.fun)
        words = "the same optimum" if same else "a better one" if gain > 0.0 else "one that is not as good"
        text += f" The other start gave {words}: {coefficient(result.fun)} after {coefficient(before.result.fun)}."
    st.caption(text)


def _actions(optimum: Optimum) -> None:
    busy = st.session_state.job is not None
    with st.container(key="optimum_actions", horizontal=True, gap="small"):
        st.button(
            "Edit the optimum",
            key="adopt",
            icon=":material/edit:",
            on_click=session.adopt,
            help="Open it in Design, where it can be changed by hand; Undo leads back.",
        )
        st.button(
            "Try another start",
            key="another",
            icon=":material/casino:",
            disabled=busy,
            on_click=work.another_start,
            help="Search again, also from the best of many random bodies, with another seed; tells whether the optimum "
            "is the same.",
        )
        if not optimum.result.certified and optimum.result.feasible:
            st.button(
                "Certify this one",
                key="certify_shown",
                icon=":material/verified:",
                disabled=busy,
                on_click=work.certify_shown,
                help="Search again and go on with the solver's own gradient until its optimality conditions hold.",
            )
        if optimum.verified is None and optimum.result.feasible:
            st.button(
                "Solve its flow",
                key="solve_flows",
                icon=":material/air:",
                disabled=busy,
                on_click=work.solve_flows,
                help="Solve the flows past start and optimum, to see them side by side: a few seconds.",
            )
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
            partial(_report, optimum),
            file_name="report.html",
            mime="text/html",
            key="report",
            icon=":material/description:",
            on_click="ignore",
            help="One HTML page to keep or send: body, conditions, numbers with definitions, pictures, provenance.",
        )


def _report(optimum: Optimum) -> bytes:
    return report(optimum).encode()


def _constraints(optimum: Optimum) -> None:
    """What each constraint costs."""
    reports = optimum.result.constraints
    if not reports:
        return
    objective = "lift over drag" if isinstance(optimum.result.problem.objective, LiftToDrag) else "drag C_D"
    table = {
        "Constraint": [r.description for r in reports],
        "Slack": [r.slack for r in reports],
        "Active": [r.active for r in reports],
        "One unit more gains": [r.gain for r in reports],
        "Unit": [r.unit.removeprefix("a ").removeprefix("one of ") for r in reports],
    }
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        key="constraint_costs",
        column_config={
            "Constraint": st.column_config.TextColumn(width="large"),
            "Slack": st.column_config.NumberColumn(
                format="%.4f", help="How far the optimum is from the limit, in its unit; negative where it is broken."
            ),
            "Active": st.column_config.CheckboxColumn(help="Whether the limit holds the optimum back."),
            "One unit more gains": st.column_config.NumberColumn(
                format="%.4g",
                help=f"What one unit more of the limit would gain: so much {objective}, to first order.",
            ),
            "Unit": st.column_config.TextColumn(help="The unit of slack and gain."),
        },
    )


def _flows(optimum: Optimum) -> None:
    """Start and optimum side by side, in one window and one colour scale, and their walls."""
    start, best = optimum.initial, optimum.verified
    if start is None or best is None:
        return
    doubts("Start", start)
    doubts("Optimum", best)
    quantity = st.segmented_control(
        "Field",
        list(QUANTITIES),
        key="quantity",
        required=True,
        format_func=str.capitalize,
        label_visibility="collapsed",
        help=" ".join(f"{name.capitalize()}: {shown.definition}" for name, shown in QUANTITIES.items()),
    )
    outlines = [closed_outline(answer.field.coefficients) for answer in (start, best)]
    window = window_around(outlines, ASPECT)
    panels = [(_title(n, a), answers.picture(a.field, window)) for n, a in (("Start", start), ("Optimum", best))]
    figure = flow_figure(panels, str(quantity), streamlines=True, ghost=outlines[0])
    st.plotly_chart(figure, key="flows", config=PLOT_CONFIG, alt=f"Flow past start and optimum: {quantity}")
    curves = [answers.wall_curve("start", start.field, ACCENT), answers.wall_curve("optimum", best.field, INK)]
    with st.container(key="walls"):
        for name, words in (("wall_pressure_coefficient", "Pressure"), ("wall_shear_coefficient", "Shear stress")):
            figure = wall_figure(curves, name)
            st.plotly_chart(figure, key=f"wall_{name}", config=PLOT_CONFIG, alt=f"{words} on the walls")


def _title(name: str, answer: Answer) -> str:
    return f"{name}: C<sub>D</sub> = {with_error(answer.drag_coefficient, answer.drag_error)}"


def _files(optimum: Optimum) -> None:
    body, best = optimum.result.body, optimum.verified
    with st.container(key="files", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Take away", width="content")
        for suffix, (mime, meaning) in take_away.OUTLINES.items():
            take_away.button(suffix, partial(body_bytes, body, suffix), f"optimum{suffix}", mime, meaning)
        if best is not None and best.converged:
            make = partial(take_away.field_bytes, body, best.field)
            take_away.button(".vts", make, "optimum.vts", "application/xml", "The flow, for ParaView and pyvista.")
