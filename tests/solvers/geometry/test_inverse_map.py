"""The inverse of the exterior map: of points outside exactly, of points inside none."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from fusiform.solvers.geometry import laurent, load_body
from fusiform.solvers.geometry.inverse_map import InverseMap

BODIES = ["circle", "ellipse:0.2", "ellipse:10", "kidney", "bean", "teardrop", "rounded-square", "naca2412"]


@pytest.mark.parametrize("name", BODIES)
def test_the_inverse_undoes_the_map(name: str) -> None:
    a = load_body(name, modes=24).coefficients
    random = np.random.default_rng(0)
    radius = np.concatenate([np.ones(500), 1.0 + 1e-4 * random.random(500), np.exp(5.0 * random.random(1000)), [1e8]])
    zeta = radius * np.exp(2j * np.pi * random.random(len(radius)))
    points = laurent.z(a[None], torch.from_numpy(zeta)[None])[0].numpy()
    found = InverseMap(a.numpy())(points)
    slope = laurent.z_prime(a[None], torch.from_numpy(zeta)[None])[0].abs().numpy()
    assert np.all(np.abs(found - zeta) * np.maximum(slope, 1e-3) < 1e-10 * radius)
    assert np.all(np.abs(found) >= 1.0 - 1e-15)


@pytest.mark.parametrize("name", BODIES)
def test_points_inside_have_no_inverse(name: str) -> None:
    a = load_body(name, modes=24).coefficients
    shrunk = 0.98 * np.exp(2j * np.pi * np.arange(400) / 400)
    near = laurent.z(a[None], torch.from_numpy(shrunk)[None])[0].numpy()
    outline = laurent.outline(a[None], 20_000)[0].numpy()
    points = np.append(near, 0j)
    inside = np.array([_winding(outline, point) for point in points])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = InverseMap(a.numpy())(points)
    np.testing.assert_array_equal(np.isnan(found), inside)


def _winding(outline: np.ndarray, point: complex) -> bool:
    turns = np.angle(np.roll(outline - point, -1) / (outline - point)).sum() / (2.0 * np.pi)
    return abs(turns) > 0.5
