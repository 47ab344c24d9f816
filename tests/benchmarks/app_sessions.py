"""Many users at one server: do they all get their optimum, does nothing fail, does the memory stay flat?

python tests/benchmarks/app_sessions.py [--sessions 10] [--seconds 120]

Each session is a client of the page's web socket (`page_client`). It opens the page, pulls control points and moves
sliders as a user does, presses Optimise, waits in line and for the certified optimum, and goes on designing until the
time is over. Memory is that of the server's process. Exit code 1 where anything failed.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from app_latency import server
from page_client import PageClient

PAUSE = (0.5, 2.0)
PATIENCE = 900.0
GROWTH = 1.25


@dataclass
class User:
    """A session in a thread of its own: what it waited for each edit (ms), its optima, what went wrong, and
    how long (s) its optimum took, the wait in line included."""

    address: str
    seed: int
    until: float
    pulls: list[float] = field(default_factory=list)
    optima: list[str] = field(default_factory=list)
    took: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def live(self) -> None:
        """Use the page until the time is over and there is an optimum."""
        try:
            self._live()
        except Exception as error:  # a benchmark of failures: told at the end, with the seed
            self.complaints.append(f"session {self.seed}: {type(error).__name__}: {error}"[:300])

    def _live(self) -> None:
        dice = random.Random(self.seed)
        page = PageClient(self.address)
        page.wait(page.drawing, "the drawing")
        while time.monotonic() < self.until or not self.optima:
            page.rest(dice.uniform(*PAUSE))
            if page.drawing() is None:
                page.press("view_Design")
                page.wait(page.drawing, "the section Design")
                page.rest(PAUSE[0])
            self._edit(page, dice)
            if not self.optima:
                self._optimise(page)
        self.complaints += [f"session {self.seed}: {text}" for text in page.complaints]
        page.close()

    def _edit(self, page: PageClient, dice: random.Random) -> None:
        before = page.drawing()
        assert before is not None
        if dice.random() < 0.3:
            page.move_slider("fineness", round(dice.uniform(1.0, 2.5), 2))
        else:
            way = dice.uniform(0.01, 0.05)
            index = dice.randrange(16)
            pull = {"index": index, "dx": way * np.cos(np.pi * index / 8), "dy": way * np.sin(np.pi * index / 8)}
            page.event("drawing", "moved", pull | {"version": before["version"]})
        begun = time.perf_counter()
        page.wait(lambda: (page.drawing() or before)["version"] != before["version"], "the edited body")
        self.pulls.append(1e3 * (time.perf_counter() - begun))

    def _optimise(self, page: PageClient) -> None:
        page.wait(lambda: page.can_press("optimise"), "the button Optimise")
        page.press("optimise")
        begun = time.monotonic()
        page.wait(lambda: page.metric("Evaluations"), "the search")
        page.wait(lambda: page.metric("Optimality"), "the optimum", PATIENCE)
        self.optima.append(page.metric("Optimality"))
        self.took = time.monotonic() - begun


def memory(process: int) -> float:
    """Resident memory of a process in MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024.0


def main() -> None:
    """Run the sessions and print what came of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    with server() as (address, process):
        begun = time.monotonic()
        users = [User(address, seed, begun + options.seconds) for seed in range(options.sessions)]
        threads = [threading.Thread(target=user.live) for user in users]
        for thread in threads:
            thread.start()
        used = []
        while any(thread.is_alive() for thread in threads):
            used.append(memory(process.pid))
            time.sleep(1.0)
        lasted = time.monotonic() - begun
        alive = process.poll() is None
    report(users, used, lasted)
    complaints = [text for user in users for text in user.complaints]
    print(*complaints, sep="\n")
    flat = np.median(used[-10:]) < GROWTH * np.median(used[len(used) // 2 : len(used) // 2 + 10])
    sys.exit(not (alive and flat and not complaints and all(user.optima for user in users)))


def report(users: list[User], used: list[float], lasted: float) -> None:
    """Print the table."""
    waits = [wait for user in users for wait in user.pulls]
    low, middle, high = np.percentile(waits, [10, 50, 90])
    took = [user.took for user in users]
    optima = [found for user in users for found in user.optima]
    quarters = [used[round(share * (len(used) - 1))] for share in (0.25, 0.5, 0.75, 1.0)]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print("| sessions | seconds | edits | edit to drawing, ms | optima | optimum after, s | server MB, each quarter |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {len(users)} | {lasted:.0f} | {len(waits)} | {middle:.0f} ({low:.0f} to {high:.0f}) | {len(optima)}, "
        f"{optima.count('certified')} certified | {min(took):.0f} to {max(took):.0f} | "
        f"{', '.join(f'{value:.0f}' for value in quarters)} |\n\nLoad {load}."
    )


if __name__ == "__main__":
    main()
