"""The commands and Python examples of the READMEs are true, and the links of every page lead to files."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text()


FOLDERS = ("app", "assets", "solvers", "surrogates", "tests")
PAGES = [*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))]


def blocks(language: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("last", [".venv/bin/fusiform app", ".venv/bin/pytest"])
def test_one_line_sets_everything_up_and_ends_with(last: str) -> None:
    """.ci/run takes the line that ends with pytest from here and runs it in a fresh copy."""
    lines = [line for line in TEXT.splitlines() if line.startswith("python3 -m venv") and line.endswith(last)]
    assert len(lines) == 1


@pytest.mark.parametrize("page", ["README.md", "solvers/README.md", "surrogates/README.md"])
def test_python_example_runs_and_reports_what_it_says(
    page: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example = blocks("python", (ROOT / page).read_text())[0]
    exec(compile(example, "README.md", "exec"), {"__name__": "readme"})
    promised = re.findall(r"print\(.*#\s*(.+)$", example, re.MULTILINE)
    printed = capsys.readouterr().out.splitlines()
    assert len(promised) == len(printed) > 0
    for said, came in zip(promised, printed, strict=True):
        numbers, expected = ([float(n) for n in re.findall(r"-?\d+\.\d+", text)] for text in (came, said))
        assert numbers == pytest.approx(expected, rel=0.01), f"README says {said!r}, the code prints {came!r}"


def test_commands_exist_with_the_options_shown() -> None:
    from typer.main import get_command

    from fusiform.app.commands.command_group import cli

    group = get_command(cli)
    lines = [line for block in blocks("bash") for line in block.splitlines() if line.startswith("fusiform ")]
    assert lines
    for line in lines:
        name, *arguments = shlex.split(line, comments=True)[1:]
        command = group.commands[name]  # type: ignore[attr-defined]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in arguments if word.startswith("--")} <= known, line


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_links_lead_to_files(page: Path) -> None:
    targets = re.findall(r"(?:\]\(|src=\")([\w./-]+)[)#\"]", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


NAMED_FILE = r"`(?:python |pytest )?([\w./-]+\.(?:py|md|js|css))[` ]"
"""A file in backticks, alone or in a command."""


def test_files_that_pages_and_docstrings_name_exist() -> None:
    """By their whole path or the end of it; the diary of changes may name what is gone."""
    folders = ("app", "assets", "solvers", "surrogates", "tests")
    files = [*ROOT.glob("*"), *(path for folder in folders for path in (ROOT / folder).rglob("*.*"))]
    parts = [path.relative_to(ROOT).parts for path in files]
    known = {"/".join(part[start:]) for part in parts for start in range(len(part))}
    pages = [path for path in files if path.suffix in {".md", ".py"} and path.name != "CHANGELOG.md"]
    named = {(path, name) for path in pages for name in re.findall(NAMED_FILE, path.read_text())}
    assert {f"{path.relative_to(ROOT)}: {name}" for path, name in named if name not in known} == set()
