"""The solver against measurements, published computations, exact asymptotics and finite elements.

    OMP_NUM_THREADS=1 python tests/benchmarks/validation.py [GROUP ...]

Prints Markdown tables and draws `assets/images/validation.png`; about a minute on a quiet machine. With groups of flows
of `references.toml` (such as unseen), only the table of the finite elements, of those. All flows are solved
on the grid `fine`. Stream U = 1, density 1, d = √(4A/π), Re = U d/ν, C = force/(½ρU²d), except where a table says
otherwise. Differences are (this solver)/(other) − 1, or plain differences for angles and pressure coefficients.

Each function names the source of what it compares with. Numbers that were taken from another publication's table, not
from the paper itself, say so in `SOURCES`.
"""

from __future__ import annotations

import cmath
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import torch
from reference_flows import ReferenceFlow, plane_flows

from fusiform.solvers import Body, FlowConditions, Solution, solve
from fusiform.solvers.conditions import REYNOLDS_RANGE
from fusiform.solvers.flow import analyse

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from scipy.interpolate import PchipInterpolator

PICTURE = Path(__file__).parents[2] / "assets/images/validation.png"
GRID = "fine"
EULER = float(np.euler_gamma)
Values = dict[float, float]


@dataclass(frozen=True)
class Source:
    """Values of one publication for the circle, by Reynolds number, and how the picture shows it.

    `separation` in degrees from the rear stagnation point, `bubble` in d from there, `front` and `rear` C_p; `drop`,
    front less rear, where the pressure at infinity is not known.
    """

    name: str
    citation: str
    drag: Values
    marker: str
    colour: str
    separation: Values = field(default_factory=dict)
    bubble: Values = field(default_factory=dict)
    front: Values = field(default_factory=dict)
    rear: Values = field(default_factory=dict)
    drop: Values = field(default_factory=dict)


def by_reynolds(reynolds: str, values: str) -> Values:
    """Pairs from two rows of numbers."""
    return dict(zip(map(float, reynolds.split()), map(float, values.split()), strict=True))


