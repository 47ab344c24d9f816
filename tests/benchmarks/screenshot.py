"""The picture of the README: the section Design in a headless Chromium, at a running `fusiform app`.

    fusiform app --port 8599 --no-browser &
    python tests/benchmarks/screenshot.py http://127.0.0.1:8599 assets/images/app.png [BODY] [REYNOLDS] [dark]

The picture is taken when the flow is refined.
"""

import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from fusiform.app.state.design import Design
from fusiform.app.state.design_link import to_link
from fusiform.solvers import FlowConditions, load_body

SIZE = (1440, 960)
SECONDS, SETTLE = 120.0, 2.0
REFINED = """
return [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
  .some(e => e.shadowRoot?.querySelector('.badge')?.textContent.includes('refined by'))
"""


def main() -> None:
    """Take the picture."""
    url, target = sys.argv[1], Path(sys.argv[2])
    body, reynolds, theme = [*sys.argv[3:], *("teardrop", "40", "light")[len(sys.argv) - 3 :]]
    design = Design.of(load_body(body), FlowConditions(float(reynolds)))
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-background-networking", "hide-scrollbars"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--window-size={SIZE[0]},{SIZE[1]}")
    with webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver")) as driver:
        preference = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", preference)
        driver.get(f"{url}/?{urlencode(to_link(design))}")
        end = time.monotonic() + SECONDS
        while not driver.execute_script(REFINED):
            if time.monotonic() > end:
                raise SystemExit(f"the page did not show the refined flow in {SECONDS:g} s")
            time.sleep(0.2)
        time.sleep(SETTLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        driver.save_screenshot(str(target))


if __name__ == "__main__":
    main()
