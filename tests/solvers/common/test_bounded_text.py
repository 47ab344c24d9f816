"""JSON and TOML are refused before they cost time, memory or the stack; what is read can be printed and converted."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusiform.solvers.common.bounded_text import DEEPEST, parse_json, parse_toml, read_bytes

JSON = {
    b"[" * 100_000 + b"]" * 100_000: "nested more than 40 levels",
    b'{"a":' * 100_000: "nested more than 40 levels",
    b"1" + b"0" * 400: "a number of more than 300 digits",
    b"-1" + b"0" * 400: "a number of more than 300 digits",
    b"1." + b"0" * 1_000_000: "a number of more than 300 digits",
    b'{"a": NaN}': "the number NaN, which is not finite",
    b"[-Infinity]": "the number -Infinity, which is not finite",
    b"1e999": "the number 1e999, which is not finite",
    b'{"a": 1, "a": 2}': "the key 'a' twice",
    b'"\\ud800"': "surrogates not allowed",
    b"": "Expecting value",
    b"\xff": "codec can't decode",
    b" " * 101: "larger than 0.0001 MB",
}
TOML = {
    b"a = " + b"[" * 50_000: "nested more than 40 levels",
    b"a = " + b"{a=" * 50_000: "nested more than 40 levels",
    b".".join([b"a"] * 50_000) + b" = 1": "a key of more than 40 parts",
    b'"a".' * 40_000 + b"a = 1": "a key of more than 40 parts",
    b"[" + b" . ".join([b"a"] * 50_000) + b"]": "a key of more than 40 parts",
    b"a = 1" + b"0" * 400: "a number of more than 300 digits",
    b"a = 0x" + b"f" * 400: "a number of more than 300 digits",
    b'a = """' + b"\\" * 199_000: "Unterminated|Expected",
    b"a = '''" + b"''" * 90_000: "Expected",
    b"a = 1\na = 2": "overwrite",
    b"\xff": "codec can't decode",
    b" " * 200_001: "larger than 0.2 MB",
}


@pytest.mark.parametrize(("content", "reason"), JSON.items(), ids=range(len(JSON)))
def test_json_beyond_the_bounds_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_json(content, 100) if "0.0001" in reason else parse_json(content)


@pytest.mark.parametrize(("content", "reason"), TOML.items(), ids=range(len(TOML)))
def test_toml_beyond_the_bounds_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_toml(content)


TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_every_json_value_is_read_as_it_was_written(value: object, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.text(alphabet="ab.[]{}='\"\\#\n 1,x", max_size=60))
def test_toml_is_read_as_tomllib_reads_it(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except ValueError:
        expected = None
    try:
        found = parse_toml(text.encode())
    except ValueError:
        found = None
    assert found == expected


def test_brackets_in_strings_and_comments_are_no_nesting() -> None:
    brackets = "[{" * DEEPEST
    assert parse_json(json.dumps([brackets, f'"\\{brackets}']).encode()) == [brackets, f'"\\{brackets}']
    lines = (
        f"a = '{brackets}'",
        f'b = "\\"{brackets}"',
        f"c = '''\n'{brackets}'''",
        f'd = """{brackets}\\""""  # {brackets}',
    )
    assert parse_toml("\n".join(lines).encode()) == {
        "a": brackets,
        "b": f'"{brackets}',
        "c": f"'{brackets}",
        "d": f'{brackets}"',
    }
    assert parse_toml(b"\xef\xbb\xbfa = 1") == {"a": 1}


def test_no_more_of_a_file_is_read_than_the_bound(tmp_path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert read_bytes(path, 10) == b"x" * 10
    with pytest.raises(ValueError, match="larger than"):
        read_bytes(path, 9)
