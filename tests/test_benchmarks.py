"""Benchmarks are not part of the suite; here each is imported, and every name that it takes from the package exists."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "benchmarks"
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py"))
SHARED = {"page_client", "reference_flows"} | {  # parts of scripts
    f"finite_element_{part}" for part in ("flow", "gradient", "meshes", "revolution", "start")
}
OPTIONAL = {"netgen", "ngsolve"}  # of the extra `benchmark`
IMPORT_ALL = """
import importlib, json, sys
import torch  # before NGSolve, see finite_elements.py
failures = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        failures[name] = [error.name, str(error)]
    except Exception as error:
        failures[name] = ["", repr(error)]
print(json.dumps(failures))
"""


@pytest.fixture(scope="module")
def failures() -> dict[str, tuple[str, str]]:
    """For scripts that cannot be imported: the absent module, if it is one, and a sentence. One process for all."""
    command = [sys.executable, "-c", IMPORT_ALL, *SCRIPTS]
    done = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_benchmark_can_be_imported(script: str, failures: dict[str, tuple[str, str]]) -> None:
    absent, sentence = failures.get(script, ("", ""))
    if absent in OPTIONAL:
        pytest.skip(f"{absent} is not installed")
    assert not sentence


def taken(script: str) -> Iterator[tuple[str, str]]:
    """Module and name of each `from fusiform... import ...`, inside functions too."""
    for node in ast.walk(ast.parse((FOLDER / f"{script}.py").read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "fusiform":
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_benchmark_takes_from_the_package_exists(script: str) -> None:
    absent = {f"{module}.{name}" for module, name in taken(script) if not exists(module, name)}
    assert absent == set()


def exists(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return False


def test_every_benchmark_is_in_the_table() -> None:
    table = (FOLDER / "README.md").read_text()
    listed = {line.split("`")[1].removesuffix(".py") for line in table.splitlines() if line.startswith("| `")}
    assert listed == set(SCRIPTS) - SHARED


def test_the_shipped_table_of_methods_is_that_of_the_shipped_numbers() -> None:
    training_methods = importlib.import_module("training_methods")
    folder = FOLDER.parent.parent / training_methods.ASSETS
    measured = json.loads((folder / "methods.json").read_text())
    assert training_methods.table(measured) + "\n" == (folder / "methods.md").read_text()
    labels = {row["label"]: row["method"] for row in measured["methods"].values()}
    assert labels == {name: method.kind for name, method in training_methods.METHODS.items()}
