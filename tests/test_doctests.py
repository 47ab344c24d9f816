"""Every example in a docstring runs, as it stands there; every public name has one, and a line for each parameter.

Examples start from nothing, as when pasted into a fresh interpreter: they import what they use. Threads: see conftest.
(`pytest --doctest-modules` would import the checkout's files a second time, under the name of its folder.)
"""

from __future__ import annotations

import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

PACKAGES = ("fusiform.solvers", "fusiform.surrogates", "fusiform.app")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
UNDOCUMENTED = ("fusiform.solvers.flow",)  # a face for the other wings, not for users


def paths() -> dict[str, Path]:
    """Name and file of each module of the three packages and of `fusiform` itself; imports the packages alone."""
    found = {"fusiform": Path(importlib.import_module("fusiform").__file__ or "")}
    for package in PACKAGES:
        root = importlib.import_module(package)
        found[package] = Path(root.__file__ or "")
        for module in pkgutil.walk_packages(root.__path__, package + "."):
            spec = module.module_finder.find_spec(module.name, None)  # type: ignore[call-arg]
            found[module.name] = Path(spec.origin)  # type: ignore[union-attr, arg-type]
    return found


PATHS = paths()
FACES = [name for name, path in PATHS.items() if path.with_suffix(".pyi").exists() and name not in UNDOCUMENTED]


def examples(thing: object, name: str, module: object = None) -> list[doctest.DocTest]:
    """The docstrings below `thing` that hold examples, in the order of their lines."""
    found = doctest.DocTestFinder(exclude_empty=True).find(thing, name, module, globs={})  # type: ignore[arg-type]
    return sorted(test for test in found if test.examples)


def public() -> dict[str, object]:
    """The functions and classes that the faces offer."""
    things = {name: getattr(importlib.import_module(face), name) for face in FACES for name in all_of(face)}
    return {name: thing for name, thing in things.items() if inspect.isfunction(thing) or inspect.isclass(thing)}


def all_of(face: str) -> list[str]:
    return list(importlib.import_module(face).__all__)


@pytest.mark.parametrize("name", [name for name, path in PATHS.items() if ">>> " in path.read_text()])
def test_examples_give_what_they_say(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    found = examples(module, name, module)
    assert found
    report: list[str] = []
    for test in found:
        doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)


def test_every_public_name_has_an_example() -> None:
    missing = {name for name, thing in public().items() if not examples(thing, name)}
    assert not missing


def described(thing: object) -> set[str]:
    """The names in the sections Parameters and Attributes of a docstring: `one, another : their type`."""
    sections = re.split(r"^(\w[\w ]*)\n-+\n", inspect.getdoc(thing) or "", flags=re.MULTILINE)
    texts = [
        text for title, text in zip(sections[1::2], sections[2::2], strict=True) if title[:5] in ("Param", "Attri")
    ]
    heads = [line.split(" : ")[0] for text in texts for line in text.splitlines() if line and not line[0].isspace()]
    return {name.strip(" *") for head in heads for name in head.split(",")}


def test_every_parameter_of_a_public_function_and_field_of_a_public_class_is_described() -> None:
    missing = {}
    for name, thing in public().items():
        if inspect.isfunction(thing):
            expected = set(inspect.signature(thing).parameters)
        else:
            fields = dataclasses.fields(thing) if dataclasses.is_dataclass(thing) else ()
            expected = {field.name for field in fields if not field.name.startswith("_")}
        missing[name] = expected - described(thing)
    assert {name: names for name, names in missing.items() if names} == {}


def test_an_example_that_says_something_else_fails() -> None:
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    report: list[str] = []
    assert doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=report.append).failed == 1
    assert "Expected:\n    3\nGot:\n    2" in "".join(report)
