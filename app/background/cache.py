"""Thread-safe LRU caches shared by all sessions.

`st.cache_resource` does the same but takes a millisecond to hash each key, which is long beside a network.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

V = TypeVar("V")
T = TypeVar("T")


class LruCache(Generic[V]):
    """A thread-safe LRU cache of `size` values, none of them None; two threads may make the same value at a time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """The value of `key`; None if it is not in the cache."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: V) -> V:
        """Store and return `value`."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value

    def get_or_make(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of `key`, made now unless it is in the cache; an exception of `make` is not stored."""
        known = self.get(key)
        return self.put(key, make()) if known is None else known


class OwnedCache(Generic[T, V]):
    """A `LruCache` of `size` values for each owner, dropped together with the owner; thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._caches: WeakKeyDictionary[T, LruCache[V]] = WeakKeyDictionary()
        self._lock = Lock()

    def get_or_make(self, owner: T, key: Hashable, make: Callable[[], V]) -> V:
        """The value of `key` for `owner`, made now unless it is in the cache."""
        with self._lock:
            cache = self._caches.setdefault(owner, LruCache(self._size))
        return cache.get_or_make(key, make)
