"""A line of computations: a few run at a time, the others wait for their turn."""

from __future__ import annotations

import threading
from collections.abc import Callable

from fusiform.solvers.common.errors import require

LOOK_SECONDS = 0.5


class Line:
    """At most `most_running` members run and `most_waiting` wait, first come, first served; thread-safe."""

    def __init__(self, most_running: int, most_waiting: int) -> None:
        self.most_running, self.most_waiting = most_running, most_waiting
        self._members: list[object] = []  # those that run, then those that wait, in the order of arrival
        self._moved = threading.Condition()

    def join(self, member: object) -> None:
        """Add `member` at the end; `InputError` if the line is full."""
        with self._moved:
            require(
                len(self._members) < self.most_running + self.most_waiting,
                f"expected at most {self.most_waiting} computations in line on this server, got one more; "
                "try again in a minute",
            )
            self._members.append(member)

    def leave(self, member: object) -> None:
        """Remove `member`, so that the next can run."""
        with self._moved:
            self._members.remove(member)
            self._moved.notify_all()

    def place(self, member: object) -> int:
        """Position of `member` in the line, from 1; 0 if it runs or has left."""
        with self._moved:
            return max(self._members.index(member) + 1 - self.most_running, 0) if member in self._members else 0

    def wait_for_turn(self, member: object, should_stop: Callable[[], bool]) -> bool:
        """Wait until `member` may run; returns False if `should_stop()` became True before."""
        with self._moved:
            while member not in self._members[: self.most_running]:
                if should_stop():
                    return False
                self._moved.wait(LOOK_SECONDS)
        return True

    def wake(self) -> None:
        """Make all waiting members call `should_stop` at once."""
        with self._moved:
            self._moved.notify_all()
