"""The points in the text of an airfoil .dat (Selig or Lednicer) or a .csv file.

UTF-8; two numbers x, y on a line, separated by spaces, tabs, commas or semicolons (with semicolons, decimal commas are
understood), `#` comments, blank lines, one optional title or header line.
"""

from __future__ import annotations

from fusiform.solvers.common.errors import InputError, require

Row = tuple[float, float]


def read_points(content: str | bytes, *, lednicer: bool) -> list[Row]:
    """All points in order.

    With `lednicer`, a file that begins with two counts holds the upper and the lower surface, each from the leading
    edge; they are joined to one loop. `InputError` for content that is not UTF-8 text, and for a line that does not
    hold exactly two numbers.
    """
    rows = _rows(_text(content))
    return _lednicer_loop(rows) if lednicer and _is_lednicer(rows) else rows


def is_numbers(line: str) -> bool:
    """True if a line would be read as numbers, and so cannot be a title."""
    return _numbers(line) is not None


def _text(content: str | bytes) -> str:
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise InputError(
            f"expected text in UTF-8, got byte 0x{error.object[error.start]:02x} at position {error.start}; "
            "save the outline as plain UTF-8 text"
        ) from error
    require("\0" not in text, "expected plain text, got binary data; save the outline as text with x, y on each line")
    return text


def _fields(line: str) -> list[str]:
    if ";" in line:
        line = line.replace(",", ".").replace(";", ",")
    fields = [field.strip() for field in (line.split(",") if "," in line else line.split())]
    while fields and not fields[-1]:
        fields.pop()
    return fields


def _numbers(line: str) -> list[float] | None:
    """The numbers on a line; None if it holds anything else."""
    try:
        return [float(field) for field in _fields(line)]
    except ValueError:
        return None


def _rows(text: str) -> list[Row]:
    rows: list[Row] = []
    title_allowed = True
    for number, line in enumerate(text.splitlines(), start=1):
        data = line.split("#", 1)[0].strip()
        if not data:
            continue
        values = _numbers(data)
        if values is None and title_allowed:
            title_allowed = False
            continue
        title_allowed = False
        if values is None:
            raise InputError(f"expected two numbers x, y, got {data[:40]!r} in line {number}; correct that line")
        if len(values) != 2:
            raise InputError(
                f"expected two numbers x, y on each line, got {len(values)} in line {number}; keep only x and y"
            )
        rows.append((values[0], values[1]))
    return rows


def _is_lednicer(rows: list[Row]) -> bool:
    """True if the first row holds two counts: integers ≥ 2 that add up, or that precede unit-chord points."""
    if len(rows) < 2 or not all(value >= 2.0 and value.is_integer() for value in rows[0]):
        return False
    return sum(rows[0]) == len(rows) - 1 or max(abs(value) for row in rows[1:] for value in row) <= 1.5


def _lednicer_loop(rows: list[Row]) -> list[Row]:
    upper, lower = int(rows[0][0]), int(rows[0][1])
    require(
        upper + lower == len(rows) - 1,
        f"expected {upper} + {lower} points after the counts of a Lednicer file, got {len(rows) - 1}; "
        "correct the counts or restore the missing lines",
    )
    return rows[upper:0:-1] + rows[upper + 1 :]
