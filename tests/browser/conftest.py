"""One Chromium for all tests of the page in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM, DRIVER, FLAGS, drawing, wait_for
from selenium import webdriver
from selenium.webdriver.chrome.service import Service


@pytest.fixture(scope="session")
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
