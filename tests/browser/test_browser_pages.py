"""The look of the page in a real Chromium, wide and narrow, light and dark; and a training that is watched there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from browsing import (
    IN_BROWSER,
    complaints,
    drawing,
    look_at,
    metric,
    photograph,
    plots,
    press,
    set_reynolds,
    tap,
    wait_for,
)
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from tiny import RECIPE

from fusiform.app.results.training_folder import read_runs
from fusiform.solvers import FlowConditions, load_body
from fusiform.surrogates import load_surrogate

pytestmark = IN_BROWSER
SCREENS = ((1440, "light"), (1440, "dark"), (1024, "light"), (820, "light"), (820, "dark"))
SECTIONS = {  # what is there when the section is
    "Design": ".st-key-walls",
    "Optimise": ".st-key-optimum_bar",
    "Train": ".st-key-train_bar .js-plotly-plot, .js-plotly-plot",
    "Why": ".st-key-why .js-plotly-plot",
}
CUT = """
const cut = '[data-testid=stMetricLabel], [data-testid=stMetricValue], [data-testid=stMetricDelta], button';
return [...document.querySelectorAll(cut)].flatMap(e => [e, ...e.querySelectorAll('p')])
  .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible')
  .map(e => e.innerText)
"""
TOO_WIDE = "const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth"


@pytest.fixture
def page(browser: webdriver.Chrome) -> Any:
    yield browser
    look_at(browser, 1400)


def top(driver: webdriver.Chrome, selector: str) -> float:
    """The vertical position of an element on the page."""
    return float(driver.find_element(By.CSS_SELECTOR, selector).rect["y"])


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_fits_each_screen(page: webdriver.Chrome, section: str) -> None:
    press(page, f"view_{section}")
    wait_for(lambda: page.find_elements(By.CSS_SELECTOR, SECTIONS[section]), f"the section {section}")
    if section == "Design":
        wait_for(lambda: "refined by" in drawing(page, "root.querySelector('.badge').textContent"), "the refined flow")
    for width, theme in SCREENS:
        look_at(page, width, theme=theme)
        wait_for(lambda: page.execute_script(TOO_WIDE) <= 1, f"a page that fits into {width} pixels")
        wait_for(lambda: page.execute_script(CUT) == [], "room for all words")
        photograph(page, section.lower())
    if section == "Design":  # on the narrow screen the controls are between the drawing and the plots
        assert top(page, ".st-key-toolbar") < top(page, ".st-key-rail_conditions") < top(page, ".st-key-walls")
        assert top(page, ".st-key-rail_shape") == pytest.approx(top(page, ".st-key-rail_body"), abs=2.0)
    assert complaints(page) == []


def test_at_820_pixels_the_controls_work(page: webdriver.Chrome) -> None:
    look_at(page, 820)
    before = metric(page, "Drag")
    set_reynolds(page, "33")
    wait_for(lambda: metric(page, "Drag") not in ("", before), "another drag")
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(33.0)).drag_coefficient
    assert float(metric(page, "Drag")) == pytest.approx(expected, abs=6e-4)


def test_measured_figures_turn_dark_with_the_page(page: webdriver.Chrome) -> None:
    press(page, "view_Why")
    figure = ".st-key-figure_methods [data-testid=stImage]"
    wait_for(lambda: page.find_elements(By.CSS_SELECTOR, f"{figure} img"), "the figure")
    over = f"return getComputedStyle(document.querySelector('{figure}'), '::after').backgroundColor"
    below = "return getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    for theme in ("light", "dark"):
        look_at(page, 1400, theme=theme)
        shade, ground = (re.findall(r"\d+", page.execute_script(script)) for script in (over, below))
        shown = [abs(255 - int(part)) for part in shade]  # what is white in the figure
        assert shown == pytest.approx([int(part) for part in ground], abs=6)


def test_what_goes_wrong_is_said_on_the_page(page: webdriver.Chrome, address: str) -> None:
    page.get(f"{address}/?body=damaged!")
    alert = wait_for(lambda: page.find_element(By.CSS_SELECTOR, "[data-testid=stAlert]").text, "the sentence")
    assert alert.startswith("Expected the address of a design")
    photograph(page, "error")
    press(page, "project")
    wait_for(lambda: page.find_element(By.CSS_SELECTOR, ".st-key-save_project button").is_displayed(), "the project")
    photograph(page, "project")


@pytest.mark.slow
def test_a_training_is_started_watched_stopped_resumed_and_its_model_used(
    page: webdriver.Chrome, tmp_path: Path, tiny_cases: Path
) -> None:
    """The same without a browser is among the fast tests: tests/app/views/test_train_section.py."""
    recipe, root = tmp_path / "tiny.toml", tmp_path / "runs"
    recipe.write_text(RECIPE.format(steps=2000))
    shutil.copytree(tiny_cases, root / "tiny" / "data")
    press(page, "view_Train")
    wait_for(lambda: plots(page) == 1, "the section Train")
    tap(page, "[data-testid=stExpander] summary")
    tap(page, ".st-key-train_root input")
    field = page.switch_to.active_element
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(str(root), Keys.ENTER)
    wait_for(lambda: f"That is {root}" in page.page_source, "the folder in use")
    page.find_element(By.CSS_SELECTOR, ".st-key-train_upload input").send_keys(str(recipe))
    wait_for(lambda: "A tiny model for a test" in page.page_source, "the own recipe")
    press(page, "train_start")
    wait_for(lambda: plots(page) == 2, "the curves")
    photograph(page, "train-running")
    press(page, "train_stop")
    start = "[class*='st-key-train_start'] button"
    wait_for(lambda: page.find_element(By.CSS_SELECTOR, start).text.endswith("Go on"), "the end of the process")
    assert "Stopped." in page.page_source
    before = read_runs(root / "tiny")[0].points[-1].step
    press(page, "train_start")
    wait_for(lambda: page.find_elements(By.CSS_SELECTOR, "[class*='st-key-use_dp'] button"), "the finished model")
    (run,) = read_runs(root / "tiny")
    assert run.card is not None
    assert run.points[-1].step > before
    assert f"{run.card['heldout']['drag']['median']:.2%}" in page.page_source
    photograph(page, "train-finished")
    press(page, "use_dp")
    wait_for(lambda: "Model in use: tiny/dp" in page.page_source, "the sign of the model")
    press(page, "view_Design")
    expected = load_surrogate(root / "tiny" / "dp").evaluate(load_body("circle"), FlowConditions(10.0))
    wait_for(lambda: metric(page, "Drag") == f"{expected.drag_coefficient:#.4g}", "its drag")
    assert complaints(page) == []
