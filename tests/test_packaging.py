"""The folders and the installed package agree with pyproject.toml."""

import ast
import itertools
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from importlib.resources import files
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ("app", "solvers", "surrogates")
SHIPPED = (*CODE, "assets")
NOT_SHIPPED = {"assets/images"}  # pictures of the READMEs
LARGEST_MODEL_BYTES = 20e6
LARGEST_FILE_LINES = 300
LARGEST_FOLDER_MODULES = 16
DISTRIBUTIONS = {"netgen": "netgen-mesher"}  # of optional modules that need not be installed


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Dotted names of the modules that a file imports absolutely, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return names


def folder_of(package: str, pattern: str) -> Iterator[Path]:
    """The files of package data, where "*" stands for every package."""
    if package == "*":
        return (path for folder in SHIPPED for path in (ROOT / folder).rglob(pattern))
    return ROOT.joinpath(*package.split(".")[1:]).glob(pattern)


def normalized(requirement: str) -> str:
    """The distribution's name in a requirement, as indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def test_every_folder_with_code_is_a_listed_package(settings: dict[str, Any]) -> None:
    folders = {path.parent.relative_to(ROOT).as_posix() for path in modules(*SHIPPED)}
    expected = ["fusiform", *sorted("fusiform." + folder.replace("/", ".") for folder in folders)]
    assert settings["tool"]["setuptools"]["packages"] == expected


def test_every_package_has_an_init(settings: dict[str, Any]) -> None:
    """Without one `importlib.resources.files` fails on a package of an editable install."""
    packages = settings["tool"]["setuptools"]["packages"]
    folders = [ROOT.joinpath(*package.split(".")[1:]) for package in packages]
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_other_file_is_package_data_or_left_out_on_purpose(settings: dict[str, Any]) -> None:
    listed = {
        path
        for package, patterns in settings["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in folder_of(package, pattern)
    }
    found = {
        path
        for folder in SHIPPED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    lost = {path.relative_to(ROOT).as_posix() for path in found - listed}
    assert {path for path in lost if path.rsplit("/", 1)[0] not in NOT_SHIPPED} == set()


def test_the_package_is_typed() -> None:
    assert files("fusiform").joinpath("py.typed").is_file()


@pytest.mark.parametrize("folder", ["bodies", "models", "recipes"])
def test_assets_are_found_as_package_resources(folder: str) -> None:
    assert any(files("fusiform.assets").joinpath(folder).iterdir())


def test_models_are_complete_and_small() -> None:
    for folder in (ROOT / "assets" / "models").iterdir():
        assert {"config.json", "model.safetensors", "README.md"} <= {path.name for path in folder.iterdir()}
        assert sum(path.stat().st_size for path in folder.iterdir()) < LARGEST_MODEL_BYTES


def test_code_imports_itself_by_its_installed_name() -> None:
    """`import solvers` would work in the checkout and load every class a second time."""
    bare = re.compile(rf"({'|'.join((*SHIPPED, 'tests'))})(\.|$)")
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(*SHIPPED, "tests")
        for name in imported(path)
        if bare.match(name)
    }
    assert found == set()


def test_page_modules_hide_no_other_module() -> None:
    """`streamlit run app/main.py` puts app/ first on sys.path."""
    here = {path.stem for path in (ROOT / "app").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert here & (sys.stdlib_module_names | packages_distributions().keys()) - {"__init__", "__main__"} == set()


def test_files_and_folders_are_small() -> None:
    """A file has one idea, and a folder as many as one overlooks."""
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in modules(*CODE)}
    assert {name: count for name, count in lines.items() if count > LARGEST_FILE_LINES} == {}
    folders = Counter(name.rsplit("/", 1)[0] for name in lines if not name.endswith("/__init__.py"))
    assert {name: count for name, count in folders.items() if count > LARGEST_FOLDER_MODULES} == {}


def test_worker_processes_may_import_the_page() -> None:
    """In a process that has run the page, spawned workers run the file again under another name: it must do nothing."""
    run_path(str(ROOT / "app" / "main.py"), run_name="__mp_main__")


@pytest.mark.parametrize(
    ("folders", "extras"),
    [(("solvers", "surrogates"), ("plot",)), (("app",), ("app",)), (("tests",), ("app", "plot", "test", "benchmark"))],
    ids=["solvers and surrogates", "app", "tests"],
)
def test_every_imported_distribution_is_declared(
    settings: dict[str, Any], folders: tuple[str, ...], extras: tuple[str, ...]
) -> None:
    project = settings["project"]
    declared = {normalized(requirement) for requirement in project["dependencies"]} | {"fusiform"}
    for extra in extras:
        declared |= {normalized(requirement) for requirement in project["optional-dependencies"][extra]}
    providers = packages_distributions()
    shared = settings["tool"]["pytest"]["ini_options"]["pythonpath"]
    undeclared = {
        f"{path.relative_to(ROOT)}: {top}"
        for path in modules(*folders)
        for top in {name.split(".")[0] for name in imported(path)}
        if top not in sys.stdlib_module_names
        and not any((ROOT / folder / f"{top}.py").is_file() for folder in shared)
        and not declared & {normalized(name) for name in providers.get(top, [DISTRIBUTIONS.get(top, top)])}
    }
    assert undeclared == set()


def test_versions_agree(settings: dict[str, Any]) -> None:
    number = settings["project"]["version"]
    assert version("fusiform") == number
    assert f"## [{number}]" in (ROOT / "CHANGELOG.md").read_text()


def test_torch_is_pinned(settings: dict[str, Any]) -> None:
    assert "torch==2.13.0" in settings["project"]["dependencies"]


def places_of_wings(contract: dict[str, Any]) -> Iterator[dict[str, int]]:
    """For each container of a contract the place of each wing, from the top; names without `fusiform.`."""
    for container in contract.get("containers", [""]):
        layers = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
        whole = [[f"{container}.{name}".lstrip(".").removeprefix("fusiform.") for name in layer] for layer in layers]
        yield {name: place for place, layer in enumerate(whole) for name in layer}


def packages_of(wing: str) -> list[str]:
    """The wing and the packages that it is in: a.b.c, a.b and a."""
    parts = wing.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def test_the_chain_of_wings_in_contributing_is_that_of_the_contracts(settings: dict[str, Any]) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text().split("The longest chain")[1].split("`surrogates.training`")[0]
    rows = [re.split(r"\s{2,}", line.strip())[0] for line in text.splitlines() if line.startswith("    ")]
    assert len(rows) == 15
    chain = [re.findall(r"[\w.]+", step) for row in rows for step in row.split(" > ")]
    for wing in (wing for step in chain for wing in step):
        assert (ROOT / wing.replace(".", "/")).is_dir() or (ROOT / f"{wing.replace('.', '/')}.py").is_file(), wing
    contracts = [c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    orders = [places for contract in contracts for places in places_of_wings(contract)]

    def is_above(upper: str, lower: str) -> bool:
        """True if a contract orders the two, or packages that they are in, or if the lower is a part of the upper."""
        pairs = set(itertools.product(packages_of(upper), packages_of(lower)))
        ordered = any(
            places[one] < places[two] for places in orders for one, two in pairs if {one, two} <= places.keys()
        )
        return ordered or lower.startswith(f"{upper}.")

    for before, after in itertools.pairwise(chain):
        assert all(is_above(upper, lower) for upper in before for lower in after), (before, after)
