"""The values that the page has written into its controls, to tell a choice of the user from a repeated old value.

Each request carries the values of all controls. One that left the browser before the page's last changes reached it,
from a timer or from a second quick click, carries old values, and Streamlit takes them for a choice of the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ECHO_SECONDS = 5.0
KEPT = 6


@dataclass(frozen=True)
class Echoes:
    """By control: the value that it shows, and those that it showed before, with the time at which each was replaced.

    A control that the user has moved is known in the browser from then on: earlier values are no echoes any more.
    """

    shown: Mapping[str, object] = field(default_factory=dict)
    earlier: Mapping[str, tuple[tuple[object, float], ...]] = field(default_factory=dict)

    def with_shown(self, key: str, value: object, now: float) -> Echoes:
        """The page shows `value` in the control `key` from the time `now` on."""
        if key in self.shown and self.shown[key] == value:
            return self
        earlier = dict(self.earlier)
        if key in self.shown:
            earlier[key] = (*earlier.get(key, ()), (self.shown[key], now))[-KEPT:]
        return Echoes({**self.shown, key: value}, earlier)

    def is_echo(self, key: str, value: object, now: float) -> bool:
        """True if the control shows `value`, or showed it a moment ago."""
        before = [old for old, replaced in self.earlier.get(key, ()) if now - replaced < ECHO_SECONDS]
        return value in before or (key in self.shown and self.shown[key] == value)

    def chosen(self, key: str, value: object) -> Echoes:
        """The user chose `value`."""
        earlier = {name: values for name, values in self.earlier.items() if name != key}
        return replace(self, shown={**self.shown, key: value}, earlier=earlier)
