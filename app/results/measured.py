"""The measured tables and texts that ship with Fusiform, read for the section Why, so that no number is typed twice."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

Table = list[dict[str, str]]

TRAINING = Path(str(files("fusiform.assets").joinpath("training")))
DOCS = Path(str(files("fusiform.assets").joinpath("docs")))
THEORY, MEASUREMENTS = DOCS / "surrogates-theory.md", DOCS / "surrogates-measurements.md"


def table(name: str) -> Table:
    """The rows of assets/training/`name`.md, by column."""
    return first_table((TRAINING / f"{name}.md").read_text())


def first_table(text: str) -> Table:
    """The first Markdown table in `text`; no rows without a table. Repeated names of columns are numbered."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    if not lines:
        return []
    header, _, *rows = (_cells(line) for line in lines)
    names = [name if name not in header[:i] else f"{name} ({i + 1})" for i, name in enumerate(header)]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def section(heading: str, page: Path = MEASUREMENTS) -> str:
    """The text below a heading of a Markdown page, up to the next heading of its rank; "" if there is none.

    Without pictures and links within the repository, which lead nowhere in the app, and with small headings.
    """
    text = page.read_text()
    rank = len(heading) - len(heading.lstrip("#"))
    match = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{rank}}} |\Z)", text, re.DOTALL | re.MULTILINE)
    if match is None:
        return ""
    bare = re.sub(r"!\[[^\]]*\]\([^)]*\)\n*", "", match[1])
    bare = re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", bare)
    return re.sub(r"^#{2,5} ", "###### ", bare, flags=re.MULTILINE).strip()


def bullets(text: str) -> list[str]:
    """The items of the lists in `text`, each as one line."""
    items = re.findall(r"^- (.*?)(?=^- |\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return [" ".join(item.split()) for item in items]
