"""The lines of a table, each parsed once: number in the file, text, and the values where it has only numbers."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from fusiform.solvers.common.errors import InputError, require

MOST_LINES = 50_000  # five for each point that an outline may have, blank lines and comments among them
_NUMBER = re.compile(
    r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eEdD][+-]?\d{1,3})?|nan|inf|infinity)", re.IGNORECASE | re.ASCII
)
_READ_AS = str.maketrans({"\u2212": "-", "\u2013": "-", **dict.fromkeys("()[]{}|", " ")})  # minus signs and brackets
_NO_VALUE = r"(?:N/A|NV|DIV/0!|(?:NAME|NULL|NUM|REF|VALUE|BEZUG|WERT|ZAHL)[?!])(?!\w)"  # after # in a spreadsheet
_COMMENT = re.compile(rf"(?<![^\s,;])(?:#(?!{_NO_VALUE})|!|//|%)")
_ROW_END = re.compile(r"\s*[^;\s]+(?:\s+[^;\s]+)+\s*;\s*")
_QUOTED = re.compile(r'"([^"]*)"|([^",;\s]+)')


class TextLine(NamedTuple):
    """One line: `values` is empty where it holds anything but numbers; `comment` where it begins with a mark."""

    number: int
    text: str
    values: tuple[float, ...] = ()
    comment: bool = False


def decoded(content: str | bytes) -> str:
    """The text of a file: UTF-16 where it begins with that byte order mark, else UTF-8, else Latin-1.

    `InputError` for binary content: NUL characters, or UTF-16 that is cut.
    """
    text = _decoded_bytes(content) if isinstance(content, bytes) else content.removeprefix("\ufeff")
    require("\0" not in text, "expected plain text, got binary data; save the outline as text with x, y on each line")
    return text


def _decoded_bytes(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputError(
                f"expected text in UTF-16 after its mark, got half a character at byte {error.start}; save it as UTF-8"
            ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def text_lines(content: str | bytes) -> list[TextLine]:
    """All lines of the file, blank ones too; `InputError` for far more than an outline has points."""
    lines = re.split(r"\r\n|\r|\n", decoded(content).replace("\x1a", " "))
    require(
        len(lines) <= MOST_LINES,
        f"expected a table of at most {MOST_LINES} lines, got {len(lines)}; keep every second or every tenth point",
    )
    return [parsed_line(number, line) for number, line in enumerate(lines, start=1)]


def parsed_line(number: int, line: str) -> TextLine:
    """A comment begins with #, !, // or %, at the start or apart after numbers; in any other text these are letters.

    #N/A and its like, which spreadsheets write in place of a number, begin no comment.
    """
    line = line.strip()
    mark = _COMMENT.search(line)
    if mark and mark.start() == 0:
        return TextLine(number, line[mark.end() :].strip(" #!%/"), comment=True)
    data = line[: mark.start()].strip() if mark else line
    values = numbers(data)
    return TextLine(number, data.translate(_READ_AS).strip() if values else line, values)


def numbers(text: str) -> tuple[float, ...]:
    """The numbers of which the text consists; none where it holds anything else.

    The exponent may be Fortran's D; brackets and bars count as white space.
    """
    fields = split_fields(text.translate(_READ_AS))
    if not all(_NUMBER.fullmatch(field) for field in fields):
        return ()
    return tuple(float(field.lower().replace("d", "e")) for field in fields)


def split_fields(text: str) -> list[str]:
    """Fields between semicolons, else commas, else white space; empty ones at both ends are left out.

    A semicolon that ends a row of numbers apart, as in Matlab, is left out before.
    Commas are decimal between semicolons, in quotation marks, and in numbers that white space separates.
    """
    if _ROW_END.fullmatch(text):
        text = text.rstrip("; ")
    if '"' in text:
        fields = [(quoted or plain).replace(",", ".") for quoted, plain in _QUOTED.findall(text)]
    elif ";" in text:
        fields = text.replace(",", ".").split(";")
    elif has_decimal_commas(text):
        fields = text.replace(",", ".").split()
    else:
        fields = text.split(",") if "," in text else text.split()
    fields = [field.strip() for field in fields]
    given = [i for i, field in enumerate(fields) if field]
    return fields[given[0] : given[-1] + 1] if given else []


def has_decimal_commas(text: str) -> bool:
    """True for two or more words with at most one comma each, none at an end of a word, as in `1,0 0,5`."""
    words = text.split()
    inside = all(word.count(",") <= 1 and word.strip(",") == word for word in words)
    return len(words) > 1 and "," in text and inside
