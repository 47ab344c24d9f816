"""Ready-made designs, in a dialog of cards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import streamlit as st

from fusiform.app.edits.design import named_body, open_example
from fusiform.app.state.control_points import outline_of
from fusiform.app.views.shared.session import change

COLUMNS = 3


@dataclass(frozen=True)
class Example:
    """A card: its title, a reason to open it, the body for `load_body`, and the conditions."""

    title: str
    reason: str
    body: str
    reynolds: float
    alpha_deg: float = 0.0


EXAMPLES = (
    Example("Circle", "Bluff, with two eddies behind it: much to gain.", "circle", 40.0),
    Example("Ellipse across", "Broadside on: even more to gain.", "ellipse:0.7", 20.0),
    Example("Teardrop", "The shape that is often thought best. Is it?", "teardrop", 30.0),
    Example("Submarine", "A long hull with a pointed stern.", "submarine", 50.0),
    Example("Wing section", "NACA 2412, cambered, at an angle: lift and drag.", "naca2412", 50.0, 6.0),
    Example("Bean", "Bent: which way does it push the fluid?", "bean", 10.0),
    Example("Rounded square", "Corners cost. How much?", "rounded-square", 20.0),
    Example("Capsule", "Blunt at both ends, in syrup.", "capsule", 1.0),
    Example("Kidney", "A hollow side: slow fluid rests in it.", "kidney", 20.0),
)


@st.dialog("Examples", width="large")
def choose() -> None:
    """Draw the cards; a click on one opens it."""
    for first in range(0, len(EXAMPLES), COLUMNS):
        row = EXAMPLES[first : first + COLUMNS]
        for column, example in zip(st.columns(COLUMNS), row, strict=True):
            with column.container(border=True):
                st.image(_thumbnail(example), width="stretch")
                st.markdown(f"**{example.title}**  \n{example.reason}")
                if st.button(
                    f"Open at Re {example.reynolds:g}" + (f", α {example.alpha_deg:g}°" if example.alpha_deg else ""),
                    key=f"open_{example.body}",
                    width="stretch",
                    on_click=change,
                    args=(open_example, example.body, example.reynolds, example.alpha_deg),
                ):
                    st.rerun()


@cache
def _thumbnail(example: Example) -> str:
    """The outline as a small picture."""
    points = outline_of(named_body(example.body), example.alpha_deg)[::2]
    pairs = " ".join(f"{x:.3f},{-y:.3f}" for x, y in zip(points.real, points.imag, strict=True))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2.2 -0.95 4.4 1.9">'
        f'<polygon points="{pairs}" fill="#8d99a6" stroke="#4a5561" stroke-width="0.02"/></svg>'
    )
