"""Answers that are remembered, so that the same question is asked once. Shared by all sessions and threads.

`st.cache_resource` does the same but takes a millisecond to name each question, which is long beside a network.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

V = TypeVar("V")
T = TypeVar("T")


class Memory(Generic[V]):
    """The `size` values that were used last. What raises is not remembered; two threads may make the same value."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """The value of `key`, if it is known."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: V) -> V:
        """Remember and return `value`."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value

    def ask(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of `key`, made now unless it is known."""
        known = self.get(key)
        return self.put(key, make()) if known is None else known


class Attached(Generic[T, V]):
    """Values that belong to an object and are forgotten with it, `size` of them for each object."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._memories: WeakKeyDictionary[T, Memory[V]] = WeakKeyDictionary()

    def ask(self, owner: T, key: Hashable, make: Callable[[], V]) -> V:
        """The value of `key` for `owner`, made now unless it is known."""
        return self._memories.setdefault(owner, Memory(self._size)).ask(key, make)
