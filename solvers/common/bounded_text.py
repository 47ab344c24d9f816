"""Text of JSON and TOML files within bounds: size, depth of nesting, length of numbers, checked before it is parsed.

A file that anyone may have written cannot take the time, the memory or the stack of a reader, and whatever comes back
can be printed, copied and converted: no NaN or inf in JSON, no half of a surrogate pair, no key twice.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from pathlib import Path
from typing import Any

MOST_JSON, MOST_TOML = 8_000_000, 200_000  # bytes
DEEPEST = 40  # levels of nesting, and parts of a dotted key
LONGEST_NUMBER = 300  # characters: a whole number of more digits overflows where it becomes a float

JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
TOML_STRING_OR_COMMENT = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)' r"|'''.*?(?:'''|\Z)" r'|"(?:[^"\\\n]|\\.)*"?' r"|'[^'\n]*'?" r"|#[^\n]*", re.DOTALL
)
BRACKET = re.compile(r"[\[{\]}]")
DOTTED_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{DEEPEST}}}")
LONG_NUMBER = re.compile(rf"(?<![\w-])\d\w{{{LONGEST_NUMBER}}}")


def read_bytes(path: Path, most: int) -> bytes:
    """The content of a file of at most `most` bytes; `ValueError` with the reason for a larger one, else `OSError`."""
    _require(not path.exists() or path.is_file(), "it is no regular file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    _require_size(content, most)
    return content


def parse_json(content: bytes, most: int = MOST_JSON) -> Any:
    """The value of a JSON text of at most `most` bytes; `ValueError` with the reason for any other content."""
    text = _decoded(content, most)
    _require_shallow(JSON_STRING.sub("", text))
    value = json.loads(
        text,
        parse_int=_whole_number,
        parse_float=_finite_number,
        parse_constant=_finite_number,
        object_pairs_hook=_different_keys,
    )
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # a UnicodeError, which is a ValueError, for half of a pair
    return value


def parse_toml(content: bytes, most: int = MOST_TOML) -> dict[str, Any]:
    """The tables of a TOML text of at most `most` bytes; `ValueError` with the reason for any other content."""
    text = _decoded(content, most)
    bare = TOML_STRING_OR_COMMENT.sub("_", text)
    _require_shallow(bare)
    _require(DOTTED_KEY.search(bare) is None, f"it has a key of more than {DEEPEST} parts")
    _require(LONG_NUMBER.search(bare) is None, f"it has a number of more than {LONGEST_NUMBER} digits")
    return tomllib.loads(text)


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise ValueError(reason)


def _require_size(content: bytes, most: int) -> None:
    _require(len(content) <= most, f"it is larger than {most / 1e6:g} MB")


def _decoded(content: bytes, most: int) -> str:
    _require_size(content, most)
    return content.decode("utf-8-sig")


def _require_shallow(bare: str) -> None:
    """`ValueError` if the brackets of a text without its strings are nested too deep."""
    depth = 0
    for match in BRACKET.finditer(bare):
        depth += 1 if match[0] in "[{" else -1
        _require(depth <= DEEPEST, f"it is nested more than {DEEPEST} levels deep")


def _whole_number(digits: str) -> int:
    _require_short(digits)
    return int(digits)


def _finite_number(text: str) -> float:
    _require_short(text)
    _require(math.isfinite(number := float(text)), f"it has the number {text[:20]}, which is not finite")
    return number


def _require_short(number: str) -> None:
    _require(len(number) <= LONGEST_NUMBER, f"it has a number of more than {LONGEST_NUMBER} digits")


def _different_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        _require(key not in table, f"it has the key {key[:40]!r} twice")
        table[key] = value
    return table
