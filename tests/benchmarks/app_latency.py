"""How soon the page answers a hand: from the release of a control point to the new drag, field and wall plots.

python tests/benchmarks/app_latency.py

Server: one run of the page after a change, in a thread of this process, as wall time and as CPU time of that thread.
Browser: a headless Chromium, from the release to the frame that shows the new drag, and to the one with the new flow.
First picture: from the moment at which the server answers, with a browser that is open already. Numbers depend on what else the machine does.
"""

from __future__ import annotations

import cmath
import logging
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
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
from streamlit.testing.v1 import AppTest

os.environ["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"  # as the server's own settings say
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


def timed_page() -> None:
    """The page, with what its run took."""
    import time

    import streamlit as st

    from fusiform.app.main import page
    from fusiform.app.views import session

    session.ready()
    wall, cpu = time.perf_counter(), time.thread_time()
    change = st.session_state.pop("change", None)
    if change is not None:
        session.pull(change | {"version": st.session_state.version})
    page()
    st.session_state.took = (time.perf_counter() - wall, time.thread_time() - cpu)


def server_times() -> tuple[list[float], list[float]]:
    """Wall and CPU milliseconds of `CHANGES` pulls."""
    at = AppTest.from_function(timed_page, default_timeout=120).run()
    took = []
    for index in range(CHANGES):
        time.sleep(REST)
        way = 0.06 * outward(index)
        at.session_state["change"] = {"index": index % POINTS, "dx": way.real, "dy": way.imag}
        at.run()
        assert not at.exception, at.exception
        took.append(at.session_state["took"])
    return [1e3 * wall for wall, _ in took], [1e3 * cpu for _, cpu in took]


@contextmanager
def server() -> Iterator[str]:
    """The address of `fusiform app` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "fusiform.app", "app", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: answers(url))
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def answers(url: str) -> bool:
    """Whether the server is up."""
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


def browser_times() -> tuple[float, list[float], list[float]]:
    """Seconds to the first picture, and milliseconds to drag and flow of `CHANGES` drags."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    with webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver")) as driver, server() as url:
        begun = time.monotonic()
        driver.get(url)
        until(lambda: driver.execute_script(DRAWING + "return root?.dataset.version"))
        first = time.monotonic() - begun
        time.sleep(2.0 * REST)
        driver.execute_script(WATCH)
        seen = [drag(driver, index % POINTS) for index in range(CHANGES)]
    return first, [found["drag"] for found in seen], [found["flow"] for found in seen]


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
    logging.disable(logging.WARNING)
    wall, cpu = server_times()
    first, number, flow = browser_times()
    print("| ms | median | 10 % to 90 % | target |\n|---|---|---|---|")
    row("server, a change", wall, "150")
    row("server, its CPU time", cpu, "")
    row("browser, release to drag", number, "400")
    row("browser, release to flow", flow, "400")
    print(f"\nFirst picture after {first:.1f} s (target: 5 s).")


if __name__ == "__main__":
    main()
