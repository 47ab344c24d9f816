"""A body of revolution in space in a real, headless Chromium: it turns, tells values, and is the picture of Python."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import IN_BROWSER, complaints, look_at, photograph, wait_for
from PIL import Image
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.space.component import payload
from fusiform.app.drawings.space.painter import painted
from fusiform.app.drawings.space.plane import plane
from fusiform.app.drawings.space.revolved import Revolved, revolved
from fusiform.app.drawings.space.standalone import standalone
from fusiform.app.drawings.space.view import AZIMUTH, ELEVATION, fitted
from fusiform.solvers import FlowConditions, Solution, load_body, solve

pytestmark = IN_BROWSER
ROOT = "const root = document.querySelector('.space'), space = root.space;"


@pytest.fixture(scope="module")
def flow() -> Solution:
    return solve(load_body("spheroid:0.5"), FlowConditions(40.0), grid="coarse")


@pytest.fixture(scope="module")
def scene(flow: Solution) -> tuple[Layer, Revolved]:
    layer = plane(flow.field, "speed")
    return layer, revolved(flow.body, flow.field, "speed", layer, flow.analysis.separation)


@pytest.fixture
def page(driver: webdriver.Chrome, scene: tuple[Layer, Revolved], tmp_path: Path) -> webdriver.Chrome:
    """The page of the flow, drawn and at rest."""
    path = tmp_path / "body.html"
    layer, shown = scene
    path.write_text(standalone(payload(shown, layer), "disc"), encoding="utf-8")
    driver.get(path.as_uri())
    look_at(driver, 900, 600)
    wait_for(lambda: space(driver, "space.canvas.width > 800 && space.still"), "the picture")
    return driver


def space(driver: webdriver.Chrome, expression: str) -> Any:
    """A JavaScript `expression` of `space`, the view, and its `root`."""
    return driver.execute_script(f"{ROOT} return {expression}")


def pixels(driver: webdriver.Chrome) -> np.ndarray:
    """The picture at rest, (height, width, 4)."""
    wait_for(lambda: space(driver, "space.still && space.asked === null"), "rest")
    data = space(driver, "space.canvas.toDataURL()").split(",")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")).astype(float)


def test_a_drag_and_arrow_keys_turn_it_and_a_double_click_turns_it_back(page: webdriver.Chrome) -> None:
    first, canvas = pixels(page), page.find_element(By.CSS_SELECTOR, ".view")
    photograph(page, "space")
    ActionChains(page, duration=20).click_and_hold(canvas).move_by_offset(120, 30).release().perform()
    turned = pixels(page)
    assert np.mean(np.abs(turned - first)) > 5.0
    assert space(page, "space.look.azimuth") > AZIMUTH + 0.5
    canvas.send_keys(Keys.ARROW_LEFT, "+")
    nearer = pixels(page)
    assert np.mean(np.abs(nearer - turned)) > 5.0
    assert space(page, "space.look.zoom") > 1.0
    ActionChains(page).double_click(canvas).perform()
    wait_for(lambda: abs(space(page, "space.look.azimuth") - AZIMUTH) < 1e-12, "the first view")
    assert np.mean(np.abs(pixels(page) - first)) < 0.01
    page.find_element(By.CSS_SELECTOR, "[data-act=cut]").click()
    assert np.mean(np.abs(pixels(page) - first)) > 0.1, "the whole body"
    assert complaints(page) == []


def test_it_is_the_picture_that_python_paints(page: webdriver.Chrome, scene: tuple[Layer, Revolved]) -> None:
    seen, (layer, shown) = pixels(page), scene
    view = fitted(shown, layer, (seen.shape[1], seen.shape[0]), AZIMUTH, ELEVATION)
    expected = np.asarray(painted(shown, layer, view)).astype(float)
    off = np.abs(seen - expected).max(axis=-1)
    inside = expected[..., 3] == 255.0
    assert np.median(off[inside]) <= 3.0
    assert np.mean(off[inside] > 25.0) < 0.01, "edges alone"


def test_pointing_tells_the_value_there(page: webdriver.Chrome, flow: Solution, scene: tuple[Layer, Revolved]) -> None:
    def told(x: float, y: float, z: float) -> str:
        """What is said at a point of space."""
        at = space(
            page, f"(([px, py]) => [space.scene.view.x + px, space.scene.view.y + py])(space.scene.on([{x}, {y}, {z}]))"
        )
        box = space(page, "(b => [b.x, b.y])(space.canvas.getBoundingClientRect())")
        chain = ActionChains(page, duration=0)
        chain.w3c_actions.pointer_action.move_to_location(round(box[0] + at[0]), round(box[1] + at[1]))
        chain.perform()
        return str(space(page, "root.querySelector('.readout').textContent")).replace("−", "-")

    pixels(page)
    text = told(0.8, 0.6, 0.0)
    x, radius, speed = (float(n) for n in re.findall(r"-?\d+\.\d+", text))
    values = flow.field.at(np.array([x + 1j * radius]))
    assert (x, radius) == pytest.approx((0.8, 0.6), abs=0.03)
    assert speed == pytest.approx(float(np.hypot(values.u, values.v)[0]), abs=0.03)
    shown, ring = scene[1], 60
    assert shown.wall is not None
    slanted = np.sqrt(0.5) * shown.r[ring]
    text = told(shown.x[ring], -slanted, slanted)
    assert "Wall pressure" in text
    assert float(text.split()[-1]) == pytest.approx(shown.wall.values[ring], abs=0.08)
    assert told(-0.02, 0.2, 0.0).startswith("Drag to turn"), "the section of the body"
    assert str(space(page, "space.canvas.getAttribute('aria-label')")).startswith("spheroid 0.5:1 in space")
