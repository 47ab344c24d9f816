"""Problem and project files that are damaged or hostile end in one sentence, or in a valid problem."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusiform.solvers import InputError
from fusiform.solvers.inverse import problem_from
from fusiform.solvers.inverse.problem.problem_file import read_problem
from fusiform.solvers.inverse.problem.project_reader import MOST_BYTES, parse_project

EXAMPLES = sorted(Path(str(files("fusiform.assets").joinpath("problems"))).glob("*.toml"))
TEXTS = [path.read_text() for path in EXAMPLES]
FOLDER = EXAMPLES[0].parent
CIRCLE = 'body = "circle"\nreynolds = 10\n'
OF_A_CIRCLE = {"name": "circle", "reference_length": 1.0, "coefficients": [[0.0, 0.0]]}
LIMIT = f'{CIRCLE}[[constraints]]\ntype = "max_length"\nvalue = '


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = " + b"[" * 100_000, "levels deep"),
        (b".".join([b"a"] * 50_000) + b" = 1", "parts"),
        (f"{CIRCLE}[options]\nseed = 1{'0' * 400}".encode(), "digits"),
        (f"{CIRCLE}[options]\nseed = 0x1{'0' * 200}".encode(), "seed of options to be a whole number"),
        (f"{LIMIT}1{'0' * 250}".encode(), "value of max_length to be a number"),
        (f"{LIMIT}inf".encode(), "value of max_length to be a number"),
        (f"{LIMIT}1e300".encode(), "a length between 1e-100 and 1e\\+100"),
        (f"{LIMIT}1e-300".encode(), "a length between 1e-100 and 1e\\+100"),
        (f"{LIMIT}-1".encode(), r"expected a positive length, got -1; give a length \(constraint 1\)"),
        (f"{CIRCLE}[options]\ntimeout = 1e300".encode(), "correct timeout"),
        (f"{CIRCLE}[options]\nstarts = 1000000".encode(), "correct starts"),
        (f"{CIRCLE}# {'x' * 300_000}".encode(), "larger than"),
        (b"body = \xff\xfe", "utf-8"),
        (b"\0", "cannot be read"),
        (CIRCLE.encode() + CIRCLE.encode(), "cannot be read"),
        (b'body = "circle"\n' + b"[[points]]\nreynolds = 1\n" * 101, "at most 100"),
        (CIRCLE.encode() + b'[[constraints]]\ntype = "symmetry"\n' * 201, "at most 200"),
        (b'body = "circle"\n[[points]]\nreynolds = 1\n[[points]]\nreynolds = 1e9', r"\(point 2\)"),
        (b'body = "a\\u0000b"\nreynolds = 1', "expected"),
        (b'body = "' + b"b" * 5000 + b'"\nreynolds = 1', "expected"),
        (f"{CIRCLE}{'k' * 5000} = 1".encode(), r"check the spelling"),
        (f'{CIRCLE}[[constraints]]\ntype = "function: mine"\nvalue = 1'.encode(), "got value"),
        (CIRCLE.encode() + b'objective = {type = "drag", x = 1}', "expected no numbers for drag, got x; leave"),
    ],
)
def test_a_hostile_problem_file_is_refused_in_a_short_sentence(tmp_path, content, words):
    (tmp_path / "problem.toml").write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_problem(tmp_path / "problem.toml")
    assert str(caught.value).startswith("expected")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**OF_A_CIRCLE, "coefficients": "12"}, "coefficients of a body to be a list"),
        ({**OF_A_CIRCLE, "coefficients": [["1", "2"]]}, "to be a number"),
        ({**OF_A_CIRCLE, "coefficients": [[0.1, 0.2, 0.3]]}, "two numbers"),
        ({**OF_A_CIRCLE, "coefficients": [[0.0, 0.0]] * 65}, "1 to 64 modes"),
        ({**OF_A_CIRCLE, "coefficients": [[2.0, 0.0]]}, "does not cross itself"),
        ({**OF_A_CIRCLE, "origin": [0.0]}, "two numbers"),
        ({**OF_A_CIRCLE, "fit_error": -1.0}, "fit error of 0 or more"),
        ({**OF_A_CIRCLE, "reference_length": 10**400}, "digits"),
        ({**OF_A_CIRCLE, "reference_length": 1e101}, "reference length between"),
        ({**OF_A_CIRCLE, "name": None}, "name of a body to be a text"),
        ({**OF_A_CIRCLE, "given_outline": [[0.0], [1.0]]}, "two numbers"),
        ({**OF_A_CIRCLE, "given_outline": [[0.0, "x"]]}, "to be a number"),
        ({**OF_A_CIRCLE, "colour": "red"}, "got colour"),
        ([1, 2], "expected a body as a name"),
    ],
)
def test_a_damaged_body_is_refused_in_a_sentence(body, words):
    content = json.dumps({"problem": {"body": body, "reynolds": 10}}).encode()
    with pytest.raises(InputError, match=words):
        problem_from(parse_project(content, "x.json")["problem"], FOLDER)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"problem": {}, "problem": {}}', "twice"),
        (b'{"format": true, "problem": {}, "result": {}}', "format 1, got True"),
        (b'{"format": 1.0, "problem": {}, "result": {}}', "format 1, got 1"),
        (b'{"problem": {"body": "\\ud800"}}', "cannot be read"),
        (b'{"problem": {"reynolds": NaN}}', "not finite"),
        (b'{"problem": ' + b"[" * 100_000, "levels deep"),
        (b" " * (MOST_BYTES + 1), "larger than"),
    ],
)
def test_a_hostile_project_file_is_refused_in_a_sentence(content, words):
    with pytest.raises(InputError, match=words):
        parse_project(content, "x.json")


def test_a_byte_order_mark_is_no_damage(tmp_path):
    (tmp_path / "problem.toml").write_bytes(b"\xef\xbb\xbf" + CIRCLE.encode())
    assert read_problem(tmp_path / "problem.toml").points[0].conditions.reynolds == 10.0


def test_a_larger_file_than_any_project_is_refused_before_it_is_read_whole(tmp_path):
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(10**11)  # a hole, larger than the memory
    with pytest.raises(InputError, match="larger than"):
        read_problem(tmp_path / "huge.json")


def problem_or_sentence(content: bytes, name: str) -> None:
    """Read as `fusiform optimize` does; anything else than a problem or one sentence fails the test."""
    problem, sentence = None, "expected"
    try:
        problem = problem_from(parse_project(content, name)["problem"], FOLDER)
    except InputError as error:
        sentence = str(error)
    assert sentence.startswith("expected")
    assert len(sentence) < 2000
    if problem is not None:
        again = problem_from(json.loads(json.dumps(problem.to_dict())), FOLDER)
        assert again.to_dict() == problem.to_dict()


ODD = st.sampled_from(
    [None, True, False, 0, -1, 10**15, 10**30, 1e-320, 1e308, "", "text", "circle", [], {}, [[]], [None], {"type": 1}]
)
MUTATED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MUTATED
@given(st.sampled_from(TEXTS), st.integers(0, 10**6), st.characters(codec="utf-8") | st.sampled_from('"[]{}=.#\n\\'))
def test_a_problem_file_with_a_wrong_character_is_refused_or_read(text, place, character):
    place %= len(text)
    problem_or_sentence((text[:place] + character + text[place + 1 :]).encode(), "x.toml")


@MUTATED
@given(st.sampled_from(TEXTS), st.integers(0, 200), st.integers(0, 200), st.booleans())
def test_a_problem_file_whose_lines_are_lost_or_moved_is_refused_or_read(text, first, second, lost):
    lines = text.splitlines(keepends=True)
    line = lines.pop(first % len(lines))
    if not lost:
        lines.insert(second % (len(lines) + 1), line)
    problem_or_sentence("".join(lines).encode(), "x.toml")


@MUTATED
@given(st.sampled_from(TEXTS), st.integers(0, 10**6))
def test_a_problem_file_that_is_cut_is_refused_or_read(text, place):
    problem_or_sentence(text.encode()[: place % len(text)], "x.toml")


@MUTATED
@given(st.sampled_from(TEXTS), st.data())
def test_a_problem_with_a_wrong_value_is_refused_or_read(text, data):
    values = tomllib.loads(text)
    table = values
    while True:
        key = data.draw(st.sampled_from(list(table) if isinstance(table, dict) else list(range(len(table)))))
        if not (isinstance(table[key], dict | list) and table[key] and data.draw(st.booleans())):
            break
        table = table[key]
    table[key] = data.draw(ODD | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30))
    problem_or_sentence(json.dumps({"problem": values}).encode(), "x.json")
