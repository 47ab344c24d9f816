"""A flow as an SVG drawing that needs no other file: its speed, streamlines and the body."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from fusiform.app.drawings.colours import colour_table
from fusiform.app.drawings.pictures import Picture
from fusiform.solvers.common.arrays import ComplexArray

WIDTH = 420


def flow_drawing(picture: Picture, top: float) -> str:
    """The speed from 0 to `top` as an embedded picture, with streamlines and body over it."""
    rows_shown = (picture.y >= picture.window.bottom - 1e-9) & (picture.y <= picture.window.top + 1e-9)
    table = colour_table("viridis")
    index = np.clip(np.round(picture.speed[rows_shown][::-1] / top * (len(table) - 1)), 0, len(table) - 1)
    buffer = io.BytesIO()
    Image.fromarray(table[index.astype(np.int64)]).save(buffer, format="PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    w = picture.window
    scale = WIDTH / (w.right - w.left)
    height = round(scale * (w.top - w.bottom))

    def path(line: ComplexArray) -> str:
        return "M" + "L".join(f"{scale * (z.real - w.left):.1f} {scale * (w.top - z.imag):.1f}" for z in line)

    lines = "".join(path(line[::3]) for line in [*picture.streamlines.stream, *picture.streamlines.eddies])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Flow">'
        f'<image href="data:image/png;base64,{data}" width="{WIDTH}" height="{height}" '
        f'preserveAspectRatio="none"/><path d="{lines}" fill="none" stroke="#fff" stroke-opacity=".5"/>'
        f'<path d="{path(picture.outline)}Z" fill="#8d99a6" stroke="#4a5561"/></svg>'
    )