_RE, _WAKE = "0.1 0.5 1 2 5 7 10 20 30 40 60 100", "7 10 20 30 40 60 100"
_DENNIS, _DENNIS_WAKE = "5 7 10 20 40 70 100", "7 10 20 40 70 100"
SOURCES = (
    Source(
        "independent",
        "an independent high-resolution stream-function/vorticity computation, outer radius ≥ 2000 d, drag ±0.1 %",
        by_reynolds(_RE, "55.69 16.614 10.335 6.652 3.930 3.292 2.754 1.999 1.682 1.4973 1.279 1.0583"),
        "o",
        "#0072B2",
        by_reynolds(_WAKE, "14.0 29.05 43.5 49.6 53.60 59.1 66.0"),
        by_reynolds(_WAKE, "0.040 0.236 0.904 1.573 2.239 3.557 6.134"),
        by_reynolds(_RE, "18.47 5.954 3.922 2.721 1.840 1.640 1.477 1.264 1.185 1.142 1.098 1.060"),
        by_reynolds(_RE, "-16.99 -4.669 -2.742 -1.659 -0.932 -0.784 -0.672 -0.543 -0.500 -0.476 -0.442 -0.389"),
    ),
    Source(
        "finite elements",
        "`references.toml`; bubble and pressures: order 5, size 0.12 (Re 100: 0.08), radius 18 × (100 + 200/Re) d",
        {flow.reynolds: flow.drag for flow in plane_flows() if flow.body.name == "circle"},
        "h",
        "#777777",
        bubble=by_reynolds("7 10 20 40 100", "0.04157 0.23654 0.90458 2.23958 6.136"),
        drop=by_reynolds("7 10 20 40 100", "2.4256 2.1503 1.8081 1.6193 1.4500"),
    ),
    Source(
        "Dennis & Chang",
        "Dennis & Chang, J. Fluid Mech. 42 (1970) 471: computed, series truncation",
        by_reynolds(_DENNIS, "4.116 3.421 2.846 2.045 1.522 1.212 1.056"),
        "s",
        "#D55E00",
        by_reynolds(_DENNIS_WAKE, "15.9 29.6 43.7 53.8 61.3 66.2"),
        by_reynolds(_DENNIS_WAKE, "0.095 0.265 0.94 2.345 4.335 6.555"),
        by_reynolds(_DENNIS, "1.872 1.660 1.489 1.269 1.144 1.085 1.060"),
        by_reynolds(_DENNIS, "-1.044 -0.870 -0.742 -0.589 -0.509 -0.439 -0.393"),
    ),
    Source(
        "Fornberg",
        "Fornberg, J. Fluid Mech. 98 (1980) 819: computed; angles as quoted by Linnick & Fasel (2005)",
        by_reynolds("20 40 100", "2.0001 1.4980 1.0582"),
        "^",
        "#009E73",
        by_reynolds("20 40", "45.7 55.6"),
        by_reynolds("20 40", "0.91 2.24"),
    ),
    Source(
        "Park et al.",
        "Park, Kwon & Choi, KSME Int. J. 12 (1998) 1200: computed",
        by_reynolds("20 40", "2.01 1.51"),
        "v",
        "#E69F00",
    ),
    Source(
        "Gautier et al.",
        "Gautier, Biau & Lamballais, Comput. Fluids 75 (2013) 103, arXiv:1310.6641: spectral, outer radius 40 d; their "
        "1.4906, 1.4931, 1.4943 at 30, 40, 50 d extrapolate to 1.497",
        {40.0: 1.4931},
        "D",
        "#CC79A7",
        {40.0: 180.0 - 126.3945},
        {40.0: 2.2360},
    ),
    Source(
        "Posdziech & G.",
        "Posdziech & Grundmann, J. Fluids Struct. 23 (2007) 479: spectral elements",
        {40.0: 1.4942},
        "P",
        "#56B4E9",
    ),
    Source(
        "Tritton (exp.)",
        "Tritton, J. Fluid Mech. 6 (1959) 547: bending of quartz fibres; as quoted by Linnick & Fasel, "
        "J. Comput. Phys. 204 (2005) 157",
        by_reynolds("20 40", "2.09 1.59"),
        "x",
        "#000000",
    ),
    Source(
        "Wieselsberger (exp.)",
        "Wieselsberger, NACA TN 84 (1922): wires in a wind tunnel; his curve as digitised by A. Paolino (2022)",
        by_reynolds("8.01 17.7 31.7", "2.94 2.12 1.73"),
        "+",
        "#000000",
    ),
    Source(
        "Coutanceau & Bouard (exp.)",
        "Coutanceau & Bouard, J. Fluid Mech. 79 (1977) 231: visualised, extrapolated to unbounded flow; as quoted by "
        "Linnick & Fasel (2005)",
        {},
        "*",
        "#000000",
        by_reynolds("20 40", "45.0 53.8"),
        by_reynolds("20 40", "0.93 2.13"),
    ),
)

DISAGREEMENTS = """
Where the others disagree with each other:
- Dennis & Chang's drag is 4.7 % above the independent computation at Re 5, 3.3 % at 10, 1.6 % at 40 and 0.2 % below at
  100; from Re 10 on their bubbles are 3 to 12 % longer, and their pressures at the rear are up to 0.11 lower.
- At Re 40 Park et al. are 0.9 % above, Gautier et al. and Posdziech & Grundmann 0.2 to 0.3 % below the independent
  computation, finite elements and Fornberg, which agree to 0.1 %. Gautier et al. extrapolated in their outer radius do.
- The angles quoted from Fornberg are 2° beyond everyone else's, although his drag and bubbles are not.
- Tritton's curve is 5 to 6 % above all computations, Wieselsberger's within 5 % on either side of them; Coutanceau &
  Bouard's bubble at Re 40 is 5 % short.
- The independent C_p at the rear is 0.001 to 0.002 above this solver's at most Re. Finite elements, whose pressure is
  known up to a constant, agree with this solver on the drop from front to rear to 0.0006."""

