"""Four numbers of a body that have a slider, each along a fixed direction of the map's coefficients.

Of z(ζ) = c [ζ + Σ a_k ζ⁻ᵏ], at zero incidence:

- `fineness`: length over height of the outline, moved by Re a_1 with a_k / (1 − Re a_1) kept for all other k, much
  as stretching along x would do;
- `nose` and `tail`: the stretch |z'| at ζ = −1 and at ζ = 1, that is 1 ± Σ k Re a_k (±1)^k, over that of the ellipse
  with the same a_1, 1 − Re a_1: 0 is a cusp, 1 the ellipse's end, more is blunter. Moved by Re a_2 and Re a_3 such that
  the other end keeps its own;
- `camber`: how far the middle rises over the ends, over the length, for a body of two modes: −Im a_2 / (1 + Re a_1),
  moved by Im a_2 alone.

Each number grows along its direction: moving one there and back restores the body. `nose` and `tail` stay as they are
while another slider moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from scipy.optimize import brentq

from fusiform.solvers import Body, InputError

HALVINGS = 12
STRETCH_TOLERANCE = 1e-9
LARGEST_A1 = 0.999


@dataclass(frozen=True)
class Slider:
    """A number of the body: its label, range, step, and its definition; `plane` if bodies of revolution lack it."""

    label: str
    low: float
    high: float
    step: float
    definition: str
    plane: bool = False


SLIDERS = {
    "fineness": Slider(
        "Fineness",
        0.2,
        12.0,
        0.05,
        "Length along the stream over height or diameter, at zero incidence. 1 is as long as high.",
    ),
    "nose": Slider(
        "Nose bluntness",
        0.0,
        3.0,
        0.02,
        "How round the front end is: 0 is a point, 1 the end of an ellipse, more is blunter. (|dz/dζ| of the conformal "
        "map there over that of the ellipse with the same a₁.)",
    ),
    "tail": Slider(
        "Tail bluntness",
        0.0,
        3.0,
        0.02,
        "How round the rear end is: 0 is a point, 1 the end of an ellipse, more is blunter. (|dz/dζ| of the conformal "
        "map there over that of the ellipse with the same a₁.)",
    ),
    "camber": Slider(
        "Camber",
        -0.3,
        0.3,
        0.005,
        "How far the middle of the body rises over its ends, over its length: −Im a₂ / (1 + Re a₁).",
        plane=True,
    ),
}


def slider_values(body: Body) -> dict[str, float]:
    """The present value of each slider."""
    a = body.coefficients
    return {
        "fineness": body.fineness,
        "nose": _stretch(a, -1.0),
        "tail": _stretch(a, 1.0),
        "camber": float(-_mode(a, 2).imag / (1.0 + a[0].real)),
    }


def with_slider(body: Body, name: str, value: float) -> Body:
    """`body` with the slider `name` at `value`, or as near to it as leaves a valid body."""
    if name == "fineness":
        return _nearest(body, value, lambda part: _with_fineness(body, part), body.fineness)
    now = slider_values(body)[name]
    return _nearest(body, value, lambda target: _moved(body, name, target - now), now)


def _nearest(body: Body, value: float, make: Callable[[float], Body], now: float) -> Body:
    """`make(value)`, or of the ways there the longest of its halvings that `make` accepts; else `body`."""
    for halving in range(HALVINGS):
        try:
            return make(now + 0.5**halving * (value - now))
        except InputError:
            continue
    return body


def _stretch(a: torch.Tensor, end: float) -> float:
    k = torch.arange(1, len(a) + 1, dtype=torch.float64)
    return float((1.0 - (k * a.real * end ** (k + 1.0)).sum()) / (1.0 - a[0].real))


def _mode(a: torch.Tensor, k: int) -> complex:
    return complex(a[k - 1]) if len(a) >= k else 0j


def _with(body: Body, changes: dict[int, complex]) -> Body:
    """`body` with the complex numbers `changes` added to its a_k, with three modes at least."""
    a = torch.nn.functional.pad(body.coefficients, (0, max(0, 3 - body.modes)))
    for k, change in changes.items():
        a[k - 1] += change
    return replace(body, coefficients=a)


def _moved(body: Body, name: str, change: float) -> Body:
    a1 = float(body.coefficients[0].real)
    if name == "camber":
        return _with(body, {2: -1j * change * (1.0 + a1)})
    step = change * (1.0 - a1)
    return _with(body, {2: step / 4.0 if name == "nose" else -step / 4.0, 3: -step / 6.0})


def _stretched(body: Body, a1: float) -> Body:
    a = body.coefficients.clone()
    a[1:] *= (1.0 - a1) / (1.0 - a[0].real)
    a[0] += a1 - a[0].real
    return replace(body, coefficients=a)


def _with_fineness(body: Body, value: float) -> Body:
    """The root of fineness(Re a_1) = `value`, searched from the present one towards that of the ellipse and beyond."""
    here = float(body.coefficients[0].real)

    def excess(a1: float) -> float:
        return _stretched(body, a1).fineness - value

    step = (value - 1.0) / (value + 1.0) - (body.fineness - 1.0) / (body.fineness + 1.0)
    for _ in range(HALVINGS):
        there = max(-LARGEST_A1, min(LARGEST_A1, here + step))
        if excess(here) * excess(there) <= 0.0:
            return _stretched(body, float(brentq(excess, here, there, xtol=STRETCH_TOLERANCE)))
        here = there
    return body
