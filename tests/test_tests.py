"""The tests lie in folders like the packages, and only those of a browser need one."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
SHARED = [ROOT / folder for folder in SETTINGS["pythonpath"]]
OWN_FOLDERS = ("browser", "benchmarks")
BROWSERLESS = [
    path.relative_to(HERE).as_posix()
    for path in sorted(HERE.rglob("*.py"))
    if path.relative_to(HERE).parts[0] not in OWN_FOLDERS
]


def imported(path: Path) -> set[str]:
    """The top names of all imports of a file, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


def needed(path: Path, known: set[Path]) -> set[str]:
    """The modules that a file imports, directly or through the modules that tests share."""
    known.add(path)
    names = imported(path)
    shared = {folder / f"{name}.py" for folder in SHARED for name in names}
    return names.union(*(needed(other, known) for other in shared if other.is_file() and other not in known))


@pytest.mark.parametrize("path", BROWSERLESS)
def test_no_other_test_imports_selenium(path: str) -> None:
    assert not needed(HERE / path, set()) & {"selenium", "browsing"}


def test_browser_tests_would_be_noticed() -> None:
    assert all("selenium" in needed(path, set()) for path in (HERE / "browser").glob("test_*.py"))


def test_folders_of_tests_are_folders_of_packages() -> None:
    folders = {path.parent.relative_to(HERE) for path in HERE.rglob("test_*.py")}
    assert {folder for folder in folders if folder.name not in OWN_FOLDERS and not (ROOT / folder).is_dir()} == set()
