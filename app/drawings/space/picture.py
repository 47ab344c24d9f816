"""A body of revolution in space as a PNG file: by pyvista where it can render, else by the painter of our own."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from fusiform.app.drawings.colours import colour_table
from fusiform.app.drawings.off_screen import can_render
from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.space.painter import painted
from fusiform.app.drawings.space.plane import lines_on, plane
from fusiform.app.drawings.space.revolved import TABLE, Revolved, revolved
from fusiform.app.drawings.space.view import AZIMUTH, ELEVATION, fitted
from fusiform.app.drawings.space.vtk_renderer import rendered
from fusiform.solvers import Body
from fusiform.solvers.flow import FlowField, WallPoint

SIZE = (1400, 660)
LEGEND, TEXT, INK = 44, 20, "#7a8794"  # a grey that is legible on white and on black
BAR = (220, 14)
PLAIN_LETTERS = str.maketrans({"ₚ": "_p", "ω": "omega"})  # those that Pillow's font does not have


def space_picture(
    body: Body,
    field: FlowField | None = None,
    quantity: str = "speed",
    *,
    separation: Sequence[WallPoint] = (),
    azimuth_deg: float = math.degrees(AZIMUTH),
    elevation_deg: float = math.degrees(ELEVATION),
    cut: bool = True,
    size: tuple[int, int] = SIZE,
) -> bytes:
    """A PNG with a transparent ground: the body, its flow on the plane through the axis, and the legend below.

    Parameters
    ----------
    body : Body
        A body of revolution.
    field : FlowField, optional
        The flow past it. Without one the body is shown alone.
    quantity : str
        The field on the plane, a key of `QUANTITIES`; the wall shows its pressure, or its shear stress beside the
        vorticity.
    separation : sequence of WallPoint
        Points at which the flow leaves the wall; their rings are marked.
    azimuth_deg, elevation_deg : float
        The view, turned about the vertical, the nose forwards, and from above.
    cut : bool
        True to cut a quarter of the body out, down to the plane of the flow.
    size : tuple of int
        Width and height in pixels, the legend left out.
    """
    layer = None if field is None else plane(field, quantity)
    shown = revolved(body, field, quantity, layer, separation)
    lines = [] if field is None or layer is None else lines_on(layer, field)
    view = fitted(shown, layer, size, math.radians(azimuth_deg), math.radians(elevation_deg))
    draw = rendered if can_render() else painted
    picture = draw(shown, layer, view, lines=lines, cut=cut and layer is not None)
    file = io.BytesIO()
    _with_legend(picture, shown, layer).save(file, "PNG", optimize=True)
    return file.getvalue()


def _with_legend(picture: Image.Image, shown: Revolved, layer: Layer | None) -> Image.Image:
    """The picture with its colour scales below."""
    if layer is None or shown.wall is None:
        return picture
    scales = [(layer.quantity.plain_label, layer.quantity.table, layer.low, layer.high)]
    if not shown.wall.shared:
        scales.append((shown.wall.label, TABLE, shown.wall.low, shown.wall.high))
    whole = Image.new("RGBA", (picture.width, picture.height + LEGEND))
    whole.paste(picture, (0, 0))
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(TEXT)
    middle = picture.height + LEGEND // 2
    x = 16.0
    for label, table, low, high in scales:
        for text in (label, f"{low:g}"):
            plain = text.translate(PLAIN_LETTERS)
            draw.text((x, middle), plain, INK, font, anchor="lm")
            x += draw.textlength(plain, font) + 12.0
        bar = Image.fromarray(colour_table(table)[None]).resize(BAR)
        whole.paste(bar, (round(x), middle - BAR[1] // 2))
        x += BAR[0] + 12.0
        draw.text((x, middle), f"{high:g}", INK, font, anchor="lm")
        x += draw.textlength(f"{high:g}", font) + 48.0
    return whole
