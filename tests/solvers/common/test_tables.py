"""Tables become dataclasses by their type hints, and every mistake is named in one sentence."""

import enum
import math
from dataclasses import dataclass, field
from typing import Literal

import pytest

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.common.tables import from_table, read_json, read_toml


class Side(enum.Enum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Inner:
    size: float


@dataclass(frozen=True)
class Outer:
    count: int
    rate: float = 0.5
    name: str = "none"
    fast: bool = False
    limit: float | None = None
    label: int | str = 0
    kind: Literal["a", "b"] = "a"
    side: Side = Side.LEFT
    steps: tuple[int, ...] = ()
    inner: Inner = field(default_factory=lambda: Inner(1.0))


def test_every_type_is_read():
    values = {
        "count": 3,
        "rate": 2,
        "name": "x",
        "fast": True,
        "limit": None,
        "label": "y",
        "kind": "b",
        "side": "right",
        "steps": [1, 2],
        "inner": {"size": 4},
    }
    assert from_table(Outer, values, "it") == Outer(3, 2.0, "x", True, None, "y", "b", Side.RIGHT, (1, 2), Inner(4.0))
    assert from_table(Outer, {"count": 1}, "it") == Outer(1)
    assert isinstance(from_table(Outer, {"count": 1, "rate": 2}, "it").rate, float)
    assert from_table(Outer, {"count": 1, "inner": Inner(2.0), "side": Side.RIGHT}, "it").inner.size == 2.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cuont": 1}, r"in it, got cuont; did you mean count\?"),
        ({"zzz": 1}, "got zzz; check the spelling"),
        ({"count": 1.5}, "expected count of it to be a whole number, got 1.5"),
        ({"count": True}, "to be a whole number, got True"),
        ({"count": 10**16}, "to be a whole number"),
        ({"rate": "fast"}, "expected rate of it to be a number, got 'fast'"),
        ({"rate": False}, "to be a number, got False"),
        ({"rate": math.nan}, "to be a number, got nan"),
        ({"rate": 10**400}, "to be a number"),
        ({"name": 3}, "to be a text"),
        ({"fast": 1}, "to be true or false"),
        ({"limit": "none"}, "expected limit of it to be a number"),
        ({"label": 1.5}, "expected label of it to be a text"),
        ({"kind": "c"}, "to be one of a, b"),
        ({"side": "top"}, "to be one of left, right"),
        ({"steps": 3}, "to be a list, each entry a whole number"),
        ({"steps": [1, "two"]}, "expected steps of it to be a whole number, got 'two'"),
        ({"inner": 3}, "expected a table for inner of it, got 3"),
        ({"inner": {}}, "expected inner of it with size, got none of size"),
    ],
)
def test_mistakes_are_one_sentence(change, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        from_table(Outer, {"count": 1, **change}, "it")
    assert "\n" not in str(caught.value)


def test_missing_keys_and_other_things_than_tables_are_refused():
    with pytest.raises(InputError, match="got none of count; add what is missing"):
        from_table(Outer, {}, "it")
    with pytest.raises(InputError, match=r"expected a table for it, got \[1\]"):
        from_table(Outer, [1], "it")


def test_unreadable_files_are_one_sentence(tmp_path):
    path = tmp_path / "file"
    for read in (read_toml, read_json):
        with pytest.raises(InputError, match=r"expected a readable recipe, got file \(No such file.*\); see it"):
            read(path, "recipe", "see it")
    for content in (b"a = [", b"\xff\xfe", b"[" * 100_000):
        path.write_bytes(content)
        for read in (read_toml, read_json):
            with pytest.raises(InputError, match="expected a readable") as caught:
                read(path)
            assert "\n" not in str(caught.value)
    path.write_text("a = 3")
    assert read_toml(path) == {"a": 3}
    path.write_text('{"a": 3}')
    assert read_json(path) == {"a": 3}
