"""A picture of a body of revolution in space, painted far parts first; it needs no other program.

The plane through the axis divides the body, so that far half, plane and near half are painted one over the other. The
faces of a half are sorted by their distance. A quarter may be cut out of the front half.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fusiform.app.drawings.colours import colour_table
from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.space.plane import arrow
from fusiform.app.drawings.space.revolved import TABLE, Revolved
from fusiform.app.drawings.space.view import View
from fusiform.solvers.common.arrays import ComplexArray, FloatArray

FINER = 2
AROUND = 128
QUARTER = AROUND // 4
INKS = {False: (255, 255, 255), True: (51, 64, 77)}  # of streamlines, on magnitudes and on signed fields
PLAIN, CUT, EDGE, RING = (150, 161, 173), (176, 184, 193), "#39424c", "#d6336c"
LIGHT, HALFWAY = np.array([-0.42, 0.66, 0.62]), np.array([-0.234, 0.367, 0.9])
UP, FRONT = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def painted(
    shown: Revolved, layer: Layer | None, view: View, *, lines: Iterable[ComplexArray] = (), cut: bool = True
) -> Image.Image:
    """The body and the plane through its axis with the streamlines, on a transparent ground."""
    fine = view.finer(FINER)
    sheet = Image.new("RGBA", (fine.width, fine.height))
    towards = fine.rotation[2]
    front, back = range(QUARTER if cut else 0, 2 * QUARTER), range(2 * QUARTER, AROUND)

    def front_half() -> None:
        _paint_body(sheet, shown, fine, front)
        if cut and towards[1] > 0.0:
            _paint_cut(sheet, shown, fine, FRONT, UP)

    def back_half() -> None:
        _paint_body(sheet, shown, fine, back)

    near = bool(towards[2] > 0.0)
    first, last = (back_half, front_half) if near else (front_half, back_half)
    first()
    if layer is not None:
        _paint_plane(sheet, layer, fine)
        _paint_lines(sheet, layer, fine, lines)
    if cut and near:
        _paint_cut(sheet, shown, fine, UP, FRONT)
    last()
    return sheet.resize((view.width, view.height), Image.Resampling.BOX)


def surface(shown: Revolved, parts: range) -> tuple[FloatArray, FloatArray]:
    """Points and outward normals of the rings at the edges of these parts of them, both (rings, parts + 1, 3)."""
    angle = 2.0 * np.pi * np.arange(parts.start, parts.stop + 1) / AROUND
    around = np.stack([np.zeros_like(angle), np.cos(angle), np.sin(angle)], axis=1)
    along = np.array([1.0, 0.0, 0.0])
    x, r = (np.r_[a[1], a, a[-2]] for a in (shown.x, shown.r))
    r[[0, -1]] *= -1.0
    tangent = np.stack([x[2:] - x[:-2], r[2:] - r[:-2]])
    dx, dr = tangent / np.hypot(*tangent)
    points = shown.x[:, None, None] * along + shown.r[:, None, None] * around
    return points, dx[:, None, None] * around - dr[:, None, None] * along


def wall_colours(shown: Revolved) -> NDArray[np.float64]:
    """The colour of each ring before it is lit, (rings, 3)."""
    if shown.wall is None:
        return np.tile(np.array(PLAIN, dtype=np.float64), (shown.x.size, 1))
    return _coloured(shown.wall.values, colour_table(TABLE), shown.wall.low, shown.wall.high).astype(np.float64)


def plane_colours(layer: Layer) -> NDArray[np.uint8]:
    """The colours of the plane, (rows, columns, 3), rows from below."""
    return _coloured(layer.values, colour_table(layer.quantity.table), layer.low, layer.high)


def _coloured(values: FloatArray, table: NDArray[np.uint8], low: float, high: float) -> NDArray[np.uint8]:
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return table[np.round(255.0 * share).astype(np.int64)]


def _paint_body(sheet: Image.Image, shown: Revolved, view: View, parts: range) -> None:
    points, normals = surface(shown, parts)
    pixels = view.on_picture(points)
    quads = np.stack([pixels[:-1, :-1], pixels[1:, :-1], pixels[1:, 1:], pixels[:-1, 1:]], axis=2)
    facing = _middle(normals) @ view.rotation.T
    facing /= np.linalg.norm(facing, axis=-1, keepdims=True)
    colours = np.broadcast_to(_halves(wall_colours(shown))[:, None, :], facing.shape)
    lit = _lit(colours, facing)
    first, second = quads[:, :, 2, :2] - quads[:, :, 0, :2], quads[:, :, 3, :2] - quads[:, :, 1, :2]
    seen = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0] > 0.0
    order = np.argsort(quads[..., 2].mean(axis=2)[seen])
    draw = ImageDraw.Draw(sheet)
    for corners, colour in zip(quads[seen][order][..., :2].tolist(), lit[seen][order].tolist(), strict=True):
        draw.polygon([tuple(corner) for corner in corners], fill=tuple(colour), outline=tuple(colour))
    _paint_rings(draw, shown, view, parts)


def _paint_rings(draw: ImageDraw.ImageDraw, shown: Revolved, view: View, parts: range) -> None:
    """The rings at which the flow leaves the wall, where they face the viewer."""
    points, normals = surface(shown, parts)
    facing = normals @ view.rotation[2] > 0.0
    for ring in shown.separation_rings:
        line = view.on_picture(points[ring])[:, :2]
        for start, end, visible in zip(line[:-1].tolist(), line[1:].tolist(), facing[ring], strict=False):
            if visible:
                draw.line([tuple(start), tuple(end)], fill=RING, width=2 * FINER)


def _paint_cut(
    sheet: Image.Image, shown: Revolved, view: View, up: tuple[float, ...], normal: tuple[float, ...]
) -> None:
    """The section of the body in the half plane along `up`."""
    section = shown.x[:, None] * [1.0, 0.0, 0.0] + shown.r[:, None] * np.array(up)
    corners = [(float(x), float(y)) for x, y, _ in view.on_picture(section)]
    strength = 0.66 + 0.4 * (0.5 + 0.5 * float(view.rotation @ normal @ LIGHT))
    colour = tuple(min(255, round(part * strength)) for part in CUT)
    draw = ImageDraw.Draw(sheet)
    draw.polygon(corners, fill=colour)
    draw.line([*corners, corners[0]], fill=EDGE, width=FINER)


def _paint_plane(sheet: Image.Image, layer: Layer, view: View) -> None:
    picture = Image.fromarray(plane_colours(layer)[::-1]).convert("RGBA")
    w = layer.grid.window
    steps = (w.right - w.left) / picture.width, (w.bottom - w.top) / picture.height
    along = view.on_picture(np.array([[steps[0], 0.0, 0.0], [0.0, steps[1], 0.0]]))[:, :2] - view.centre
    corner = view.on_picture(np.array([w.left, w.top, 0.0]))[:2]
    if abs(np.linalg.det(along)) < 1e-6 * view.scale**2 * abs(steps[0] * steps[1]):
        return
    back = np.linalg.inv(along.T)
    start = -back @ corner
    data = (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1])
    laid = picture.transform(sheet.size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    sheet.alpha_composite(laid)


def _paint_lines(sheet: Image.Image, layer: Layer, view: View, lines: Iterable[ComplexArray]) -> None:
    """The streamlines, and the arrow along the stream."""
    ink = INKS[layer.quantity.signed]
    for drawn, strength, width in ((lines, 128, FINER), (arrow(layer), 255, 2 * FINER)):
        over = Image.new("RGBA", sheet.size)
        draw = ImageDraw.Draw(over)
        for line in drawn:
            points = np.stack([line.real, line.imag, np.zeros(line.size)], axis=1)
            corners = [(float(x), float(y)) for x, y, _ in view.on_picture(points)]
            draw.line(corners, fill=(*ink, strength), width=width)
        sheet.alpha_composite(over)


def _lit(colours: NDArray[np.float64], facing: FloatArray) -> NDArray[np.uint8]:
    """Soft light from the upper left and from the viewer, and a small highlight; as in `surface.js`."""
    lit = 0.5 + 0.5 * facing @ LIGHT
    strength = 0.4 + 0.44 * lit + 0.28 * np.maximum(facing[..., 2], 0.0)
    gloss = 60.0 * np.maximum(facing @ HALFWAY, 0.0) ** 40
    return np.asarray(np.minimum(colours * strength[..., None] + gloss[..., None], 255.0).astype(np.uint8))


def _halves(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * (values[:-1] + values[1:])


def _middle(corners: FloatArray) -> FloatArray:
    """Means of the four corners of each face."""
    along = _halves(corners)
    return np.asarray(0.5 * (along[:, :-1] + along[:, 1:]))
