"""Streamlines as level lines of the stream function: exact for the solution, without integrating along them.

The level lines are found in the plane of (ξ, η) by `contourpy` on a refined grid, moved onto the level by Newton steps
along ∇ψ, and mapped to the plane of the flow by z(ζ). Lengths in d, ψ in U d.

Around an axis the section is mirrored and ψ = ±Ψ, Stokes' stream function with the sign of s, whose zero lines are the
axis and the streamlines that leave and meet the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import cast

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.flow.fields.flow_field import FlowField
from fusiform.solvers.flow.fields.stagnation import FreeStagnationPoint, finer_grid, free_stagnation_points

Window = tuple[float, float, float, float]

SUBDIVISION = 4
SEAM = 1e-9
POLISHING_STEPS = 3
AT_REST = 1e-7
NEAR_SADDLE = 0.1
LOOP_SHARE = 0.97
MOST_REST_POINTS = 24
MOST_LEVELS = 120
MOST_POINTS = 200_000
LINE_COST = 50  # in points


@dataclass(frozen=True)
class Streamlines:
    """Streamlines in a window, each an array of points x + iy, (n,); closed ones end where they begin.

    `stream`: at equal steps of ψ upstream, closer together where the flow is faster. `dividing`: the stagnation,
    separating and reattaching streamlines, which end at the wall or cross at a saddle. `eddies`: closed ones around
    each centre.
    """

    stream: tuple[ComplexArray, ...]
    dividing: tuple[ComplexArray, ...]
    eddies: tuple[ComplexArray, ...]

    @property
    def all(self) -> tuple[ComplexArray, ...]:
        """All of them."""
        return self.stream + self.dividing + self.eddies


def streamlines(field: FlowField, window: Window, *, spacing: float = 0.16, eddy_lines: int = 3) -> Streamlines:
    """The streamlines in `window`, (left, right, bottom, top) in d, as far as the elements reach.

    ψ is constant along them to rounding, but for the points on the window's border, which are interpolated.
    `spacing`: step of ψ between neighbours, their distance far upstream (around an axis the step of √(2Ψ), likewise);
    ψ = 0, which leads to the body, lies half way between two of them. `eddy_lines`: closed streamlines around each
    centre. More than `MOST_REST_POINTS` free stagnation points are the noise of a poor prediction: then neither their
    eddies nor their saddles are drawn. Such a flow may have any range of ψ: the spacing is doubled until there are at
    most `MOST_LEVELS` steps, and lines are left out beyond about `MOST_POINTS` points. `InputError` for a flow that is
    not finite.
    """
    left, right, bottom, top = window
    require(
        left < right and bottom < top and spacing > 0.0,
        f"expected a window (left, right, bottom, top) and a spacing > 0, got {window} and {spacing}; order the limits",
    )
    require(
        bool(np.isfinite(field.psi).all() and np.isfinite(field.omega).all()),
        "expected a flow with finite numbers, got NaN or infinity; solve the flow instead",
    )
    free = free_stagnation_points(field)
    free = free if len(free) <= MOST_REST_POINTS else ()
    corners = [complex(x, y) for x in (left, right) for y in (bottom, top)]
    levels = _LevelLines(field, max(abs(z) for z in (*corners, *(p.position for p in free))))
    saddles, centres = [p for p in free if p.saddle], [p for p in free if not p.saddle]
    return Streamlines(
        stream=_clipped(_stream(levels, window, spacing), window),
        dividing=_clipped(_dividing(levels, saddles), window),
        eddies=_clipped(_eddies(levels, centres, saddles, eddy_lines), window),
    )


def _stream(levels: _LevelLines, window: Window, spacing: float) -> list[ComplexArray]:
    psi = levels.psi[_inside(levels.z, window)]
    upstream = np.sign(psi) * np.sqrt(2.0 * np.abs(psi)) if levels.revolution else psi
    while np.ptp(upstream) > MOST_LEVELS * spacing:
        spacing *= 2.0
    first, last = np.floor(upstream.min() / spacing - 0.5), np.ceil(upstream.max() / spacing - 0.5)
    steps = (np.arange(first, last + 1.0) + 0.5) * spacing
    if levels.revolution:
        steps = 0.5 * steps * np.abs(steps)
    return [line for step in steps for line in levels.at(step, lambda line: line[0] != line[-1])]


def _dividing(levels: _LevelLines, saddles: list[FreeStagnationPoint]) -> list[ComplexArray]:
    through = [
        line
        for saddle in saddles
        if abs(saddle.streamfunction) > AT_REST
        for line in levels.at(levels.level_of(saddle), partial(_meets, saddle.position))
    ]
    return levels.at(0.0) + through


def _eddies(
    levels: _LevelLines, centres: list[FreeStagnationPoint], saddles: list[FreeStagnationPoint], count: int
) -> list[ComplexArray]:
    """Loops at equal steps of ψ from each centre to the farthest of the levels 0 and ψ(saddle) that loops reach."""
    lines = []
    for centre in centres:
        around = partial(_encloses, centre.position)
        middle = levels.level_of(centre)
        depths = [level - middle for level in (0.0, *map(levels.level_of, saddles))]
        for depth in sorted(depths, key=abs, reverse=True):
            if levels.at(middle + LOOP_SHARE * depth, around):
                steps = middle + (np.arange(count) + 0.5) / count * depth
                lines += [line for level in steps for line in levels.at(level, around)]
                break
    return lines


class _LevelLines:
    """Lines of constant ψ on a refined grid out to the radius `reach`, about `MOST_POINTS` points of them in all."""

    def __init__(self, field: FlowField, reach: float) -> None:
        self._field, self.revolution = field, field.revolution
        xi, self._eta = finer_grid(field, SUBDIVISION)
        rows = np.searchsorted(np.abs(field.z(np.exp(xi + 0j))), 1.1 * reach + 1.0) + 1
        self._xi = xi[:rows]
        reduced = field.on_grid(self._xi, self._eta[:-1])[0]
        self.z = field.z(np.exp(self._xi[:, None] + 1j * self._eta[:-1]))
        self.psi: FloatArray = reduced * self._xi[:, None] ** 2
        if self.revolution:
            self.psi = self.psi * np.abs(self.z.imag)
        two_turns = np.concatenate([self._eta[:-1], self._eta + 2.0 * np.pi])
        self._at_rest, self._moving = (
            contour_generator(two_turns, self._xi, np.hstack([values, values, values[:, :1]]))
            for values in (reduced, self.psi)
        )
        self._points_left = MOST_POINTS

    def level_of(self, point: FreeStagnationPoint) -> float:
        """ψ at a point, around an axis with the sign of s."""
        return float(np.copysign(1.0, point.position.imag) if self.revolution else 1.0) * point.streamfunction

    def at(self, level: float, chosen: Callable[[ComplexArray], bool] = lambda line: True) -> list[ComplexArray]:
        """The `chosen` lines ψ = `level`; those of ψ = 0 are ψ/ξ² = 0, without the wall.

        Over two turns of η each line appears once as a whole, beginning within the first: lines span less than a turn.
        """
        if self._points_left <= 0:
            return []
        found = cast(list[FloatArray], (self._moving if level != 0.0 else self._at_rest).lines(level))
        whole = [line.T for line in found if SEAM < line[:, 0].min() - self._eta[0] <= 2.0 * np.pi + SEAM]
        traced = takewhile(self._has_room, whole)
        lines = [(eta, xi) for eta, xi in traced if chosen(self._field.z(np.exp(xi + 1j * eta)))]
        return [self._polished(xi, eta, level) for eta, xi in lines]

    def _has_room(self, line: FloatArray) -> bool:
        """Count the points of a line, and some for its beginning; returns False once there are too many of them."""
        self._points_left -= LINE_COST + line.shape[1]
        return self._points_left > 0

    def _polished(self, xi: FloatArray, eta: FloatArray, level: float) -> ComplexArray:
        """Points moved onto ψ = `level` by Newton steps along ∇ψ, no longer than a cell; the wall's stay on it."""
        reach_xi = np.interp(xi, self._xi, np.gradient(self._xi))
        reach_eta = np.interp(eta, self._eta[:-1], np.diff(self._eta), period=2.0 * np.pi)
        off_wall = xi > 0.0
        for _ in range(POLISHING_STEPS):
            g, g_xi, g_eta = self._field.reduced_psi(xi, eta)
            error, slope, turn = g, g_xi, g_eta
            if level != 0.0:
                error, slope, turn = xi**2 * g, xi**2 * g_xi + 2.0 * xi * g, xi**2 * g_eta
                if self.revolution:
                    error, slope, turn = self._around_the_axis(xi, eta, error, slope, turn)
                error = error - level
            slope = slope * off_wall
            step = error / np.maximum(slope**2 + turn**2, 1e-300)
            step /= np.maximum(1.0, np.maximum(np.abs(step * slope) / reach_xi, np.abs(step * turn) / reach_eta))
            xi, eta = np.clip(xi - step * slope, 0.0, self._field.xi_max), eta - step * turn
        return self._field.z(np.exp(xi + 1j * eta))

    def _around_the_axis(
        self, xi: FloatArray, eta: FloatArray, value: FloatArray, slope: FloatArray, turn: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Ψ/s and its derivatives along ξ and η, times |s|."""
        zeta = np.exp(xi + 1j * eta)
        s, z_xi = self._field.z(zeta).imag, self._field.map.slope(zeta)
        sign = np.sign(s)
        return (
            np.abs(s) * value,
            np.abs(s) * slope + sign * z_xi.imag * value,
            np.abs(s) * turn + sign * z_xi.real * value,
        )


def _meets(saddle: complex, line: ComplexArray) -> bool:
    return bool(np.abs(line - saddle).min() < NEAR_SADDLE)


def _encloses(centre: complex, line: ComplexArray) -> bool:
    turn = np.angle((line[1:] - centre) / (line[:-1] - centre)).sum()
    return bool(line[0] == line[-1] and abs(turn) > np.pi)


def _inside(points: ComplexArray, window: Window) -> NDArray[np.bool_]:
    left, right, bottom, top = window
    return (points.real >= left) & (points.real <= right) & (points.imag >= bottom) & (points.imag <= top)


def _clipped(lines: Iterable[ComplexArray], window: Window) -> tuple[ComplexArray, ...]:
    """The parts of the lines in the window, with their last points on its border."""
    parts = []
    for line in lines:
        inside = _inside(line, window)
        if line[0] == line[-1] and not inside.all():
            first = int(np.argmin(inside))
            line = np.append(np.roll(line[:-1], -first), line[first])
            inside = _inside(line, window)
        within = np.flatnonzero(inside)
        for run in np.split(within, np.flatnonzero(np.diff(within) > 1) + 1):
            if run.size:
                before, after = line[max(run[0] - 1, 0)], line[min(run[-1] + 1, line.size - 1)]
                first_point, last_point = (_border(line[run[k]], p, window) for k, p in ((0, before), (-1, after)))
                parts.append(np.concatenate([first_point, line[run], last_point]))
    return tuple(part for part in parts if part.size > 1)


def _border(inner: complex, outer: complex, window: Window) -> ComplexArray:
    """The point where the way from `inner` to `outer` leaves the window, (1,), or none if it does not, (0,)."""
    left, right, bottom, top = window
    way = outer - inner
    shares = [
        (limit - start) / step
        for start, step, low, high in ((inner.real, way.real, left, right), (inner.imag, way.imag, bottom, top))
        for limit in (low, high)
        if step and (start + step - limit) * (limit - start) > 0.0
    ]
    return np.array([inner + min(shares) * way] if shares else [], dtype=np.complex128)
