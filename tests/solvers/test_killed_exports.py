"""A process that is killed while it writes: the old file stays whole, and the next export is not disturbed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from fusiform.solvers import Body, FlowConditions, Solution, export_body, solve
from fusiform.solvers.export import EXPORT_SUFFIXES


@pytest.fixture(scope="module")
def flow() -> Solution:
    return solve(Body.ellipse(2.0), FlowConditions(5.0), grid="coarse")


def kill_at_the_rename(path: Path, target: Path) -> None:
    """The worst moment: all is written under the temporary name."""
    os.kill(os.getpid(), signal.SIGKILL)


def export_and_be_killed(body: Body, path: Path, flow: Solution) -> int:
    """The status of a child process that is killed in the export."""
    child = os.fork()
    if child == 0:
        try:
            Path.replace = kill_at_the_rename  # type: ignore[method-assign, assignment]
            export_body(body, path, field=flow.field if path.suffix == ".vts" else None)
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.mark.parametrize("suffix", EXPORT_SUFFIXES)
def test_a_killed_export_leaves_the_old_file(tmp_path: Path, suffix: str, flow: Solution) -> None:
    path = tmp_path / f"body{suffix}"
    field = flow.field if suffix == ".vts" else None
    path.write_text("old")
    status = export_and_be_killed(Body.ellipse(2.0), path, flow)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert path.read_text() == "old"
    (left,) = [other for other in tmp_path.iterdir() if other != path]
    assert left.name.startswith(".")
    assert left.suffix == ".part"
    export_body(Body.ellipse(2.0), path, field=field)
    assert path.read_bytes() == left.read_bytes()
