"""The controls of an optimisation: objective, constraints as rows of numbers, and the effort of the search."""

from __future__ import annotations

import streamlit as st

from fusiform.app.edits import setup as edits
from fusiform.app.state.constraint_rows import Row, form_of, forms_of
from fusiform.app.state.setup import HELD, MOST_STARTS, Setup, objectives_of
from fusiform.app.views.shared.following import follow
from fusiform.app.views.shared.session import change, session
from fusiform.solvers.inverse.problem.constraints.forms import Field


def panel() -> None:
    """Draw the controls."""
    setup = session().setup
    with st.container(key="rail_problem", gap="small"):
        _objective(setup)
        _add(setup)
        for row in setup.rows:
            _row(row)
        if any(row["kind"] == "point" for row in setup.rows):
            _weight(setup)
    _options(setup)


def _objective(setup: Setup) -> None:
    follow("objective", setup.objective)
    revolution = session().design.present.revolution
    offered = objectives_of(revolution=revolution)
    st.selectbox(
        "Objective",
        list(offered),
        key="objective",
        format_func=offered.__getitem__,
        on_change=lambda: change(edits.set_objective, st.session_state.objective),
        help="The quantity to minimise: the drag coefficient, weighted over the conditions; "
        + ("" if revolution else "minus lift over drag; ")
        + "the change of shape until the drag is the prescribed one; or the speed at which the body falls by its "
        f"weight. The body's {HELD[setup.hold] if revolution else 'area'} is always kept.",
    )
    if setup.objective == "terminal_velocity":
        follow("best_number", setup.best_number)
        st.number_input(
            "Weight $C_D$ Re²",
            key="best_number",
            step=None,
            format="%.5g",
            on_change=lambda: change(edits.set_best_number, st.session_state.best_number),
            help="Best's number, the same for all shapes: 8 W / (π ρ ν²) around an axis, 2 W d / (ρ ν²) in the plane, "
            "W the weight less the buoyancy. The search begins at the Reynolds number above.",
        )
    if revolution:
        follow("hold", setup.hold)
        st.selectbox(
            "Kept",
            list(HELD),
            key="hold",
            format_func=HELD.__getitem__,
            on_change=lambda: change(edits.set_hold, st.session_state.hold),
            help="The size that all bodies of the search have in common. Re and $C_D$ are on d, the diameter of the "
            "sphere of that size; with the wetted area, convex bodies alone have an optimum: the body is convex then.",
        )
    if setup.objective == "drag_at_lift":
        follow("lift", setup.lift)
        st.number_input(
            "Lift $C_L$",
            key="lift",
            step=0.05,
            format="%.4g",
            on_change=lambda: change(edits.set_lift, st.session_state.lift),
            help="The lift coefficient that the body is to have at these conditions, positive upwards.",
        )


def _add(setup: Setup) -> None:
    forms = forms_of(revolution=session().design.present.revolution)
    st.selectbox(
        "Constraints",
        list(forms),
        index=None,
        key="add_constraint",
        placeholder="Add a constraint …",
        format_func=lambda kind: forms[kind].label,
        on_change=_added,
        disabled=len(setup.rows) >= edits.MOST_ROWS,
        help="It begins with sensible numbers for the present body, in the body's own unit (here "
        f"d = {session().design.present.reference_length:.4g}). Payloads, boxes and bars can be dragged in the "
        "drawing.",
    )


def _added() -> None:
    """A kind was chosen; the list is empty again."""
    kind, st.session_state.add_constraint = st.session_state.add_constraint, None
    if kind is not None:
        change(edits.add_constraint, kind)


def _row(row: Row) -> None:
    """A constraint: its name, its numbers, and a button that removes it."""
    form = form_of(row["kind"], revolution=session().design.present.revolution)
    number = row["id"]
    with st.container(key=f"constraint_{number}", border=True, gap="small"):
        name, away = st.columns([5, 1], vertical_alignment="center")
        name.markdown(f"**{form.label}**", help=form.meaning)
        away.button(
            "Remove",
            key=f"remove_{number}",
            icon=":material/close:",
            type="tertiary",
            on_click=lambda: change(edits.remove_constraint, number),
            help=f"Remove: {form.label.lower()}.",
        )
        across = 2 if len(form.fields) <= 2 else 3
        for first in range(0, len(form.fields), across):
            for column, field in zip(st.columns(across), form.fields[first : first + across], strict=False):
                with column:
                    _number(row, field)


def number_key(number: int, key: str) -> str:
    """The key of the control of a number of the constraint `number`."""
    return f"row_{number}_{key}"


def _number(row: Row, field: Field) -> None:
    key = number_key(row["id"], field.key)
    follow(key, row.get(field.key))
    st.number_input(
        field.label,
        value=None if field.optional else "min",
        key=key,
        step=0.01,
        format="%.5g",
        placeholder="none" if field.optional else None,
        on_change=lambda: change(edits.set_number, row["id"], field.key, st.session_state[key]),
        help=field.meaning,
    )


def _weight(setup: Setup) -> None:
    follow("weight", setup.weight)
    st.number_input(
        "Weight of the conditions above",
        0.01,
        key="weight",
        on_change=lambda: change(edits.set_weight, st.session_state.weight),
        help="Share of the drag at the conditions above in the objective, beside those of the other ones.",
    )


def _options(setup: Setup) -> None:
    options = setup.options
    with st.container(key="rail_options", gap="small"):
        follow("option_certify", bool(options.get("certify", False)))
        st.toggle(
            "Certify with the solver",
            key="option_certify",
            on_change=_set_option,
            args=("certify",),
            help="Go on with the flow solver's own gradient until its optimality conditions hold to 0.1 %. Without, "
            "the optimum is the surrogate's, and the solver only checks its drag.",
        )
        follow("option_starts", int(options.get("starts", 1)))
        st.number_input(
            "Starts",
            1,
            MOST_STARTS,
            key="option_starts",
            on_change=_set_option,
            args=("starts",),
            help="Local searches: one from the body, the others from the best of many random bodies. More starts find "
            "a better optimum where there are several.",
        )


def _set_option(key: str) -> None:
    change(edits.set_option, key, st.session_state[f"option_{key}"])
