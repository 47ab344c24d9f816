"""Latency of a pull: from the release of a control point to the new drag, field and wall plots.

python tests/benchmarks/app_latency.py

Server: a client of its web socket, from the message of a pull to those of the new drag and of the new flow.
Browser: a headless Chromium, from the release to the frame that shows the new drag, and to the one with the new flow.
First picture: from the moment at which the server answers, with a browser that is open already. Numbers depend on what
else the machine does.
"""

from __future__ import annotations

import cmath
import math
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from page_client import PageClient
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service

CHANGES, POINTS, PIXELS = 20, 16, 14
REST = 1.5
FLAGS = ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "window-size=1440,900")
DRAWING = (
    "const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
    ".map(e => e.shadowRoot?.querySelector('.drawing')).find(Boolean);"
)
WATCH = (
    DRAWING
    + """
    const drag = () => [...document.querySelectorAll('[data-testid=stMetricValue]')][0].innerText;
    window.addEventListener('pointerup', () => {
      const begun = performance.now(), first = drag(), version = root.dataset.version;
      window.seen = {};
      const look = () => {
        if (!window.seen.drag && drag() !== first) window.seen.drag = performance.now() - begun;
        if (!window.seen.flow && root.dataset.version !== version) window.seen.flow = performance.now() - begun;
        if (!window.seen.drag || !window.seen.flow) requestAnimationFrame(look);
      };
      look();
    }, true);
    """
)


def outward(index: int) -> complex:
    """About the outward normal at a control point."""
    return cmath.exp(2j * math.pi * index / POINTS)


def server_times(url: str) -> tuple[list[float], list[float], float]:
    """Milliseconds from the message of a pull to those of the new drag and of the new flow; median bytes of a pull."""
    page = PageClient(url)
    page.wait(page.drawing, "the drawing")
    numbers, flows, sizes = [], [], []
    for index in range(CHANGES):
        page.rest(REST)
        before, first, received = page.drawing(), page.metric("Drag"), page.received
        assert before is not None
        way = 0.06 * outward(index)
        pull = {"index": index % POINTS, "dx": way.real, "dy": way.imag, "version": before["version"]}
        begun = time.perf_counter()
        page.event("drawing", "moved", pull)
        page.wait(lambda first=first: page.metric("Drag") != first, "another drag")  # type: ignore[misc]
        numbers.append(1e3 * (time.perf_counter() - begun))
        page.wait(lambda old=before["version"]: (page.drawing() or {})["version"] != old, "the flow")  # type: ignore[misc]
        flows.append(1e3 * (time.perf_counter() - begun))
        sizes.append(page.received - received)
    assert not page.complaints, page.complaints
    page.close()
    return numbers, flows, float(np.median(sizes))


@contextmanager
def server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of `fusiform app` on a free port, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "fusiform.app", "app", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: answers(url))
            yield url, process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def answers(url: str) -> bool:
    """True once the server answers."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5.0):
            return True
    except urllib.error.URLError:
        return False


def until(condition: Callable[[], Any], seconds: float = 120.0) -> Any:
    """The first true answer of `condition`."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def measured() -> tuple[float, list[float], list[float], tuple[list[float], list[float], float]]:
    """Seconds to the first picture, milliseconds to drag and flow of `CHANGES` drags, and those of the server alone."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    with webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver")) as driver, server() as (url, _):
        begun = time.monotonic()
        driver.get(url)
        until(lambda: driver.execute_script(DRAWING + "return root?.dataset.version"))
        first = time.monotonic() - begun
        time.sleep(2.0 * REST)
        driver.execute_script(WATCH)
        seen = [drag(driver, index % POINTS) for index in range(CHANGES)]
        driver.get("about:blank")
        alone = server_times(url)
    return first, [found["drag"] for found in seen], [found["flow"] for found in seen], alone


def drag(driver: webdriver.Chrome, index: int) -> dict[str, float]:
    """Pull a control point out by 14 pixels; what the page saw."""
    x, y = driver.execute_script(
        DRAWING + "const box = root.querySelectorAll('[data-index] .dot')[arguments[0]].getBoundingClientRect();"
        "return [box.x + box.width / 2, box.y + box.height / 2]",
        index,
    )
    chain = ActionChains(driver, duration=10)
    pointer = chain.w3c_actions.pointer_action
    pointer.move_to_location(round(x), round(y))
    pointer.pointer_down()
    way = PIXELS * outward(index)
    pointer.move_to_location(round(x + way.real), round(y - way.imag))
    pointer.pointer_up()
    chain.perform()
    seen: dict[str, float] = until(
        lambda: driver.execute_script("return window.seen?.drag && window.seen?.flow && window.seen")
    )
    time.sleep(REST)
    return seen


def row(name: str, values: list[float], target: str) -> None:
    """A line of the table."""
    low, middle, high = np.percentile(values, [10, 50, 90])
    print(f"| {name} | {middle:.0f} | {low:.0f} to {high:.0f} | {target} |")


def main() -> None:
    """Print the table."""
    first, drag_seen, flow_seen, (numbers, flows, size) = measured()
    print("| ms | median | 10 % to 90 % | target |\n|---|---|---|---|")
    row("server, pull to drag", numbers, "150")
    row("server, pull to flow", flows, "150")
    row("browser, release to drag", drag_seen, "400")
    row("browser, release to flow", flow_seen, "400")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\nFirst picture after {first:.1f} s (target: 5 s). A pull brings {size / 1e3:.0f} kB. Load {load}.")


if __name__ == "__main__":
    main()
