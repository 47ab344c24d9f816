"""Help and wrong input are answered before torch, SciPy, Streamlit or Plotly is imported, which takes seconds."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fusiform.solvers.flow import Resolution
from fusiform.surrogates import DesignSpace
from fusiform.surrogates.data.dataset_config import DatasetConfig

COMMANDS = ("solve", "predict", "optimize", "dataset", "train", "evaluate", "calibrate", "app")
HELP = ["--help", "--version", *(f"{name} --help" for name in COMMANDS)]
MODEL = shlex.quote(str(files("fusiform.assets").joinpath("models").joinpath("default")))
WRONG_ARGUMENTS = {
    "solve sircle --reynolds 1": "expected circle",
    "solve missing.dat --reynolds 1": "got no file",
    "solve broken.csv --reynolds 1": "expected at least 5 different points",
    "solve circle --reynolds 1e4": "expected a Reynolds number",
    "solve circle --reynolds abc": "expected a number for --reynolds",
    "solve circle --reynolds 1 --grid finest": "--grid",
    "solve circle --reynolds 1 --tolerance 0.5": "expected a tolerance",
    "predict sircle --reynolds 1": "expected circle",
    "predict circle --reynolds 1 --model /nowhere": "/nowhere",
    "optimize sircle --reynolds 1": "expected circle",
    "optimize circle --reynolds 1e4": "expected a Reynolds number",
    "optimize circle --reynolds 1 --model /nowhere": "/nowhere",
    "optimize circle --reynolds 1 --resume": "expected a folder to resume from",
    "optimize circle --reynolds 1 --max-length -1": "expected a positive length",
    "optimize circle --reynolds 1 --min-radius 0": "expected a positive radius",
    "optimize circle --reynolds 1 --lift 1000": "expected bounds of the lift coefficient",
    "optimize circle --reynolds 1 --max-iterations 0": "expected at least one iteration",
    "optimize circle --reynolds 1 --starts 0": "expected at least one start",
    "optimize circle --reynolds 1 --timeout -1": "expected a positive timeout",
    "optimize problem.toml --max-height 0": "expected a positive height",
    "optimize problem.toml --reynolds 5": "expected the conditions in the problem file",
    "optimize missing.toml": "missing.toml",
    "optimize broken.toml": "broken.toml",
    "dataset missing.toml": "missing.toml",
    "train broken.toml": "broken.toml",
    "train recipe.toml --method guess": "expected a training method",
    "evaluate /nowhere": "/nowhere",
    "calibrate /nowhere": "/nowhere",
    "app --port 0": "port",
    f"evaluate {MODEL}": "expected a data set folder",
    f"calibrate {MODEL}": "expected a data set folder",
    "train complete.toml": "expected a data set folder",
}
PROBLEM = 'body = "circle"\nreynolds = 10\n'
LIMIT = f"{PROBLEM}[[constraints]]\n"
WRONG_PROBLEMS = {
    f"{PROBLEM}raynolds = 20\n": "got raynolds",
    'body = "circle"\n': "expected either reynolds or [[points]]",
    'body = "sircle"\nreynolds = 10\n': "expected circle",
    'reynolds = 10\n[body]\nname = "bean"\n': "expected a body",
    'body = "circle"\nreynolds = 1e4\n': "expected a Reynolds number",
    'body = "circle"\npoints = []\n': "expected at least one design point",
    'body = "circle"\n[[points]]\nreynolds = 10\nweight = -1\n': "expected a positive weight",
    f'{PROBLEM}objective = "speed"\n': "expected an objective",
    f"{PROBLEM}[options]\nstart = 2\n": "did you mean starts?",
    f"{PROBLEM}[options]\nstarts = 0\n": "expected at least one start",
    f'{PROBLEM}[options]\nstarts = "two"\n': "to be a whole number",
    f'{LIMIT}type = "max_lenght"\nvalue = 1\n': "expected a constraint type",
    f'{LIMIT}type = "max_length"\nlimit = 1\n': "got limit",
    f'{LIMIT}type = "max_length"\nvalue = "short"\n': "to be a number",
    f'{LIMIT}type = "min_thickness"\nvalue = 0.1\nat = 2\n': "expected a station",
    f'{LIMIT}type = "payload"\nshape = "circle"\nx = 0\ny = 0\nradius = -1\n': "expected a circle",
    f'{LIMIT}type = "lift"\nminimum = 0.1\npoint = 3\n': "expected a design point",
}
RECIPE = (
    "[dataset]\ncount = 200\nseed = 1\n[heldout]\ncount = 3\nseed = 2\n"
    "[resolution]\nradial_elements = 3\nangular_elements = 12\nradial_degree = 4\nangular_degree = 5\n"
)
WRONG_RECIPES = {
    "": "got none of count",
    f"{RECIPE}[network]\nwidht = 16\n": "did you mean width?",
    f'{RECIPE}[fit]\nsteps = "many"\n': "to be a whole number",
    f'{RECIPE}[fit]\noptimizer = "sgd"\n': "expected an optimizer",
    f"{RECIPE}[space]\nmodes = 0\n": "expected modes of [space] to be a whole number from 1 to 32, got 0",
    f'{RECIPE}[training]\nmethod = "magic"\n': "expected a training method",
    RECIPE.replace("angular_elements = 12", "angular_elements = 11"): "expected an even number of angular elements",
    RECIPE.replace("seed = 2", "seed = 1"): "expected different seeds",
    f"{RECIPE}[fit]\nbatch = 0\n": "expected batch of [fit] to be a whole number from 1 to 100,000, got 0",
    f"{RECIPE}[fit]\nrate = nan\n": "expected rate of [fit] to be a number from 1e-09 to 1, got nan",
    f"{RECIPE}[network]\nwidth = 1_000_000_000\n": "expected width of [network] to be a whole number from 1 to 2,048",
    f"{RECIPE}[network]\nbasis = 201\n": "expected at most 200 vectors in the basis",
    f"{RECIPE}[space]\nreynolds_max = inf\n": "expected reynolds_max of [space] to be a number from 0.05 to 1000",
    f"a = {'[' * 50_000}": "nested more than 40 levels deep",
}
PROBE = """
import json, shlex, sys
from typer.testing import CliRunner
from fusiform.app.commands.command_group import cli
for call in json.load(sys.stdin):
    answer = CliRunner().invoke(cli, shlex.split(call))
    loaded = [name for name in ("torch", "scipy", "streamlit", "plotly") if name in sys.modules]
    print(json.dumps([answer.exit_code, loaded, " ".join(answer.stderr.split())]))