# From bubbles of 0.00968 d at Re 6.5 and 0.02237 d at Re 6.7.
FINITE_ELEMENT_ONSET = 6.347

# Aligned ellipses and the plate, drag of both sides on the length, by Re on the length: the independent computation.
PLATE_REYNOLDS = (1.0, 10.0, 40.0, 100.0)
ALIGNED = {2.0: (8.898, 2.111, 1.028, 0.672), 5.0: (7.924, 1.725, 0.773, 0.470), 10.0: (7.572, 1.596, 0.693, 0.411)}
PLATE = (7.20, 1.467, 0.617, 0.357)
FINENESSES = (2.0, 5.0, 10.0, 20.0)


@dataclass(frozen=True)
class CircleFlow:
    """The solver's values for the circle; `error` is its estimate of |exact − computed|/computed drag."""

    drag: float
    error: float
    separation: float
    bubble: float
    front: float
    rear: float

    @property
    def drop(self) -> float:
        """C_p at the front less C_p at the rear."""
        return self.front - self.rear


def solved(body: Body, reynolds: float, alpha_deg: float = 0.0) -> Solution:
    """The solution; `ArithmeticError` if the grid does not keep what it promises."""
    solution = solve(body, FlowConditions(reynolds, alpha_deg), grid=GRID)
    progress(f"{body.name}, Re {reynolds:.4g}, {alpha_deg:g} deg: {solution.seconds:.2f} s. {solution.status}")
    if not (solution.converged and solution.accurate):
        raise ArithmeticError(f"{body.name} at Re {reynolds:g}: {solution.status}")
    return solution


def drag(body: Body, reynolds: float) -> float:
    """C_D, on d."""
    return solved(body, reynolds).drag_coefficient


@cache
def circle(reynolds: float) -> CircleFlow:
    """The circle's flow."""
    solution = solved(Body.circle(), reynolds)
    points = analyse(solution.field)
    angles = [math.degrees(cmath.phase(p.position)) for p in points.separation if p.position.imag > 1e-6]
    return CircleFlow(
        solution.drag_coefficient,
        solution.drag_error / solution.drag_coefficient,
        angles[0] if angles else math.nan,
        points.recirculation_length,
        points.front.pressure_coefficient,
        points.rear.pressure_coefficient,
    )


def progress(line: str) -> None:
    """Say on stderr what is going on."""
    print(line, file=sys.stderr, flush=True)


