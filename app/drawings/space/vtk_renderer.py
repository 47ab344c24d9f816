"""The same picture of a body of revolution in space as `painter`, rendered by pyvista; only where `can_render`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.space.painter import (
    AROUND,
    CUT,
    FRONT,
    INKS,
    LIGHT,
    QUARTER,
    RING,
    UP,
    plane_colours,
    surface,
    wall_colours,
)
from fusiform.app.drawings.space.plane import arrow
from fusiform.app.drawings.space.revolved import Revolved
from fusiform.app.drawings.space.view import View
from fusiform.solvers.common.arrays import ComplexArray, FloatArray

FAR = 50.0
LIFT = 2e-3


def rendered(
    shown: Revolved, layer: Layer | None, view: View, *, lines: Iterable[ComplexArray] = (), cut: bool = True
) -> Image.Image:
    """The body and the plane through its axis with the streamlines, on a transparent ground."""
    pyvista: Any = import_module("pyvista")
    pyvista.vtk_verbosity("off")  # without a display VTK warns, and renders all the same
    plotter = pyvista.Plotter(off_screen=True, window_size=[view.width, view.height], lighting="none")
    for direction, strength in ((LIGHT @ view.rotation, 0.55), (view.rotation[2], 0.4)):
        plotter.add_light(pyvista.Light(position=FAR * direction, focal_point=(0.0, 0.0, 0.0), intensity=strength))
    points, _ = surface(shown, range(QUARTER if cut else 0, AROUND))
    body = _sheet(pyvista, points)
    body["colours"] = _by_ring(wall_colours(shown), points.shape[1])
    plotter.add_mesh(
        body, scalars="colours", rgb=True, smooth_shading=True, ambient=0.35, specular=0.25, specular_power=40.0
    )
    if cut:
        for up, normal in ((UP, FRONT), (FRONT, UP)):
            section = _section(shown, np.array(up)) + LIFT * np.array(normal)
            plotter.add_mesh(_sheet(pyvista, section), color=CUT, ambient=0.5)
    for ring in shown.separation_rings:
        lifted = points[ring] * [1.0, 1.0 + LIFT, 1.0 + LIFT]
        plotter.add_mesh(pyvista.MultipleLines(lifted), color=RING, line_width=3, lighting=False)
    if layer is not None:
        _add_plane(pyvista, plotter, layer, lines)
    _look(plotter, view)
    plotter.enable_anti_aliasing("ssaa")
    picture = plotter.screenshot(return_img=True, transparent_background=True)
    plotter.close()
    return Image.fromarray(picture)


def _look(plotter: Any, view: View) -> None:
    """Place the camera: parallel rays, and the same pixels as `view`."""
    right, up, towards = view.rotation
    x, y = view.centre
    middle = (right * (0.5 * view.width - x) + up * (y - 0.5 * view.height)) / view.scale
    plotter.camera_position = [middle + FAR * towards, middle, up]
    plotter.camera.parallel_projection = True
    plotter.camera.parallel_scale = 0.5 * view.height / view.scale
    plotter.camera.clipping_range = (1.0, 2.0 * FAR)


def _add_plane(pyvista: Any, plotter: Any, layer: Layer, lines: Iterable[ComplexArray]) -> None:
    x, y = np.meshgrid(layer.grid.x, layer.grid.y, indexing="ij")
    plane = _sheet(pyvista, np.stack([x, y, np.zeros_like(x)], axis=-1))
    plane["colours"] = _columns(plane_colours(layer).transpose(1, 0, 2))
    plotter.add_mesh(plane, scalars="colours", rgb=True, lighting=False)
    for drawn, strength, width in ((lines, 0.5, 1), (arrow(layer), 1.0, 2)):
        for line in drawn:
            for side in (-LIFT, LIFT):
                path = pyvista.MultipleLines(np.stack([line.real, line.imag, np.full(line.size, side)], axis=1))
                ink = INKS[layer.quantity.signed]
                plotter.add_mesh(path, color=ink, opacity=strength, line_width=width, lighting=False)


def _sheet(pyvista: Any, points: FloatArray) -> Any:
    """A structured sheet of points (rows, columns, 3)."""
    return pyvista.StructuredGrid(*(points[..., None, k] for k in range(3)))


def _section(shown: Revolved, up: FloatArray) -> FloatArray:
    """The half section from the axis to the wall, (rings, 2, 3)."""
    share = np.array([0.0, 1.0])[None, :, None]
    return shown.x[:, None, None] * np.array([1.0, 0.0, 0.0]) + shown.r[:, None, None] * share * up


def _by_ring(colours: NDArray[np.float64], columns: int) -> NDArray[np.uint8]:
    return _columns(np.repeat(colours[:, None, :], columns, axis=1).astype(np.uint8))


def _columns(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Values (rows, columns, k) in the order of VTK's points: the first index fastest."""
    return np.ascontiguousarray(values.transpose(1, 0, 2).reshape(-1, values.shape[2]))
