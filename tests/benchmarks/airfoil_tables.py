"""Public airfoil tables: the share that is read, the reasons of refusals, and areas against an independent reading.

    python tests/benchmarks/airfoil_tables.py FOLDER

FOLDER holds .dat files at any depth, such as the UIUC collection in the wheel of AeroSandbox (`pip download --no-deps
aerosandbox`, unzipped). The independent area is that of the polygon, by shapely, through all lines that have two
numbers, in the order of the file or with the lines before the longest jump turned.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from shapely import Polygon

from fusiform.solvers import InputError
from fusiform.solvers.geometry import read_outline
from fusiform.solvers.geometry.polygons import signed_area

LARGEST_DEVIATION = 0.02
NUMBERS = re.compile(r"^\s*([-+.\deE]+)[\s,;]+([-+.\deE]+)(?:[\s,;][^A-Za-z]*)?$")


def areas(path: Path) -> list[float]:
    """The areas of the polygon in the order of the file, and with one surface turned."""
    rows = []
    for line in path.read_text(encoding="latin-1").splitlines():
        try:
            rows.append([float(number) for number in NUMBERS.match(line).groups()])
        except (AttributeError, ValueError):
            continue
    points = np.array(rows)
    if (np.abs(points[0]) > 1.5 * np.abs(points[1:]).max()).any():  # two counts, or a number of the title
        points = points[1:]
    points = points[np.r_[True, (np.diff(points, axis=0) != 0.0).any(axis=1)]]
    jump = int(np.argmax(np.linalg.norm(np.diff(points, axis=0), axis=1))) + 1
    turned = np.concatenate([points[:jump][::-1], points[jump:]])
    return [Polygon(order).area for order in (points, turned)]


def main(folder: Path) -> None:
    files = sorted(folder.rglob("*.dat"))
    refused: dict[str, str] = {}
    apart: list[tuple[str, float, float]] = []
    for path in files:
        try:
            area = signed_area(read_outline(path))
        except InputError as error:
            refused[path.name] = str(error)
            continue
        other = min(areas(path), key=lambda value: abs(value - area))
        if abs(other / area - 1.0) > LARGEST_DEVIATION:
            apart.append((path.name, area, other))
    count = len(files)
    print("| tables | read | refused | areas that deviate by more than 2 % |\n|---|---|---|---|")
    print(f"| {count} | {count - len(refused)} ({1 - len(refused) / count:.2%}) | {len(refused)} | {len(apart)} |")
    print("\n| refused | tables |\n|---|---|")
    for reason, number in Counter(re.sub(r"'.*?'|-?\d[\d.e+-]*", "…", text) for text in refused.values()).most_common():
        print(f"| {reason} | {number} |")
    print("\n| table | refusal |\n|---|---|")
    for name, text in refused.items():
        print(f"| {name} | {text} |")
    print("\n| table | area | independent area |\n|---|---|---|")
    for name, area, other in apart:
        print(f"| {name} | {area:.6g} | {other:.6g} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