def table(title: str, conventions: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a heading, a sentence and a Markdown table."""
    print(f"\n### {title}\n\n{conventions}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def beside(value: float, other: float | None, digits: int | None = None) -> str:
    """Another's number, and in brackets how far ours is from it: relative, or with so many digits."""
    if other is None:
        return ""
    gap = f"{value / other - 1.0:+.2%}" if digits is None else f"{value - other:+.{digits}f}"
    return f"{other:.6g} ({gap})"


def of_source(source: Source, name: str) -> Values:
    """A source's value of a quantity; the pressure drop follows from the pressures."""
    if name == "drop" and source.front:
        return {re: source.front[re] - source.rear[re] for re in source.front}
    values: Values = getattr(source, name)
    return values


def print_circle() -> None:
    """Drag, wake and pressures of the circle beside all `SOURCES`."""
    with_drag = [source for source in SOURCES if source.drag]
    reynolds = sorted({re for source in with_drag for re in source.drag})
    table(
        "Circle: drag coefficient",
        "In brackets: this solver relative to the other. `estimate`: the solver's own estimate of its error.",
        ["Re", "this solver", "estimate", *(source.name for source in with_drag)],
        (
            [f"{re:g}", f"{(ours := circle(re)).drag:.4f}", f"{ours.error:+.3%}"]
            + [beside(ours.drag, source.drag.get(re)) for source in with_drag]
            for re in reynolds
        ),
    )
    quantities: tuple[tuple[str, str, int, bool], ...] = (
        ("separation", "Separation angle in degrees from the rear stagnation point; differences in degrees.", 2, False),
        ("bubble", "Length of the recirculation in d from the rear stagnation point; relative differences.", 4, True),
        ("front", "C_p at the front stagnation point; plain differences.", 4, False),
        ("rear", "C_p at the rear stagnation point; plain differences.", 4, False),
        ("drop", "C_p at the front less C_p at the rear; plain differences.", 4, False),
    )
    for name, conventions, digits, relative in quantities:
        known = {source.name: of_source(source, name) for source in SOURCES if of_source(source, name)}
        table(
            f"Circle: {'pressure drop' if name == 'drop' else name}",
            conventions,
            ["Re", "this solver", *known],
            (
                [f"{re:g}", f"{(ours := getattr(circle(re), name)):.{digits}f}"]
                + [beside(ours, values.get(re), None if relative else digits) for values in known.values()]
                for re in sorted({re for values in known.values() for re in values})
            ),
        )
    print("\nSources:")
    for source in SOURCES:
        print(f"- {source.name}: {source.citation}.")
    print(DISAGREEMENTS)


def onset_of_recirculation() -> float:
    """Re above which the flow recirculates: where the bubble's length, linear in Re near there, goes to zero."""
    below, above = 6.5, 6.7
    lengths = circle(below).bubble, circle(above).bubble
    return below - lengths[0] * (above - below) / (lengths[1] - lengths[0])


def print_onset() -> None:
    """Sen, Mittal & Biswas, J. Fluid Mech. 620 (2009) 89, who speak of a large scatter among others; the experiments
    are those that Tritton (1959) cites."""
    ours = onset_of_recirculation()
    table(
        "Circle: onset of recirculation",
        "Reynolds number at which a closed wake appears. Experiments before 1959: 3.2, 5 and 6.",
        ["this solver", "finite elements", "Sen, Mittal & Biswas (2009), blockage 0.005"],
        [[f"{ours:.3f}", beside(ours, FINITE_ELEMENT_ONSET), beside(ours, 6.29)]],
    )


def logarithm(fineness: float, reynolds: float) -> float:
    """1/Δ = a/(a + b) − γ − ln(U (a + b)/8ν) for the ellipse with half axes a along and b across the stream.

    The drag is F = 4πμUΔ to leading order. Oseen flow with the Stokes flow near the body, whose surface force has the
    density F/2π in the angle η of the conformal map: at the centre the mean of −ln|z| + x²/|z|² over the outline is
    −ln((a + b)/2) + a/(a + b). A circle gives Lamb's ½ − γ − ln(Re/8), a plate along the stream 1 − γ + ln(16/Re), one
    across it −γ + ln(16/Re). Sources: Lamb, Hydrodynamics (1932) §343; Berry & Swain, Proc. R. Soc. A 102 (1923) 766.
    """
    a, b = 0.5 * math.sqrt(fineness), 0.5 / math.sqrt(fineness)
    return a / (a + b) - EULER - math.log(reynolds * (a + b) / 8.0)


def lamb(delta: float, reynolds: float) -> float:
    """C_D = (8π/Re) Δ."""
    return 8.0 * math.pi / reynolds * delta


def kaplun(delta: float, reynolds: float) -> float:
    """C_D = (8π/Re) [Δ − 0.87 Δ³ + O(Δ⁴)].

    Kaplun, J. Math. Mech. 6 (1957) 595; Van Dyke, Perturbation Methods in Fluid Mechanics (1975), eq. 8.49, with
    R = Re/2 on the radius and C_D = D/(ρU²a). For other bodies than the circle only Δ differs, because the outer flow
    sees the drag alone.
    """
    return lamb(delta - 0.87 * delta**3, reynolds)


def print_kaplun() -> None:
    """The circle at low Re against the first and the third order of the expansion in Δ."""

    def row(reynolds: float) -> list[str]:
        delta, ours = 1.0 / logarithm(1.0, reynolds), circle(reynolds).drag
        rest = (ours - kaplun(delta, reynolds)) / lamb(delta**4, reynolds)
        others = [beside(ours, other) for other in (lamb(delta, reynolds), kaplun(delta, reynolds))]
        return [f"{reynolds:g}", f"{delta:.4f}", f"{ours:.3f}", *others, f"{rest:+.3f}"]

    table(
        "Circle at low Reynolds number: Kaplun's asymptote",
        "C_D = (8π/Re)(Δ − 0.87 Δ³ + …), 1/Δ = ½ − γ − ln(Re/8). The next term is O(Δ⁴). Last column: what is left "
        "over of C_D, in units of (8π/Re) Δ⁴, which must stay bounded.",
        ["Re", "Δ", "this solver", "Lamb, Δ", "Kaplun, Δ − 0.87 Δ³", "left over"],
        map(row, (0.1, 0.2, 0.5, 1.0)),
    )


def print_oseen_ellipses() -> None:
    """Ellipses at Re 0.1 against the same expansion with their own Δ."""

    def row(fineness: float) -> list[str]:
        reynolds = 0.1
        delta, ours = 1.0 / logarithm(fineness, reynolds), drag(Body.ellipse(fineness), reynolds)
        others = [beside(ours, other) for other in (lamb(delta, reynolds), kaplun(delta, reynolds))]
        return [f"{fineness:g}", f"{delta:.4f}", f"{ours:.3f}", *others]

    table(
        "Ellipses at Re 0.1: Oseen's drag",
        "C_D = (8π/Re)(Δ − 0.87 Δ³), 1/Δ = a/(a + b) − γ − ln(U(a + b)/8ν), a along the stream. Expected: Lamb's form "
        "is off by 0.87 Δ² (5 %), the third order by Δ³ times a number of order 0.1.",
        ["fineness", "Δ", "this solver", "first order", "third order"],
        map(row, (0.5, 2.0, 4.0, 10.0)),
    )


def equivalent_diameter(fineness: float) -> float:
    """Diameter in d of the circle with the same 1/Δ: (a + b) exp(½ − a/(a + b)); least for fineness 1 + √2."""
    a, b = 0.5 * math.sqrt(fineness), 0.5 / math.sqrt(fineness)
    return (a + b) * math.exp(0.5 - a / (a + b))


def print_equivalence() -> None:
    """To all orders in Δ a body that is symmetric about the stream has the drag of its equivalent circle.

    Kaplun (1957); Kropinski, Ward & Keller, SIAM J. Appl. Math. 55 (1995) 1484. What is left falls algebraically with
    Re, so this tests the solver without the truncation of the logarithmic series.
    """
    reynolds = (0.2, 0.5, 1.0)

    def row(fineness: float) -> list[str]:
        size, body = equivalent_diameter(fineness), Body.ellipse(fineness)
        gaps = [drag(body, re) / (circle(re * size).drag * size) - 1.0 for re in reynolds]
        order = math.log(gaps[1] / gaps[0]) / math.log(reynolds[1] / reynolds[0])
        return [f"{fineness:g}", f"{size:.4f}", *(f"{gap:+.3%}" for gap in gaps), f"{order:.2f}"]

    table(
        "Ellipses at low Reynolds number: Kaplun's equivalence",
        "Drag of the ellipse relative to that of the circle of diameter (a + b) exp(½ − a/(a + b)) in the same stream. "
        "It must vanish faster than Re (Re² times logarithms); last column: the power between the first two.",
        ["fineness", "diameter / d", *(f"Re {re:g}" for re in reynolds), "power of Re"],
        map(row, (0.5, 2.0, 4.0, 10.0)),
    )


@cache
def aligned(fineness: float, plate_reynolds: float) -> float:
    """Drag of an aligned ellipse on its length L = √f d: C_D d/L, at Re on the length, Re_L = Re L/d."""
    length = math.sqrt(fineness)
    return drag(Body.ellipse(fineness), plate_reynolds / length) / length


def no_thickness(plate_reynolds: float) -> float:
    """The parabola in height/length through fineness 5, 10 and 20, at zero."""
    thin = FINENESSES[1:]
    values = [aligned(fineness, plate_reynolds) for fineness in thin]
    return float(np.polyval(np.polyfit([1.0 / fineness for fineness in thin], values, 2), 0.0))


def triple_deck(plate_reynolds: float) -> float:
    """Both sides of a plate: 2 (1.328 Re^−½ + 2.668 Re^−⅞).

    Blasius, Z. Math. Phys. 56 (1908) 1; Stewartson, Mathematika 16 (1969) 106; Messiter, SIAM J. Appl. Math. 18 (1970)
    241; the second number as computed after Jobe & Burggraf, Proc. R. Soc. A 340 (1974) 91. McLachlan, Phys. Fluids A 3
    (1991) 341, shows that the good agreement at these Reynolds numbers is an accident: a term in 1/Re is as large.
    """
    return 2.0 * (1.328 * plate_reynolds**-0.5 + 2.668 * plate_reynolds**-0.875)


def print_plate() -> None:
    """Thin ellipses against the plate."""
    columns = [f"{f:g}" + (" (independent)" if f in ALIGNED else "") for f in FINENESSES]

    def row(index: int, reynolds: float) -> list[str]:
        cells = [f"{reynolds:g}"]
        for fineness in FINENESSES:
            ours = aligned(fineness, reynolds)
            known = f" ({ALIGNED[fineness][index]:.3f})" if fineness in ALIGNED else ""
            cells.append(f"{ours:.4f}{known}")
        limit, inverse = no_thickness(reynolds), 1.0 - EULER + math.log(16.0 / reynolds)
        series = beside(limit, kaplun(1.0 / inverse, reynolds)) if inverse > 2.0 else ""
        return [
            *cells,
            f"{limit:.4f}",
            beside(limit, PLATE[index]),
            f"{2.656 * reynolds**-0.5:.3f}",
            beside(limit, triple_deck(reynolds)),
            series,
        ]

    table(
        "Thin ellipses and the flat plate",
        "Drag (both sides) and Re on the length L = √f d, by fineness f; C = C_D/√f, Re_L = √f Re. `limit`: the "
        "parabola in 1/f through 5, 10, 20 at zero thickness. `triple deck`: 2(1.328 Re^-1/2 + 2.668 Re^-7/8). "
        "`series`: Kaplun's with 1/Δ = 1 − γ + ln(16/Re_L), where Δ < ½.",
        ["Re_L", *columns, "limit", "plate, independent", "Blasius", "triple deck", "series"],
        (row(i, re) for i, re in enumerate(PLATE_REYNOLDS)),
    )


EGG = (0.30, 0.15, 0.05)


def print_reversal() -> None:
    """An egg and the same egg back to front, a_k → (−1)^{k+1} a_k.

    In Stokes and in Oseen flow their drags are equal (Olmstead & Gautesen, Arch. Rational Mech. Anal. 29 (1968) 58), to
    all orders in Δ also in Navier–Stokes flow; they part as a power of Re.
    """
    forward = torch.tensor(EGG, dtype=torch.complex128)
    signs = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
    bodies = Body(forward, name="egg, sharp end in front"), Body(signs * forward, name="egg, blunt end in front")

    def row(reynolds: float) -> list[str]:
        one, other = (drag(body, reynolds) for body in bodies)
        return [f"{reynolds:g}", f"{one:.5f}", f"{other:.5f}", f"{one / other - 1.0:+.1e}"]

    table(
        "Reversal of an asymmetric body",
        f"a = {EGG}, and a_k → (−1)^(k+1) a_k. The ratio of the drags tends to 1 as Re → 0. The grid's error in the "
        "ratio is about 1e-5.",
        ["Re", "drag", "drag, turned back to front", "ratio − 1"],
        map(row, (100.0, 10.0, 1.0, 0.1)),
    )


def print_finite_elements(*groups: str) -> None:
    """The plane flows of `references.toml` within the solver's range, of some groups or of all."""

    def row(flow: ReferenceFlow) -> list[str]:
        ours = solve(flow.body, FlowConditions(flow.reynolds, flow.alpha_deg), grid=GRID)
        progress(f"{flow.title}: {ours.seconds:.2f} s. {ours.status}")
        cells = [
            flow.group,
            flow.body.name,
            f"{flow.reynolds:g}",
            f"{flow.alpha_deg:g}",
            *compared(flow.drag, flow.drag_uncertainty, ours.drag_coefficient, ours.drag_error),
        ]
        if flow.lifts:
            cells += compared(flow.lift, flow.lift_uncertainty, ours.lift_coefficient, ours.lift_error)
        else:
            cells += [""] * 3
        return [*cells, "yes" if ours.accurate else f"no: {ours.status}"]

    columns = ["error", "our estimate"]
    table(
        "Finite elements",
        "Errors of this solver relative to the converged values of `finite_element_references.py`, whose uncertainty "
        "is in brackets, and its own estimate of their moduli.",
        ["group", "body", "Re", "alpha", "C_D", *columns, "C_L", *columns, "as accurate as promised"],
        (row(flow) for flow in plane_flows(*groups) if flow.reynolds <= REYNOLDS_RANGE[1]),
    )


def compared(value: float, uncertainty: float, ours: float, estimate: float) -> list[str]:
    """A reference with its uncertainty, our error (computed − exact)/exact, and our estimate of its modulus."""
    relative = f"{ours / value - 1.0:+.3%}", f"{estimate / abs(value):.3%}"
    return [f"{value:.5f} ({uncertainty / abs(value):.3%})", *relative]


CURVE = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 7.0, 10.0, 20.0, 30.0, 40.0, 60.0, 70.0, 100.0)
LINE: dict[str, Any] = {"color": "#444444", "lw": 1.6, "zorder": 2}


