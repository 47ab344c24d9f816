"""The design page in a real, headless Chromium, served by `fusiform app`. Skipped only where Chromium is missing."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from browsing import (
    IN_BROWSER,
    body_of_address,
    complaints,
    drag,
    drawing,
    handle,
    metric,
    note,
    open_model_choice,
    photograph,
    plots,
    press,
    set_reynolds,
    set_starts,
    sketch,
    wait_for,
)
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry import read_outline
from fusiform.solvers.geometry.displacement.normal_displacement import pulled
from fusiform.surrogates import load_surrogate

pytestmark = IN_BROWSER


def test_a_new_reynolds_number_brings_the_surrogates_new_drag(browser: webdriver.Chrome) -> None:
    before = metric(browser, "Drag")
    set_reynolds(browser, "33")
    wait_for(lambda: metric(browser, "Drag") not in ("", before), "another drag")
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(33.0)).drag_coefficient
    assert float(metric(browser, "Drag")) == pytest.approx(expected, abs=6e-4)
    assert complaints(browser) == []


def test_a_dragged_point_gives_the_drag_of_the_new_body_and_undo_restores_it(browser: webdriver.Chrome) -> None:
    first, place = metric(browser, "Drag"), handle(browser, 4)
    drag(browser, 4, 0, 30)
    wait_for(lambda: metric(browser, "Drag") not in ("", first), "another drag")
    wait_for(lambda: drawing(browser, "root.dataset.version") == "1", "the new drawing")
    wait_for(lambda: "body=" in browser.current_url, "the address")
    design = body_of_address(browser)
    expected = load_surrogate().evaluate(design.body, FlowConditions(10.0)).drag_coefficient
    assert float(metric(browser, "Drag")) == pytest.approx(expected, abs=6e-4)
    assert handle(browser, 4)[1] > place[1] + 15.0
    press(browser, "undo")
    wait_for(lambda: metric(browser, "Drag") == first, "the first drag")
    wait_for(lambda: abs(handle(browser, 4)[1] - place[1]) < 1.0, "the first outline")
    assert complaints(browser) == []


def test_a_focused_point_is_moved_by_arrow_keys(browser: webdriver.Chrome) -> None:
    first = metric(browser, "Drag")
    drawing(browser, "root.querySelectorAll('[data-index]')[12].focus()")
    ActionChains(browser).send_keys(Keys.ARROW_UP, Keys.ARROW_UP, Keys.ARROW_UP).perform()
    wait_for(lambda: metric(browser, "Drag") not in ("", first), "another drag")
    wait_for(lambda: "body=" in browser.current_url, "the address")
    expected = pulled(load_body("circle"), 1.5 * math.pi, -0.03)
    found = body_of_address(browser).coefficients
    assert max(abs(a - b) for a, b in zip(found, expected.coefficients.tolist(), strict=True)) < 1e-3
    assert drawing(browser, "root.getRootNode().activeElement?.dataset.index") == "12"
    assert complaints(browser) == []


def test_a_reload_restores_the_design(browser: webdriver.Chrome) -> None:
    drag(browser, 8, -20, 0)
    wait_for(lambda: "body=" in browser.current_url, "the address")
    before = metric(browser, "Drag")
    browser.refresh()
    wait_for(lambda: metric(browser, "Drag") == before, "the same drag")


def test_hover_tells_the_value_of_the_flow_there(browser: webdriver.Chrome) -> None:
    badge = "root.querySelector('.badge').textContent"
    wait_for(lambda: "refined by" in (drawing(browser, badge) or ""), "the refined flow")
    chain = ActionChains(browser, duration=20)
    x, y = handle(browser, 8)
    chain.w3c_actions.pointer_action.move_to_location(round(x) - 90, round(y))
    chain.perform()
    text = wait_for(
        lambda: (
            "speed" in drawing(browser, "root.querySelector('.readout').textContent")
            and drawing(browser, "root.querySelector('.readout').textContent")
        ),
        "the value",
    )
    place_x, place_y, speed = (float(number.replace("−", "-")) for number in re.findall(r"[-−]?\d+\.\d+", text))
    field = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0)).field
    exact = field.at(np.array([place_x + 1j * place_y]))
    assert speed == pytest.approx(float(np.hypot(exact.u, exact.v)[0]), abs=0.02)  # the place is rounded to 0.01 d
    assert complaints(browser) == []


def test_zooming_samples_the_flow_anew(browser: webdriver.Chrome) -> None:
    before = drawing(browser, "root.drawing.data.extent")
    drawing(browser, "root.querySelector('[data-act=in]').click()")
    wait_for(lambda: drawing(browser, "root.drawing.data.extent")[2] < before[2] - 0.5, "a closer look")
    drawing(browser, "root.querySelector('[data-act=home]').click()")
    wait_for(lambda: drawing(browser, "root.drawing.data.extent") == before, "the whole picture")
    assert complaints(browser) == []


def test_stop_ends_a_search_with_the_solver(browser: webdriver.Chrome) -> None:
    open_model_choice(browser)
    label = wait_for(lambda: browser.find_elements(By.XPATH, "//label[contains(., 'Flow solver')]")[-1], "the choice")
    wait_for(label.is_displayed, "the choice")
    label.click()
    wait_for(lambda: metric(browser, "Drag") == "–", "the page without a surrogate")
    press(browser, "view_Optimise")
    set_starts(browser, "12")
    press(browser, "optimise")
    wait_for(lambda: metric(browser, "Best") not in ("", "–"), "the first evaluation")
    press(browser, "stop")
    wait_for(lambda: metric(browser, "Optimality") == "not certified", "the end of the job")
    assert "Stopped on request" in browser.page_source
    assert complaints(browser) == []


def test_an_own_outline_becomes_a_certified_optimum_and_a_report(browser: webdriver.Chrome, tmp_path: Path) -> None:
    own = tmp_path / "own.dat"
    points = load_body("ellipse:1.5").outline(120)
    own.write_text("\n".join(["own section", *(f"{x:.6f} {y:.6f}" for x, y in points)]))
    choice = wait_for(lambda: browser.find_element(By.CSS_SELECTOR, "input[aria-label*='Start from']"), "the list")
    choice.click()
    choice.send_keys("Own outline", Keys.ENTER)
    uploader = wait_for(
        lambda: browser.find_element(By.CSS_SELECTOR, "[data-testid=stFileUploader] input"), "the field"
    )
    uploader.send_keys(str(own))
    wait_for(lambda: "own: fineness" in browser.page_source, "the own body")
    press(browser, "optimise")
    wait_for(lambda: metric(browser, "Evaluations"), "the live view")
    photograph(browser, "optimise-running")
    wait_for(lambda: metric(browser, "Optimality") == "certified", "the certified optimum")
    wait_for(lambda: plots(browser) == 4, "the pictures")
    assert re.fullmatch(r"solver; model \d+\.\d %", note(browser, "Reduction"))
    assert float(metric(browser, "Optimum")) <= 1.001 * float(metric(browser, "Start"))
    photograph(browser, "optimise-optimum")
    press(browser, "take-csv")
    outline = tmp_path / "optimum.csv"
    wait_for(outline.exists, "the download")
    assert len(read_outline(outline)) >= 100
    press(browser, "report")
    file = tmp_path / "report.html"
    wait_for(file.exists, "the report")
    text = file.read_text()
    assert "own" in text
    assert "KKT residual" in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    verified = metric(browser, "Optimum")
    assert complaints(browser) == []
    browser.execute_cdp_cmd("Network.enable", {})
    conditions = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
    try:
        browser.get(file.as_uri())
        photograph(browser, "report")
        assert verified in browser.find_element(By.TAG_NAME, "body").text
        assert complaints(browser) == []
    finally:
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions | {"offline": False})


def test_a_payload_is_dragged_on_the_body_and_saved(browser: webdriver.Chrome, tmp_path: Path) -> None:
    press(browser, "view_Optimise")
    menu = wait_for(lambda: browser.find_element(By.CSS_SELECTOR, "input[aria-label*='Constraints']"), "the menu")
    menu.click()
    menu.send_keys("Payload: rect", Keys.ENTER)
    place = (
        "(b => [b.x + b.width / 2, b.y + b.height / 2])(root.querySelector('[data-grip=move]').getBoundingClientRect())"
    )
    x, y = (round(value) for value in wait_for(lambda: sketch(browser, place), "the payload"))
    field = wait_for(lambda: browser.find_element(By.CSS_SELECTOR, "input[aria-label='x']"), "its numbers")
    assert float(field.get_attribute("value") or "nan") == 0.0
    chain = ActionChains(browser, duration=20)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(x, y)
    pointer.pointer_down()
    pointer.move_to_location(x - 20, y)
    pointer.move_to_location(x - 40, y)
    pointer.pointer_up()
    chain.perform()
    wait_for(
        lambda: (
            float(browser.find_element(By.CSS_SELECTOR, "input[aria-label='x']").get_attribute("value") or 0) < -0.05
        ),
        "the moved payload",
    )
    press(browser, "project")
    press(browser, "save_project")
    file = tmp_path / "project.json"
    wait_for(file.exists, "the saved project")
    saved = json.loads(file.read_text())["problem"]["constraints"]
    assert [(entry["type"], entry["x"] < -0.05) for entry in saved] == [("payload", True)]
    assert complaints(browser) == []


def test_a_body_of_revolution_is_pulled_on_both_sides_and_shown_in_space(browser: webdriver.Chrome) -> None:
    circle = metric(browser, "Drag")
    press(browser, "kind_Of")
    wait_for(lambda: metric(browser, "Wetted area") == "3.142", "the sphere")
    wait_for(lambda: metric(browser, "Drag") not in ("", circle), "its drag")
    wait_for(lambda: drawing(browser, "root.dataset.version") == "1", "the new drawing")
    upper, lower = handle(browser, 3), handle(browser, 13)
    drag(browser, 3, 10, -25)
    wait_for(lambda: drawing(browser, "root.dataset.version") == "2", "the pulled body")
    wait_for(lambda: handle(browser, 13)[1] > lower[1] + 8.0, "the moved mirror image")
    assert handle(browser, 3)[1] - upper[1] == pytest.approx(lower[1] - handle(browser, 13)[1], abs=1.0)
    wait_for(lambda: "name=changed" in browser.current_url, "the address")
    assert body_of_address(browser).revolution
    found = "return [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    wait_for(
        lambda: browser.execute_script(f"{found}.some(e => e.shadowRoot?.querySelector('.space canvas'))"), "space"
    )
    photograph(browser, "revolution")
    assert complaints(browser) == []
