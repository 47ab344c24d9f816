"""Pulls at the outline: the drag of the pulled body, and pulls that change nothing."""

from __future__ import annotations

import math
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit_page import SECONDS, drawn, healthy, metric, note

from fusiform.app.edits.design import LONGEST_PULL
from fusiform.app.frames.shared import formatting
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry.displacement.normal_displacement import pulled
from fusiform.surrogates import load_surrogate


def pull_page(point: object) -> None:
    """The page, after a control point was moved once."""
    import streamlit as st

    from fusiform.app.edits.design import pull
    from fusiform.app.main import page
    from fusiform.app.views.shared.session import change

    if "pulled" not in st.session_state:
        st.session_state.pulled = True
        change(pull, point)
    page()


def test_a_pulled_point_gives_the_drag_of_the_pulled_body() -> None:
    point = {"index": 4, "dx": 0.02, "dy": -0.11, "version": 0}
    at = healthy(AppTest.from_function(pull_page, default_timeout=SECONDS, args=(point,)).run())
    body = pulled(load_body("circle"), math.pi / 2.0, -0.11)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(at, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert drawn(at)["version"] == 1
    assert drawn(at)["ghost"] is not None
    healthy(at.button("undo").click().run())
    assert note(at, "Drag") == "the body as opened"


NONSENSE: list[Any] = [
    None,
    "index",
    {"index": 4, "dx": 0.0, "dy": 0.1, "version": 7},
    {"index": 16, "dx": 0.0, "dy": 0.1, "version": 0},
    {"index": -1, "dx": 0.0, "dy": 0.1, "version": 0},
    {"index": 4, "dx": "nan", "dy": 0.1, "version": 0},
    {"index": 4, "dx": 1e9, "dy": 0.1, "version": 0},
    {"index": 4, "version": 0},
]


def pulls_page(points: list[object]) -> None:
    """The page, with the next of these pulls in each run."""
    import streamlit as st

    from fusiform.app.edits.design import pull
    from fusiform.app.main import page
    from fusiform.app.views.shared.session import change

    done = st.session_state.setdefault("pulls", 0)
    change(pull, points[done])
    st.session_state.pulls = done + 1
    page()


def test_a_pull_that_is_stale_or_makes_no_sense_changes_nothing() -> None:
    at = AppTest.from_function(pulls_page, default_timeout=SECONDS, args=(NONSENSE,))
    for number, point in enumerate(NONSENSE, 1):
        healthy(at.run())
        assert at.session_state["pulls"] == number
        assert note(at, "Drag") == "the body as opened", point
        assert drawn(at)["version"] == 0, point


def test_a_long_pull_is_shortened() -> None:
    point = {"index": 8, "dx": -0.9, "dy": 0.0, "version": 0}
    at = healthy(AppTest.from_function(pull_page, default_timeout=SECONDS, args=(point,)).run())
    body = pulled(load_body("circle"), math.pi, LONGEST_PULL)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(at, "Drag") == formatting.coefficient(expected.drag_coefficient)
