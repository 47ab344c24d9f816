"""The design page in a real, headless Chromium, served by `fusiform app`. Skipped only where Chromium is missing."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry import read_outline
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


def wait_for(find: Callable[[], T], what: str) -> T:
    """The first true value of `find`, which may also raise while the page changes under it."""
    end = time.monotonic() + SECONDS
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
    wait_for(lambda: plots(driver) == 3, "the plots")
    return driver


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
    driver.find_element(By.CSS_SELECTOR, "[data-testid=stExpander] summary").click()


def press(driver: webdriver.Chrome, text: str) -> None:
    """Click the button with this text as soon as it is enabled."""

    def click() -> bool:
        named = [b for b in driver.find_elements(By.TAG_NAME, "button") if b.text.strip().endswith(text)]
        ready = named[0].is_enabled()
        if ready:
            named[0].click()
        return ready

    wait_for(click, f"the button {text}")


def set_reynolds(driver: webdriver.Chrome, value: str) -> None:
    field = driver.find_element(By.CSS_SELECTOR, "input[aria-label='Re']")
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


def test_an_optimisation_runs_live_is_verified_and_can_be_exported(browser: webdriver.Chrome, tmp_path: Path) -> None:
    open_model_choice(browser)
    grid = wait_for(lambda: browser.find_element(By.CSS_SELECTOR, "input[aria-label*='Solver grid']"), "the grids")
    wait_for(grid.is_displayed, "the grids")
    grid.click()
    grid.send_keys("coarse", Keys.ENTER)
    press(browser, "Optimise")
    wait_for(lambda: metric(browser, "Evaluations"), "the live view")
    wait_for(lambda: note(browser, "Reduction") == "by the solver" and plots(browser) == 5, "the verified optimum")
    start, verified = float(metric(browser, "Start")), float(metric(browser, "Verified"))
    assert verified < 0.9 * start
    press(browser, ".csv")
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
    press(browser, "Optimise")
    wait_for(lambda: metric(browser, "Best") not in ("", "–"), "the first evaluation")
    press(browser, "Stop")
    press(browser, "Skip")
    wait_for(lambda: note(browser, "Verified") == "not verified", "the end of the job")
    assert "Stopped on request" in browser.page_source
    assert complaints(browser) == []