"""


def answers_to(calls: list[str], folder: Path) -> list[tuple[int, list[str], str]]:
    """Exit code, packages that are loaded, and the sentence on standard error, of each call in one interpreter."""
    probe = [sys.executable, "-c", PROBE]
    done = subprocess.run(probe, input=json.dumps(calls), cwd=folder, capture_output=True, text=True, check=True)
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def require_refusals(sentences: dict[str, str], folder: Path) -> None:
    answers = answers_to(list(sentences), folder)
    for (call, sentence), (code, loaded, error) in zip(sentences.items(), answers, strict=True):
        assert (code, loaded) == (2, []), call
        assert sentence in error, call


def written(texts: dict[str, str], folder: Path, *commands: str) -> dict[str, str]:
    """Each text in a file of its own; the calls of the commands on these files, with the sentences of `texts`."""
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(text)
    return {f"{name} {i}.toml": sentence for name in commands for i, sentence in enumerate(texts.values())}


def test_help_is_printed_without_the_numerical_packages(tmp_path: Path) -> None:
    assert [(code, loaded) for code, loaded, _ in answers_to(HELP, tmp_path)] == [(0, [])] * len(HELP)


def test_version_and_help_are_what_is_printed() -> None:
    def printed(option: str) -> str:
        command = [sys.executable, "-m", "fusiform.app", option]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert printed("--version") == f"fusiform {version('fusiform')}\n"
    assert all(name in printed("--help") for name in COMMANDS)


def test_wrong_arguments_are_refused_without_the_numerical_packages(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ")
    (tmp_path / "recipe.toml").write_text("")
    (tmp_path / "complete.toml").write_text(RECIPE)
    (tmp_path / "problem.toml").write_text(PROBLEM)
    (tmp_path / "broken.csv").write_text("x y z\n")
    require_refusals(WRONG_ARGUMENTS, tmp_path)


def test_wrong_problem_files_are_refused_without_the_numerical_packages(tmp_path: Path) -> None:
    require_refusals(written(WRONG_PROBLEMS, tmp_path, "optimize"), tmp_path)


def test_wrong_recipes_are_refused_without_the_numerical_packages(tmp_path: Path) -> None:
    require_refusals(written(WRONG_RECIPES, tmp_path, "dataset", "train"), tmp_path)


def damaged_folders(folder: Path) -> dict[str, str]:
    """Models and data sets that are damaged or incomplete; the calls on them, with their sentences."""
    shipped = files("fusiform.assets").joinpath("models").joinpath("default")
    arrays, config = (shipped.joinpath(name).read_bytes() for name in ("model.safetensors", "config.json"))
    models = {
        "flipped": (arrays[:-1] + bytes([arrays[-1] ^ 1]), config),
        "cut": (arrays, config[: len(config) // 2]),
        "edited": (arrays, config.replace(b'"reynolds_max": 60.0', b'"reynolds_max": 90.0')),
        "deep": (arrays, b"[" * 100_000),
        "empty": (b"", b""),
    }
    for name, contents in models.items():
        (folder / name).mkdir()
        for file, content in zip(("model.safetensors", "config.json"), contents, strict=True):
            (folder / name / file).write_bytes(content)
    settings = DatasetConfig(200, 2, DesignSpace(), Resolution(3, 12, 4, 5))
    manifest = json.dumps({"digest": settings.digest, "config": asdict(settings), "versions": {}})
    for data, text in {"half": manifest, "torn": manifest[:100], "listed": "[1]", "renamed": "{}"}.items():
        for name in ("train", "heldout", "calibration"):
            (folder / data / name).mkdir(parents=True)
            (folder / data / name / "manifest.json").write_text(text)
    reasons = {
        "flipped": "checksum",
        "cut": "config.json",
        "edited": "edited",
        "deep": "nested",
        "empty": "config.json",
    }
    calls = {f"predict circle --reynolds 1 --model {name}": reason for name, reason in reasons.items()}
    calls |= {f"{command} {name}": reason for command in ("evaluate", "calibrate") for name, reason in reasons.items()}
    calls |= {"optimize circle --reynolds 1 --model edited": "was edited"}
    wrong = {
        "half": "got 0 of them; run `fusiform dataset` to the end",
        "torn": "manifest.json",
        "listed": "a manifest",
        "renamed": "got none of digest",
    }
    for command in (f"evaluate {MODEL}", f"calibrate {MODEL}", "train complete.toml"):
        calls |= {f"{command} --data {name}": sentence for name, sentence in wrong.items()}
    return calls


def test_damaged_folders_are_refused_without_the_numerical_packages(tmp_path: Path) -> None:
    (tmp_path / "complete.toml").write_text(RECIPE)
    require_refusals(damaged_folders(tmp_path), tmp_path)