def points(axes: Axes, name: str, change: Callable[[float, float], float] = lambda _, value: value) -> None:
    """Markers of all sources that give the quantity `name`."""
    for source in SOURCES:
        values: Values = getattr(source, name)
        style: dict[str, Any] = (
            {"color": source.colour} if source.marker in "x+" else {"mfc": "none", "mec": source.colour}
        )
        if values:
            axes.plot(
                list(values),
                [change(re, value) for re, value in values.items()],
                source.marker,
                ms=7,
                mew=1.5,
                label=source.name,
                zorder=3,
                **style,
            )


def plain_reynolds(axes: Axes) -> None:
    """Decades of Re as plain numbers."""
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set(xlabel="Re", xlim=(0.07, 140.0))


def draw_drag(axes: Axes) -> None:
    """Drag against Re, with Kaplun's asymptote."""
    reynolds = np.geomspace(CURVE[0], CURVE[-1], 300)
    curve = PchipInterpolator(np.log(CURVE), np.log([circle(re).drag for re in CURVE]))
    axes.loglog(reynolds, np.exp(curve(np.log(reynolds))), label="this solver", **LINE)
    low = reynolds[reynolds < 1.6]
    axes.loglog(low, [kaplun(1.0 / logarithm(1.0, re), re) for re in low], "--", c="#CC0000", label="Kaplun (1957)")
    points(axes, "drag")
    plain_reynolds(axes)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set(ylabel="$C_D$", title="Circle: drag")
    axes.legend(fontsize=8.5, frameon=False)


