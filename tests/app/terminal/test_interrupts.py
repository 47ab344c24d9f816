"""Signals: one sentence, the shell's exit code, and no second interrupt while the first is cleaned up."""

from __future__ import annotations

import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

PROGRAM = """
import signal, sys, time
from fusiform.app.terminal.interrupts import Interrupts
interrupts = Interrupts()
interrupts.install()
try:
    print("ready", flush=True)
    time.sleep(30)
except KeyboardInterrupt:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.raise_signal(number)
    print("cleaned up", flush=True)
sys.exit(interrupts.exit_code)
"""
IMPORTING = """
import sys
sys.path.insert(0, sys.argv[1])
from fusiform.app.terminal.interrupts import Interrupts
Interrupts().install()
try:
    import slow_module
except BaseException:
    sys.exit("not reached")
"""


def started(*command: str) -> subprocess.Popen[str]:
    """A process that does not ignore signals, as one in the background would."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def reset() -> None:
        for number in signals:
            signal.signal(number, signal.SIG_DFL)

    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", *command], stdout=pipe, stderr=pipe, text=True, preexec_fn=reset)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_further_signals_do_not_interrupt_the_cleaning_up(number: signal.Signals) -> None:
    with started(PROGRAM) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.communicate(timeout=30) == ("cleaned up\n", "")
        assert process.returncode == 128 + number


def test_an_interrupt_within_an_import_ends_the_process_at_once(tmp_path: Path) -> None:
    (tmp_path / "slow_module.py").write_text(
        "import time\nprint('ready', flush=True)\ntry:\n    time.sleep(30)\nexcept KeyboardInterrupt:\n    pass\n"
    )
    with started(IMPORTING, str(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "fusiform: interrupted; nothing more was written.\n")
        assert process.returncode == 130


def test_signals_that_are_ignored_stay_ignored() -> None:
    program = PROGRAM.replace("time.sleep(30)", "signal.raise_signal(signal.SIGHUP); sys.exit(5)")
    ignore = partial(signal.signal, signal.SIGHUP, signal.SIG_IGN)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, preexec_fn=ignore)
    assert done.returncode == 5
