"""The picture of the README: the design page in a headless Chromium, at a running `fusiform app`.

    fusiform app --port 8599 --no-browser &
    python tests/benchmarks/screenshot.py http://127.0.0.1:8599 assets/images/app.png

The app optimises the body that it opens with before the picture is taken.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

SIZE = (1400, 1000)
SECONDS, SETTLE = 120, 6


def main() -> None:
    """Take the picture."""
    url, target = sys.argv[1], Path(sys.argv[2])
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-background-networking", "hide-scrollbars"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--window-size={SIZE[0]},{SIZE[1]}")
    with webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver")) as driver:
        driver.get(url)
        plots = ".js-plotly-plot .cartesianlayer .subplot"
        _wait_until(lambda: len(driver.find_elements(By.CSS_SELECTOR, plots)) >= 3, "the plots")
        _button(driver, "Optimise").click()
        time.sleep(SETTLE)
        _wait_until(lambda: _button(driver, "Optimise").is_enabled(), "the verified optimum")
        time.sleep(SETTLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        driver.save_screenshot(str(target))


def _button(driver: webdriver.Chrome, label: str) -> WebElement:
    return next(b for b in driver.find_elements(By.TAG_NAME, "button") if b.text.strip().startswith(label))


def _wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"the page did not show {what} in {SECONDS} s")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