def draw_differences(axes: Axes) -> None:
    """The others' drag relative to this solver's, on an axis that is linear below 0.1 %."""
    axes.axhspan(-0.1, 0.1, color="#DDDDDD", zorder=1)
    axes.axhline(0.0, **LINE)
    points(axes, "drag", lambda re, value: 100.0 * (value / circle(re).drag - 1.0))
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=0.1, linscale=1.0)
    ticks = (-5, -1, -0.1, 0, 0.1, 1, 5)
    axes.set_yticks(ticks, [f"{tick:+g}" if tick else "0" for tick in ticks])
    axes.set_yticks([], minor=True)
    plain_reynolds(axes)
    axes.set(ylim=(-10, 10), ylabel="others − this solver, %", title="Circle: drag of others (band: ±0.1 %)")


def draw_bubble(axes: Axes) -> None:
    """Length of the recirculation against Re."""
    start = onset_of_recirculation()
    known = [start, *(re for re in CURVE if re > start)]
    curve = PchipInterpolator(known, [0.0, *(circle(re).bubble for re in known[1:])])
    reynolds = np.linspace(start, CURVE[-1], 300)
    axes.plot(reynolds, curve(reynolds), label="this solver", **LINE)
    points(axes, "bubble")
    axes.set(xlabel="Re", ylabel="length / d", title="Circle: recirculation", xlim=(0, 104), ylim=(0, 7))
    axes.legend(fontsize=8.5, frameon=False)


