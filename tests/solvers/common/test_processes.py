"""Work in processes ends with its parent, and in silence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import time
from fusiform.solvers.common.processes import run_in_processes
if __name__ == "__main__":
    print("ready", flush=True)
    try:
        list(run_in_processes(time.sleep, [60.0, 60.0], 2))
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.parametrize("whole_group", [True, False], ids=["Ctrl-C in a terminal", "the parent alone"])
@pytest.mark.parametrize("seconds", [0.1, 1.5], ids=["while they start", "while they work"])
def test_an_interrupt_ends_all_processes_without_a_word_of_theirs(
    tmp_path: Path, whole_group: bool, seconds: float
) -> None:
    script = tmp_path / "work.py"
    script.write_text(PROGRAM)

    def in_a_group_of_its_own() -> None:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    pipe = subprocess.PIPE
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, preexec_fn=in_a_group_of_its_own) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        time.sleep(seconds)
        (os.killpg if whole_group else os.kill)(parent.pid, signal.SIGINT)
        told = parent.communicate(timeout=30)  # up to the end of the last process that has the pipes
    assert told == ("interrupted\n", "")
