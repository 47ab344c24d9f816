"""The window of the drawing: it stays with the body's material points and changes when the body outgrows it."""

from __future__ import annotations

import cmath
import math

from fusiform.app.drawings.pictures import window_around
from fusiform.app.state.control_points import outline_of
from fusiform.app.state.design import Design
from fusiform.app.state.window import Home, Window
from fusiform.solvers.common.arrays import ComplexArray

ASPECT, NEAR_LENGTHS, WAKE_LENGTHS = 2.7, 2.6, 10.0
ROOM = 0.45


def home_of(design: Design, before: Home | None, *, wake: bool) -> Home:
    """The home of the drawing of `design`: `before` while the body fits into it, else a new one."""
    outline = outline_of(design.body, design.alpha_deg)
    if before is not None and before.wake == wake and _fits(outline, window_of(design, before)):
        return before
    window = window_around([outline], ASPECT, WAKE_LENGTHS if wake else NEAR_LENGTHS)
    return Home(wake, window, design.origin)


def window_of(design: Design, home: Home) -> Window:
    """The window of `home`, moved with the body."""
    turn = cmath.exp(-1j * math.radians(design.alpha_deg))
    return home.window.moved(turn * (home.origin - design.origin) / design.reference_length)


def _fits(outline: ComplexArray, window: Window) -> bool:
    """True if the body keeps its distance from the sides of the window."""
    ahead, behind = outline.real.min() - window.left, window.right - outline.real.max()
    beside = min(window.top - outline.imag.max(), outline.imag.min() - window.bottom)
    return bool(min(ahead, behind, beside) > ROOM)
