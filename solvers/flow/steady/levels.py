"""The elements by Reynolds number, and the levels: higher degrees first, then more elements too.

The wall's first layer is 2/√Re thick at most (`mesh.py`), which takes more radial elements at a higher Reynolds
number. So do the long bubbles of tall bodies: behind an ellipse 4:1 broadside on at Re 40, four of them are 1 % off
whatever their degrees, six 0.1 %. Slow flows reach far out: at Re 0.1 four are 0.1 % off, five 0.01 %. Around smooth
bodies twelve elements serve always. Bodies that need a fourth level have corners, at which degrees alone converge
slowly: 20 elements of degree 8 do better there than 12 of degree 10. The numbers were chosen by measured errors, see
assets/docs/solvers-diary.md.
"""

from __future__ import annotations

from fusiform.solvers.flow.resolution import Resolution

RADIAL_ELEMENTS = ((40.0, 4), (120.0, 5), (450.0, 6), (1000.0, 7))
MOST_RADIAL_ELEMENTS = 8
SLOW, SLOW_RADIAL_ELEMENTS = 0.5, 5
# (radial elements more than those, angular elements, radial degree, angular degree)
LEVELS = ((0, 12, 4, 5), (0, 12, 5, 6), (0, 12, 6, 8), (1, 16, 7, 10), (2, 24, 8, 10))


def level(reynolds: float, number: int, height: float = 1.0) -> Resolution:
    """The resolution of level `number`, from 0 to len(LEVELS) − 1, for bodies of a `height` across the stream, in d."""
    needed = reynolds * max(1.0, height) ** 2
    radial = next((count for most, count in RADIAL_ELEMENTS if needed <= most), MOST_RADIAL_ELEMENTS)
    if reynolds < SLOW:
        radial = max(radial, SLOW_RADIAL_ELEMENTS)
    more, angular, *degrees = LEVELS[number]
    return Resolution(radial + more, angular, *degrees)


def coarser(resolution: Resolution) -> Resolution:
    """The same elements one degree lower radially, and with three quarters of the angular degree; degrees of at least 4
    and 5, also where those of `resolution` are lower."""
    radial, angular = resolution.radial_degree - 1, 3 * resolution.angular_degree // 4
    return resolution.with_degrees(max(4, radial), max(5, angular))


def work(resolution: Resolution) -> float:
    """Work of a factorisation, in arbitrary units: that of the elements' interiors, which dominates."""
    inside = (resolution.radial_degree - 1) * (resolution.angular_degree - 1)
    return float(resolution.radial_elements * resolution.angular_elements * inside**2 * (resolution.n_xi / 25.0))
