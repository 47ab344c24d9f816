"""The README's commands, Python example and links are true."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("last", [".venv/bin/fusiform app", ".venv/bin/pytest"])
def test_one_line_sets_everything_up_and_ends_with(last: str) -> None:
    """.ci/run takes the line that ends with pytest from here and runs it in a fresh copy."""
    lines = [line for line in TEXT.splitlines() if line.startswith("python3 -m venv") and line.endswith(last)]
    assert len(lines) == 1


def test_python_example_runs_and_reports_what_it_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example = blocks("python")[0]
    exec(compile(example, "README.md", "exec"), {"__name__": "readme"})
    promised = re.findall(r"print\(.*#\s*(.+)$", example, re.MULTILINE)
    printed = capsys.readouterr().out.splitlines()
    assert len(promised) == len(printed) > 0
    for said, came in zip(promised, printed, strict=True):
        numbers, expected = ([float(n) for n in re.findall(r"-?\d+\.\d+", text)] for text in (came, said))
        assert numbers == pytest.approx(expected, rel=0.01), f"README says {said!r}, the code prints {came!r}"


def test_commands_exist_with_the_options_shown() -> None:
    from typer.main import get_command

    from fusiform.app.cli import cli

    group = get_command(cli)
    lines = [line for block in blocks("bash") for line in block.splitlines() if line.startswith("fusiform ")]
    assert lines
    for line in lines:
        name, *arguments = shlex.split(line, comments=True)[1:]
        command = group.commands[name]  # type: ignore[attr-defined]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in arguments if word.startswith("--")} <= known, line


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_to_files(page: str) -> None:
    targets = re.findall(r"(?:\]\(|src=\")([^)#\"]+)", (ROOT / page).read_text())
    assert [t for t in targets if not t.startswith(("http", "mailto:")) and not (ROOT / t).exists()] == []
