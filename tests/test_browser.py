"""The design page in a real, headless Chromium, served by `fusiform app`. Skipped only where Chromium is missing."""

from __future__ import annotations

import math
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fusiform.app.design import Design, from_link
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry import read_outline
from fusiform.solvers.geometry.displacement import pulled
from fusiform.surrogates import load_surrogate

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1400,900",
)
SECONDS = 60.0
T = TypeVar("T")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed (apt-get install chromium)"),
]


def wait_for(find: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
    """The first true value of `find`, which may also raise while the page changes under it."""
    end = time.monotonic() + seconds
    while True:
        try:
            if found := find():
                return found
        except (WebDriverException, IndexError, urllib.error.URLError):
            pass
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where `fusiform app` serves on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "fusiform.app", "app", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert url in server.stdout.readline()
            wait_for(lambda: urllib.request.urlopen(f"{url}/_stcore/health", timeout=5.0).read(), "the server")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(SECONDS)


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    """One Chromium for all tests."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield chrome
    chrome.quit()


@pytest.fixture
def browser(driver: webdriver.Chrome, address: str, tmp_path: Path) -> webdriver.Chrome:
    """A new session of the page, loaded, with downloads going to the test's folder."""
    driver.execute_cdp_cmd("Page.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    driver.get(address)
    wait_for(lambda: drawing(driver, "root.dataset.version") == "0", "the drawing")
    return driver


def drawing(driver: webdriver.Chrome, expression: str) -> Any:
    """A JavaScript `expression` of `root`, the drawing, which lives in a shadow tree; None while there is none."""
    return driver.execute_script(
        "const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
        f".map(e => e.shadowRoot?.querySelector('.drawing')).find(Boolean); return root && ({expression})"
    )


def handle(driver: webdriver.Chrome, index: int) -> tuple[float, float]:
    """Where a control point is on the screen."""
    x, y = drawing(
        driver,
        f"(box => [box.x + box.width / 2, box.y + box.height / 2])"
        f"(root.querySelectorAll('[data-index] .dot')[{index}].getBoundingClientRect())",
    )
    return float(x), float(y)


def drag(driver: webdriver.Chrome, index: int, dx: int, dy: int) -> None:
    """Take a control point and let it go (dx, dy) pixels away."""
    x, y = handle(driver, index)
    chain = ActionChains(driver, duration=20)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(round(x), round(y))
    pointer.pointer_down()
    pointer.move_to_location(round(x) + dx // 2, round(y) + dy // 2)
    pointer.move_to_location(round(x) + dx, round(y) + dy)
    pointer.pointer_up()
    chain.perform()


def body_of_address(driver: webdriver.Chrome) -> Design:
    """The design that the address bar names."""
    return from_link(dict(parse_qsl(urlsplit(driver.current_url).query)))


def plots(driver: webdriver.Chrome) -> int:
    """How many plots are drawn."""
    return len(driver.find_elements(By.CSS_SELECTOR, ".js-plotly-plot .cartesianlayer .subplot"))


def metric(driver: webdriver.Chrome, label: str) -> str:
    """The value under a label; empty while there is none."""
    for element in driver.find_elements(By.CSS_SELECTOR, "[data-testid=stMetric]"):
        if element.text.startswith(label):
            return element.find_element(By.CSS_SELECTOR, "[data-testid=stMetricValue]").text
    return ""


def note(driver: webdriver.Chrome, label: str) -> str:
    """What stands under the value of a metric."""
    for element in driver.find_elements(By.CSS_SELECTOR, "[data-testid=stMetric]"):
        if element.text.startswith(label):
            return element.text.splitlines()[-1]
    return ""


def open_model_choice(driver: webdriver.Chrome) -> None:
    wait_for(lambda: driver.find_element(By.CSS_SELECTOR, "[data-testid=stExpander] summary"), "the choice").click()


def press(driver: webdriver.Chrome, key: str) -> None:
    """Click the button of this key as soon as it is enabled."""

    def click() -> bool:
        found = driver.find_element(By.CSS_SELECTOR, f"[class*='st-key-{key}'] button")
        ready = found.is_enabled()
        if ready:
            found.click()
        return ready

    wait_for(click, f"the button {key}")


def set_reynolds(driver: webdriver.Chrome, value: str) -> None:
    field = wait_for(lambda: driver.find_element(By.CSS_SELECTOR, "input[aria-label='Re']"), "the number")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(value, Keys.ENTER)


def complaints(driver: webdriver.Chrome) -> list[str]:
    """Errors of the browser's console, and exceptions shown on the page."""
    shown = driver.find_elements(By.CSS_SELECTOR, "[data-testid=stException]")
    logged = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    return [*logged, *(element.text for element in shown)]


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


def test_an_optimisation_runs_live_is_verified_and_can_be_exported(browser: webdriver.Chrome, tmp_path: Path) -> None:
    open_model_choice(browser)
    grid = wait_for(lambda: browser.find_element(By.CSS_SELECTOR, "input[aria-label*='Solver grid']"), "the grids")
    wait_for(grid.is_displayed, "the grids")
    grid.click()
    grid.send_keys("coarse", Keys.ENTER)
    press(browser, "optimise")
    wait_for(lambda: metric(browser, "Evaluations"), "the live view")
    wait_for(lambda: metric(browser, "Optimality") == "certified" and plots(browser) == 4, "the certified optimum")
    assert note(browser, "Reduction") == "by the solver"
    start, verified = float(metric(browser, "Start")), float(metric(browser, "Optimum"))
    assert verified < 0.9 * start
    press(browser, "take-csv")
    file = tmp_path / "optimum.csv"
    wait_for(file.exists, "the download")
    assert len(read_outline(file)) >= 100
    assert complaints(browser) == []


def test_stop_ends_a_search_with_the_solver(browser: webdriver.Chrome) -> None:
    open_model_choice(browser)
    label = wait_for(lambda: browser.find_elements(By.XPATH, "//label[contains(., 'Flow solver')]")[-1], "the choice")
    wait_for(label.is_displayed, "the choice")
    label.click()
    wait_for(lambda: metric(browser, "Drag") == "–", "the page without a surrogate")
    press(browser, "optimise")
    wait_for(lambda: metric(browser, "Best") not in ("", "–"), "the first evaluation")
    press(browser, "stop")
    wait_for(lambda: metric(browser, "Optimality") == "not certified", "the end of the job")
    assert "Stopped on request" in browser.page_source
    assert complaints(browser) == []


def test_an_own_outline_becomes_a_certified_optimum_within_two_minutes(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    begun = time.monotonic()
    own = tmp_path / "own.dat"
    points = load_body("naca2412").outline(120)
    own.write_text("\n".join(["own section", *(f"{x:.6f} {y:.6f}" for x, y in points)]))
    choice = browser.find_element(By.CSS_SELECTOR, "input[aria-label*='Start from']")
    choice.click()
    choice.send_keys("Own outline", Keys.ENTER)
    uploader = wait_for(
        lambda: browser.find_element(By.CSS_SELECTOR, "[data-testid=stFileUploader] input"), "the field"
    )
    uploader.send_keys(str(own))
    wait_for(lambda: "own: fineness" in browser.page_source, "the own body")
    press(browser, "optimise")
    wait_for(lambda: metric(browser, "Optimality") == "certified", "the certified optimum", 120.0)
    assert time.monotonic() - begun < 120.0
    assert float(metric(browser, "Optimum")) <= 1.001 * float(metric(browser, "Start"))
    press(browser, "report")
    file = tmp_path / "report.html"
    wait_for(file.exists, "the report")
    text = file.read_text()
    assert "own" in text
    assert "KKT residual" in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert complaints(browser) == []


def sketch(driver: webdriver.Chrome, expression: str) -> Any:
    """A JavaScript `expression` of `root`, the sketch of the problem."""
    return driver.execute_script(
        "const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
        f".map(e => e.shadowRoot?.querySelector('.sketch')).find(Boolean); return root && ({expression})"
    )


def test_a_payload_is_dragged_on_the_body(browser: webdriver.Chrome) -> None:
    section = wait_for(lambda: browser.find_element(By.XPATH, "//button[normalize-space()='Optimise']"), "the section")
    section.click()
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
    assert complaints(browser) == []
