"""The controls of a sweep: the limit that is varied, and its values."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fusiform.app.views.shared import job_start
from fusiform.app.views.shared.session import session
from fusiform.solvers.inverse.problem.constraints.forms import rounded
from fusiform.solvers.inverse.problem.registry import SWEEPS

MOST_VALUES = 15
SMALLEST = 1e-6  # d


LIMITS = {name: kind.sweep for name, kind in SWEEPS.items() if kind.sweep is not None and kind.sweep.ends is not None}
AROUND = {"height": "Greatest diameter", "thickness": "Diameter at mid length"}


def limit_label(name: str, *, revolution: bool) -> str:
    """The label of the limit `name` for a kind of body."""
    return AROUND.get(name, LIMITS[name].label) if revolution else LIMITS[name].label


def sweep_controls() -> None:
    """Draw the limit, its first and last value, their number, and the button that starts the sweep."""
    revolution = session().design.present.revolution
    with st.container(key="front_bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        over = st.selectbox(
            "Vary",
            list(LIMITS),
            key="front_over",
            format_func=lambda name: limit_label(name, revolution=revolution),
            width=220,
            help="The limit that is varied, beside the constraints of the problem. "
            + " ".join(f"{limit_label(name, revolution=revolution)}: {LIMITS[name].meaning}" for name in LIMITS),
        )
        values = _values(over)
        st.button(
            "Sweep",
            key="sweep",
            disabled=session().job is not None,
            on_click=job_start.sweep,
            args=(over, values),
            help="Find the optimum for each value.",
        )


def _values(over: str) -> list[float]:
    """Draw the range of the limit `over` and return its values."""
    size, ends = session().design.present.reference_length, LIMITS[over].ends
    assert ends is not None
    loose, tight = ends
    first = _end("From", "First", f"front_from_{over}_{size:.4g}", rounded(loose * size), SMALLEST * size)
    last = _end("To", "Last", f"front_to_{over}_{size:.4g}", rounded(tight * size), SMALLEST * size)
    count = st.number_input("Values", 2, MOST_VALUES, 7, key="front_count", width=110, help="How many values.")
    return [rounded(value) for value in np.linspace(first, last, int(count)).tolist()]


def _end(label: str, which: str, key: str, value: float, least: float) -> float:
    meaning = f"{which} value, in the body's own unit. The optimum of each value begins from the one before."
    return float(st.number_input(label, least, value=value, key=key, format="%.4g", width=120, help=meaning))
