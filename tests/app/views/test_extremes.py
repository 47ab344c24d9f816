"""The ends of all controls, and bodies of extreme sizes, in every section of the page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, SECONDS, drawn, healthy, metric

from fusiform.app.state.constraint_rows import FORMS
from fusiform.app.state.design import Design
from fusiform.app.state.design_link import to_link
from fusiform.app.state.drawable_bodies import SIZES
from fusiform.app.state.session import Section, Step
from fusiform.app.state.shape_sliders import SLIDERS
from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.conditions import ALPHA_RANGE_DEG, REYNOLDS_RANGE


def shown(page: AppTest) -> None:
    """The page is healthy, and shows no number that is none."""
    healthy(page)
    texts = [text for m in page.metric for text in (m.value, str(m.delta))] + [c.value for c in page.caption]
    assert not {"nan", "inf", "None"} & set(" ".join(texts).replace("(", " ").split())
    assert len(str(drawn(page))) < 1_000_000


def test_the_ends_of_all_controls_are_drawn(page: AppTest) -> None:
    for reynolds, alpha in zip(REYNOLDS_RANGE, ALPHA_RANGE_DEG, strict=True):
        page.number_input("reynolds").set_value(reynolds).run()
        page.slider("alpha").set_value(alpha).run()
        for name in ("fineness", "camber", "nose", "tail"):
            slider = SLIDERS[name]
            for end in (slider.low, slider.high):
                page.slider(name).set_value(end).run()
                shown(page)
    assert metric(page, "Drag") != "–"


@pytest.mark.parametrize("size", SIZES)
def test_a_body_of_an_extreme_size_has_all_sections(size: float) -> None:
    page = AppTest.from_file(PAGE, default_timeout=SECONDS)
    body = Body([0.3, 0.1j], size, "x" * 40)
    for key, value in to_link(Design.of(body, FlowConditions(40.0, -30.0))).items():
        page.query_params[key] = value
    shown(page.run())
    healthy(page.button(f"view_{Section.OPTIMISE}").click().run())
    for kind in FORMS:
        healthy(page.selectbox("add_constraint").set_value(kind).run())
    for step in Step:
        healthy(page.button(f"step_{step}").click().run())
