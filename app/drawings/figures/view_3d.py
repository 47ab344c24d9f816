"""The extruded body with the field on its middle plane, in space: rendered by pyvista, or for the browser by plotly."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import numpy as np
import plotly.graph_objects as go
from mapbox_earcut import triangulate_float64
from numpy.typing import NDArray
from PIL import Image

from fusiform.app.drawings.colours import colour_table
from fusiform.app.drawings.raster import Layer
from fusiform.solvers.common.arrays import ComplexArray

HALF_SPAN = 0.8
SIZE = (1400, 560)
HEIGHT = 480
BODY_COLOUR = "#aab4be"


def _caps(outline: ComplexArray) -> NDArray[np.int64]:
    """Triangles (n, 3) that fill the outline."""
    points = np.stack([outline.real, outline.imag], axis=1)
    return triangulate_float64(points, np.array([len(points)], dtype=np.uint32)).reshape(-1, 3).astype(np.int64)


def rendered(outline: ComplexArray, layer: Layer, azimuth_deg: float) -> bytes:
    """A PNG of the body and the plane, from the side turned by `azimuth_deg` about the vertical."""
    pyvista: Any = import_module("pyvista")
    plotter = pyvista.Plotter(off_screen=True, window_size=list(SIZE), lighting="three lights")
    x, y = np.meshgrid(layer.grid.x, layer.grid.y)
    plane = pyvista.StructuredGrid(x, y, np.zeros_like(x))
    plane["values"] = layer.values.ravel(order="F")
    plotter.add_mesh(
        plane,
        scalars="values",
        clim=(layer.low, layer.high),
        cmap=[f"#{r:02x}{g:02x}{b:02x}" for r, g, b in colour_table(layer.quantity.table).tolist()],
        lighting=False,
        nan_opacity=0.0,
        show_scalar_bar=False,
    )
    closed = np.append(outline, outline[0])
    sides = np.array([-HALF_SPAN, HALF_SPAN])
    tube = [np.broadcast_to(part[:, None], (closed.size, 2)).copy() for part in (closed.real, closed.imag)]
    body = pyvista.StructuredGrid(*tube, np.broadcast_to(sides, (closed.size, 2)).copy())
    plotter.add_mesh(body, color=BODY_COLOUR, smooth_shading=True)
    triangles = _caps(outline)
    for side in sides:
        points = np.stack([outline.real, outline.imag, np.full(outline.size, side)], axis=1)
        faces = np.hstack([np.full((len(triangles), 1), 3), triangles])
        plotter.add_mesh(pyvista.PolyData(points, faces.ravel()), color=BODY_COLOUR, ambient=0.5)
    plotter.view_xy()
    plotter.camera.azimuth = azimuth_deg
    plotter.camera.elevation = 14.0
    plotter.camera.zoom(1.6)
    picture = plotter.screenshot(return_img=True, transparent_background=True)
    plotter.close()
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def figure(outline: ComplexArray, layer: Layer) -> go.Figure:
    """The same as a figure that the browser draws and turns."""
    shown = go.Figure([_plane(layer), _extruded(outline)])
    axis = {"visible": False}
    shown.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={
            "aspectmode": "data",
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis,
            "camera": {"eye": {"x": -0.5, "y": -1.3, "z": 0.6}},
        },
        uirevision="keep",
    )
    return shown


def _plane(layer: Layer) -> go.Surface:
    """The field on the middle plane."""
    table = colour_table(layer.quantity.table)[::8]
    steps = np.linspace(0.0, 1.0, len(table))
    shape = layer.values.shape
    return go.Surface(
        x=np.broadcast_to(layer.grid.x, shape),
        y=np.zeros(shape),
        z=np.broadcast_to(layer.grid.y[:, None], shape),
        surfacecolor=layer.values,
        cmin=layer.low,
        cmax=layer.high,
        colorscale=[[float(at), f"rgb({r},{g},{b})"] for at, (r, g, b) in zip(steps, table.tolist(), strict=True)],
        colorbar={"title": {"text": layer.quantity.plain_label, "side": "right"}, "thickness": 12},
        lighting={"ambient": 1.0, "diffuse": 0.0, "specular": 0.0},
        hovertemplate="x %{x:.2f} d, y %{z:.2f} d: %{surfacecolor:.3f}<extra></extra>",
    )


def _extruded(outline: ComplexArray) -> go.Mesh3d:
    """The body between its two caps."""
    n, caps = outline.size, _caps(outline)
    here, there = np.arange(n), (np.arange(n) + 1) % n
    walls = np.concatenate([np.stack([here, there, here + n], 1), np.stack([there, there + n, here + n], 1)])
    i, j, k = np.concatenate([walls, caps, caps + n]).T
    return go.Mesh3d(
        x=np.tile(outline.real, 2),
        y=np.repeat([-HALF_SPAN, HALF_SPAN], n),
        z=np.tile(outline.imag, 2),
        i=i,
        j=j,
        k=k,
        color=BODY_COLOUR,
        flatshading=False,
        hoverinfo="skip",
    )
