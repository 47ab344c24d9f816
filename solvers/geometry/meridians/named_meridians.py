"""Meridians of bodies of revolution from formulas: points (x, r) from the nose to the tail.

`NAMED_MERIDIANS` lists them by name, each with the number that may follow the name after a colon: what it means, its
range, and its value where it is left out. Without a note the unit of length is the diameter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry.meridians.raindrop import raindrop

_POINTS = 200  # on each curved part
_FOOT = 0.3048  # m


@dataclass(frozen=True)
class NamedMeridian:
    """A family of meridians with one number, or none."""

    points: Callable[[float], FloatArray]
    """The meridian (n, 2) for the number."""
    number: str
    """What the number means; "" for a meridian without one."""
    least: float
    greatest: float
    """Range of the number."""
    default: float | None
    """The number where none is given; None where the name needs one."""


def _cosine(begin: float, end: float, count: int = _POINTS) -> FloatArray:
    """Stations from `begin` to `end`, denser at both."""
    return begin + (end - begin) * 0.5 * (1.0 - np.cos(np.linspace(0.0, np.pi, count + 1)))


def myring(fineness: float) -> FloatArray:
    """The hull of D. F. Myring with the nose and tail of the REMUS vehicle, of that length over diameter.

    With nose a, middle b, tail c, diameter d, n = 2, tail half angle θ = 25° and u = x − a − b

        r = ½ d [1 − ((x − a)/a)²]^(1/n)                                              0 ≤ x ≤ a
        r = ½ d                                                                       a ≤ x ≤ a + b
        r = ½ d − [3d/(2c²) − tan θ/c] u² + [d/c³ − tan θ/c²] u³                      0 ≤ u ≤ c

    a = d, c = 0.541/0.191 d; b follows from the fineness. The whole hull is a + b + c = 0.191 + 0.654 + 0.541 m long;
    the vehicle's is cut by 0.0165 m at the nose and 0.0368 m at the tail, to 1.33 m. Sources: D. F. Myring,
    Aeronautical Quarterly 27, 186 (1976); T. Prestero, Verification of a Six-Degree of Freedom Simulation Model for the
    REMUS Autonomous Underwater Vehicle, MIT (2001), section 2.1.
    """
    a, c, slope = 1.0, 0.541 / 0.191, np.tan(np.radians(25.0))
    b = fineness - a - c
    x, u = _cosine(0.0, a), _cosine(0.0, c)
    nose = 0.5 * np.sqrt(np.maximum(1.0 - ((x - a) / a) ** 2, 0.0))
    tail = 0.5 - (1.5 / c**2 - slope / c) * u**2 + (1.0 / c**3 - slope / c**2) * u**3
    return _joined((x, nose), (a + b + u, np.maximum(tail, 0.0)))


def suboff(_: float) -> FloatArray:
    """The bare hull of DARPA SUBOFF, DTRC model 5470, in metres: length 4.356, diameter 0.508.

    With x in feet and R = 5/6 ft, A = 0.3 x − 1, ξ = (13.979167 − x)/3.333333, r_h = 0.1175, K_0 = 10, K_1 = 44.6244

        r/R = [1.126395101 x A⁴ + 0.442874707 x² A³ + 1 − A⁴ (1.2 x + 1)]^(1/2.1)      0 ≤ x ≤ 3.333333
        r/R = 1                                                                        … 10.645833
        (r/R)² = r_h² + r_h K_0 ξ² + (20 − 20 r_h² − 4 r_h K_0 − K_1/3) ξ³
                 + (−45 + 45 r_h² + 6 r_h K_0 + K_1) ξ⁴
                 + (36 − 36 r_h² − 4 r_h K_0 − K_1) ξ⁵
                 + (−10 + 10 r_h² + r_h K_0 + K_1/3) ξ⁶                                … 13.979167
        r/R = r_h [1 − (3.2 x − 44.733333)²]^(1/2)                                     … 14.291667

    Source: N. C. Groves, T. T. Huang, M. S. Chang, Geometric Characteristics of DARPA SUBOFF Models, DTRC/SHD-1298-01
    (1989), table 1.
    """
    bow, stern, cap = _cosine(0.0, 10.0 / 3.0), _cosine(10.645833, 13.979167), _cosine(13.979167, 14.291667, 60)
    a = 0.3 * bow - 1.0
    power = 1.126395101 * bow * a**4 + 0.442874707 * bow**2 * a**3 + 1.0 - a**4 * (1.2 * bow + 1.0)
    end, k0, k1 = 0.1175, 10.0, 44.6244
    h = end**2
    terms = (
        h,
        0.0,
        end * k0,
        20.0 - 20.0 * h - 4.0 * end * k0 - k1 / 3.0,
        -45.0 + 45.0 * h + 6.0 * end * k0 + k1,
        36.0 - 36.0 * h - 4.0 * end * k0 - k1,
        -10.0 + 10.0 * h + end * k0 + k1 / 3.0,
    )
    square = np.polynomial.polynomial.polyval((13.979167 - stern) / 3.333333, terms)
    round_end = end * np.sqrt(np.maximum(1.0 - (3.2 * cap - 44.733333) ** 2, 0.0))
    parts = ((bow, np.maximum(power, 0.0) ** (1.0 / 2.1)), (stern, np.sqrt(square)), (cap, round_end))
    points = _joined(*((x, 5.0 / 6.0 * radius) for x, radius in parts))
    points[-1, 1] = 0.0
    return _FOOT * points


def sears_haack(fineness: float) -> FloatArray:
    """The body of least wave drag for its length L and volume, r = R [4 x/L (1 − x/L)]^(3/4).

    Volume 3π²/16 R² L, so that the prismatic coefficient is 3π/16. Sources: W. R. Sears, Journal of the Aeronautical
    Sciences 14, 491 (1947); W. Haack, Lilienthal-Gesellschaft Bericht 139, 14 (1941).
    """
    x = _cosine(0.0, 1.0, 2 * _POINTS)
    return np.column_stack([fineness * x, 0.5 * (4.0 * x * (1.0 - x)) ** 0.75])


def von_karman(fineness: float) -> FloatArray:
    """A von Kármán ogive of 3 d, a cylinder, and a conical boat tail of 1 d that narrows to a flat base of 0.7 d.

    The nose is Haack's series with C = 0 over its length L:  r = R [(θ − ½ sin 2θ)/π]^(1/2),  cos θ = 1 − 2x/L; its
    prismatic coefficient is ½. Source: W. Haack, Lilienthal-Gesellschaft Bericht 139, 14 (1941); Th. von Kármán, Atti
    del V Convegno Volta (1935).
    """
    theta = np.linspace(0.0, np.pi, _POINTS + 1)
    nose = 0.5 * np.sqrt(np.maximum(theta - 0.5 * np.sin(2.0 * theta), 0.0) / np.pi)
    along = np.linspace(0.0, 1.0, 21)
    return _joined((1.5 * (1.0 - np.cos(theta)), nose), (fineness - 1.0 + along, 0.5 - 0.15 * along))


def capsule(fineness: float) -> FloatArray:
    """A cylinder between two half spheres; volume π/6 + π/4 (f − 1) for the length f and the diameter 1."""
    angle = np.linspace(0.0, 0.5 * np.pi, _POINTS // 2 + 1)
    x, r = 0.5 * (1.0 - np.cos(angle)), 0.5 * np.sin(angle)
    return _joined((x, r), (fineness - x[::-1], r[::-1]))


def teardrop(fineness: float) -> FloatArray:
    """Round nose and pointed, nearly conical tail: x = −cos t, r = k sin t cos(t/2), 0 ≤ t ≤ π, scaled.

    r is greatest, 4k/√27, at cos²(t/2) = ⅔, and the volume is 2π k²/3. Source: E. W. Weisstein, Teardrop Curve,
    MathWorld, with m = 1.
    """
    t = np.linspace(0.0, np.pi, 2 * _POINTS + 1)
    radius = 0.125 * np.sqrt(27.0) * np.sin(t) * np.cos(0.5 * t)
    radius[-1] = 0.0
    return np.column_stack([0.5 * fineness * (1.0 - np.cos(t)), radius])


def _joined(*parts: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Parts that follow each other, (x, r) each; the end of a part that is the begin of the next one stands once, and
    straight lines between parts have points, too, so that the splines do not bend them."""
    points = np.column_stack(parts[0])
    for x, r in parts[1:]:
        begin = np.array([x[0], r[0]])
        gap = begin - points[-1]
        if np.abs(gap).max() > 1e-9:
            steps = max(int(20 * np.hypot(*gap)), 2)
            points = np.concatenate([points, points[-1] + gap * np.linspace(0.0, 1.0, steps + 1)[1:, None]])
        points = np.concatenate([points, np.column_stack([x, r])[1:]])
    return points


_FINENESS = "length over diameter"
NAMED_MERIDIANS = {
    "myring": NamedMeridian(myring, _FINENESS, 4.0, 20.0, 1.386 / 0.191),
    "suboff": NamedMeridian(suboff, "", 0.0, 0.0, 0.0),
    "sears-haack": NamedMeridian(sears_haack, _FINENESS, 1.0, 20.0, 6.0),
    "von-karman": NamedMeridian(von_karman, _FINENESS, 4.0, 20.0, 6.0),
    "capsule": NamedMeridian(capsule, _FINENESS, 1.0, 20.0, None),
    "teardrop": NamedMeridian(teardrop, _FINENESS, 0.5, 20.0, None),
    "raindrop": NamedMeridian(raindrop, "diameter in mm", 2.0, 6.0, 4.0),
}