def draw_plate(axes: Axes) -> None:
    """Drag of aligned ellipses over that of the plate, against their thickness."""
    thickness = np.array([1.0 / fineness for fineness in FINENESSES])
    fine = np.linspace(0.0, thickness.max(), 200)
    axes.axhline(1.0, color="#BBBBBB", lw=1.0, zorder=1)
    colours = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
    for plate, reynolds, colour, marker in zip(PLATE, PLATE_REYNOLDS, colours, "os^D", strict=True):
        ratios = np.array([aligned(fineness, reynolds) for fineness in FINENESSES]) / plate
        knots = np.append(0.0, thickness[::-1])
        curve = PchipInterpolator(knots, np.append(no_thickness(reynolds) / plate, ratios[::-1]))
        axes.plot(fine, curve(fine), c=colour, lw=1.6)
        axes.plot(thickness, ratios, marker, c=colour, ms=6, label=f"Re$_L$ = {reynolds:g}")
        axes.plot(0.0, no_thickness(reynolds) / plate, marker, mfc="white", mec=colour, mew=1.5, ms=8, clip_on=False)
    axes.set(
        xlabel="height / length",
        ylabel="drag / drag of the plate",
        title="Ellipses at equal length and Re$_L$ (open: zero thickness)",
        xlim=(0.0, 0.52),
    )
    axes.legend(fontsize=9, frameon=False)


def draw() -> None:
    """The picture: 1200 x 920 pixels on white."""
    plt.rcParams.update({"font.size": 11, "axes.titlesize": 12, "axes.spines.top": False, "axes.spines.right": False})
    figure, axes = plt.subplots(2, 2, figsize=(12.0, 9.2), layout="constrained", facecolor="white")
    for panel, paint in zip(axes.flat, (draw_drag, draw_differences, draw_bubble, draw_plate), strict=True):
        panel.grid(color="#EEEEEE", zorder=0)
        paint(panel)
    figure.savefig(PICTURE, dpi=100)
    progress(f"wrote {PICTURE}")


def main() -> None:
    """Print all tables, then draw; or the table of some groups of flows."""
    torch.set_num_threads(1)
    if sys.argv[1:]:
        print_finite_elements(*sys.argv[1:])
        return
    for part in (
        print_circle,
        print_onset,
        print_kaplun,
        print_oseen_ellipses,
        print_equivalence,
        print_plate,
        print_reversal,
        print_finite_elements,
        draw,
    ):
        part()


if __name__ == "__main__":
    main()
