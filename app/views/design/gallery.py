"""Ready-made designs, in a dialog of cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import streamlit as st

from fusiform.app.edits.design import named_body, open_example
from fusiform.app.state.control_points import outline_of
from fusiform.app.state.session import Kind
from fusiform.app.views.shared.session import change, session
from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.geometry.meridians.named_meridians import NAMED_MERIDIANS

COLUMNS = 3
SHADE = (
    '<linearGradient id="shade" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#8d99a6"/>'
    '<stop offset=".3" stop-color="#dfe5ea"/><stop offset="1" stop-color="#56616c"/></linearGradient>'
)
HALF_WIDTH, HALF_HEIGHT = 2.2, 0.95  # d


@dataclass(frozen=True)
class Example:
    """A card: its title, a reason to open it, the body for `load_body`, and the conditions."""

    title: str
    reason: str
    body: str
    reynolds: float
    alpha_deg: float = 0.0


PLANE = (
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


OF_REVOLUTION = (
    Example("Sphere", "Bluff, with a ring eddy behind it: much to gain.", "sphere", 100.0),
    Example("Disc", "An oblate spheroid broadside on: even more to gain.", "spheroid:0.5", 20.0),
    Example("Drop of water", "A raindrop of 4 mm, flattened by its fall.", "raindrop", 60.0),
    Example("Solid teardrop", "Least drag for its volume? Ask Optimise.", "teardrop:3", 30.0),
    Example("Solid capsule", "Blunt at both ends, in syrup.", "capsule:3", 1.0),
    Example("Sears–Haack body", "Best where waves make the drag. And here?", "sears-haack", 50.0),
    Example("Von Kármán ogive", "A pointed nose, a cylinder, a cut-off tail.", "von-karman", 80.0),
    Example("Myring hull", "The hull of an underwater vehicle.", "myring", 100.0),
    Example("SUBOFF hull", "A submarine of experiments, without its sail.", "suboff", 100.0),
)


@st.dialog("Examples", width="large")
def choose() -> None:
    """Draw the cards of both kinds, those of the present one first; a click on one opens it."""
    chosen = Kind.REVOLUTION if session().design.present.revolution else Kind.PLANE
    tabs = st.tabs(list(Kind), default=chosen, key="example_kinds", on_change="rerun")
    for tab, examples in zip(tabs, (PLANE, OF_REVOLUTION), strict=True):
        if tab.open:
            with tab:
                _cards(examples)


def _cards(examples: Sequence[Example]) -> None:
    for first in range(0, len(examples), COLUMNS):
        row = examples[first : first + COLUMNS]
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
    """The outline as a small picture; that of a body of revolution is shaded."""
    around = example in OF_REVOLUTION
    points = _meridian(example.body) if around else outline_of(named_body(example.body), example.alpha_deg)[::2]
    pairs = " ".join(f"{x:.3f},{-y:.3f}" for x, y in zip(points.real, points.imag, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-HALF_WIDTH} {-HALF_HEIGHT} {2 * HALF_WIDTH} '
        f'{2 * HALF_HEIGHT}">{SHADE if around else ""}<polygon points="{pairs}" '
        f'fill="{"url(#shade)" if around else "#8d99a6"}" stroke="#4a5561" stroke-width="0.02"/></svg>'
    )


def _meridian(spec: str) -> ComplexArray:
    """The section of a body of revolution in d, its middle at the origin; without the fit, which takes tenths."""
    word, _, number = spec.partition(":")
    if word in NAMED_MERIDIANS:
        kind = NAMED_MERIDIANS[word]
        x, r = kind.points(float(number or kind.default or 0.0)).T
    else:
        x, r = named_body(spec).meridian(61).T
    d = float(6.0 * np.trapezoid(r**2, x)) ** (1.0 / 3.0)
    z = (x - 0.5 * (x[0] + x[-1]) + 1j * r) / d
    return np.concatenate([z, z[::-1].conj()])
