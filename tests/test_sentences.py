"""Every sentence about bad input has the expected input, the actual one, and the remedy."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SENTENCE = re.compile(r"expected .+, got .+[;:] .+")


def text_of(node: ast.expr) -> str | None:
    """The text of a string, with {…} for each value in it; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values)
    return None


def sentences() -> Iterator[tuple[str, str]]:
    """(place, sentence) of each `InputError(...)` and `require(..., ...)` whose text stands in the call."""
    for path in (path for folder in ("app", "solvers", "surrogates") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                place = {"InputError": 0, "require": 1}.get(node.func.id)
                if place is not None and len(node.args) > place and (text := text_of(node.args[place])) is not None:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def test_sentences_name_the_expected_input_the_actual_one_and_the_remedy() -> None:
    found = list(sentences())
    assert len(found) > 100
    assert [(place, text) for place, text in found if not SENTENCE.fullmatch(text)] == []


def test_sentences_are_one() -> None:
    assert [(place, text) for place, text in sentences() if re.search(r"\w\w\. [A-Z]|\.$|\n", text)] == []
