"""Faces load nothing: importing one loads no module beyond itself, and each of its names leads somewhere."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUBS = sorted(ROOT.glob("*.pyi")) + sorted(
    path for package in ("solvers", "surrogates", "app") for path in (ROOT / package).rglob("__init__.pyi")
)
FACES = {".".join(("fusiform", *path.parent.relative_to(ROOT).parts)): path for path in STUBS}
WINGS = ("fusiform.solvers.flow", "fusiform.solvers.geometry", "fusiform.solvers.inverse")
TRAINING = sorted(
    ".".join(("fusiform", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in (ROOT / "surrogates" / "training").rglob("*.py")
)


def loaded_by(*modules: str) -> list[str]:
    """Modules of fusiform that a fresh interpreter has loaded after importing `modules`, and torch if it has."""
    code = (
        f"import sys, json, {', '.join(modules)}\n"
        "print(json.dumps([m for m in sys.modules if m == 'torch' or m.split('.')[0] == 'fusiform']))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return sorted(json.loads(found.stdout))


@pytest.mark.parametrize("face", FACES)
def test_importing_a_face_loads_its_parents_and_itself(face: str) -> None:
    parts = face.split(".")
    assert loaded_by(face) == [".".join(parts[: n + 1]) for n in range(len(parts))]


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert importlib.import_module("fusiform").__version__ == project["version"]


@pytest.mark.parametrize("face", FACES)
def test_every_name_of_a_face_leads_somewhere(face: str) -> None:
    module = importlib.import_module(face)
    assert module.__all__
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("face", FACES)
def test_a_stub_lists_its_names_once_in_order_and_imports_exactly_them(face: str) -> None:
    tree = ast.parse(FACES[face].read_text())
    (names,) = (ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign))
    imported = [a.asname or a.name for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names]
    assert sorted(imported) == sorted(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("face", FACES)
def test_no_module_is_called_like_a_name_of_its_face(face: str) -> None:
    """Importing such a module would put it where the name should be."""
    folder = FACES[face].parent
    modules = {path.stem for path in folder.glob("*.py")} | {p.name for p in folder.iterdir() if p.is_dir()}
    assert not modules & set(importlib.import_module(face).__all__)


def test_training_loads_nothing_of_flows() -> None:
    assert len(TRAINING) > 10
    assert [module for module in loaded_by(*TRAINING) if module.startswith(WINGS)] == []
