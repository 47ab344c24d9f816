"""Helpers of the browser tests: finding elements, waiting, dragging, screenshots.

Waits end with what they wait for; `SECONDS` is only how long a slow machine may take.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import pytest
import waiting
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from waiting import SECONDS

from fusiform.app.state.design import Design
from fusiform.app.state.design_link import from_link
from fusiform.app.views.shared.complaints import LOGGED

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
PHOTOGRAPHS = os.environ.get("FUSIFORM_SCREENSHOTS", "")  # a folder, see .ci/run
T = TypeVar("T")
MEASURES = """
const main = document.querySelector('[data-testid=stMain]') ?? document.documentElement;
const scheme = getComputedStyle(document.querySelector('[data-testid=stApp]') ?? main).colorScheme;
const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
return [innerWidth, main.scrollHeight, ['light', 'dark'].includes(scheme) ? scheme : system];
"""

IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed (apt-get install chromium)"),
]


def wait_for(find: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
    """`waiting.wait_for` while the page may change under `find`."""
    return waiting.wait_for(find, what, seconds, (WebDriverException,))


def drawing(driver: webdriver.Chrome, expression: str) -> Any:
    """A JavaScript `expression` of `root`, the drawing, which lives in a shadow tree; None while there is none."""
    return driver.execute_script(
        "const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
        f".map(e => e.shadowRoot?.querySelector('.drawing')).find(Boolean); return root && ({expression})"
    )


def handle(driver: webdriver.Chrome, index: int) -> tuple[float, float]:
    """The place of a control point on the screen."""
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
    """The number of plots drawn."""
    return len(driver.find_elements(By.CSS_SELECTOR, ".js-plotly-plot .cartesianlayer .subplot"))


def metric(driver: webdriver.Chrome, label: str) -> str:
    """The value under a label; empty while there is none."""
    for element in driver.find_elements(By.CSS_SELECTOR, "[data-testid=stMetric]"):
        if element.text.startswith(label):
            return element.find_element(By.CSS_SELECTOR, "[data-testid=stMetricValue]").text
    return ""


def note(driver: webdriver.Chrome, label: str) -> str:
    """The text under the value of a metric."""
    for element in driver.find_elements(By.CSS_SELECTOR, "[data-testid=stMetric]"):
        if element.text.startswith(label):
            return element.text.splitlines()[-1]
    return ""


def tap(driver: webdriver.Chrome, selector: str) -> None:
    """Click an element as soon as it is there and shown; the page may replace it meanwhile."""

    def click() -> bool:
        found = driver.find_element(By.CSS_SELECTOR, selector)
        shown = found.is_displayed()
        if shown:
            found.click()
        return shown

    wait_for(click, selector)


def open_model_choice(driver: webdriver.Chrome) -> None:
    tap(driver, "[data-testid=stExpander] summary")


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


def set_starts(driver: webdriver.Chrome, value: str) -> None:
    """Type a number of local searches."""
    field = wait_for(lambda: driver.find_element(By.CSS_SELECTOR, "input[aria-label='Starts']"), "the starts")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(value, Keys.ENTER)


def complaints(driver: webdriver.Chrome) -> list[str]:
    """Errors of the browser's console, and exceptions shown on the page."""
    shown = driver.find_elements(By.CSS_SELECTOR, "[data-testid=stException]")
    shown += [e for e in driver.find_elements(By.CSS_SELECTOR, "[data-testid=stAlert]") if LOGGED in e.text]
    logged = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    return [*logged, *(element.text for element in shown)]


def sketch(driver: webdriver.Chrome, expression: str) -> Any:
    """A JavaScript `expression` of `root`, the sketch of the problem."""
    return driver.execute_script(
        "const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
        f".map(e => e.shadowRoot?.querySelector('.sketch')).find(Boolean); return root && ({expression})"
    )


def look_at(driver: webdriver.Chrome, width: int, height: int = 900, theme: str = "light") -> None:
    """Give the page a window of this size, and the colour theme of the user's system."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": theme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    wait_for(lambda: driver.execute_script(MEASURES)[2] == theme, f"the {theme} theme")


def photograph(driver: webdriver.Chrome, name: str) -> None:
    """Save a picture of the whole page, where a folder for it is given."""
    if not PHOTOGRAPHS:
        return
    width, height, theme = driver.execute_script(MEASURES)
    look_at(driver, width, max(height, 600), theme)
    driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1})
    time.sleep(0.3)  # charts follow the size of the window
    path = Path(PHOTOGRAPHS) / f"{name}-{theme}-{width}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    driver.save_screenshot(str(path))
    look_at(driver, width, theme=theme)
