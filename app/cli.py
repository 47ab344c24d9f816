"""Entry of the command line `fusiform`: its exit code, whatever happens, and one sentence at most where it fails.

Signals are handled before anything else is imported, and the standard streams are guarded before the commands are.
"""

from __future__ import annotations

import os
import sys

from fusiform.app.terminal.exit_codes import DONE, UNWRITTEN, WRONG_INPUT
from fusiform.app.terminal.interrupts import SENTENCE, Interrupts


def main() -> None:
    """Entry point of the console command `fusiform`."""
    interrupts = Interrupts()
    code = _run(interrupts)
    if interrupts.exit_code is not None:
        sys.stdout.flush()
        os._exit(code)  # without waiting for threads that still compute
    from fusiform.app.terminal.streams import say, undelivered

    lost = undelivered()
    if lost is not None:
        say(lost)
        code = code or UNWRITTEN
    sys.exit(code)


def _run(interrupts: Interrupts) -> int:
    """The exit code of the command, which prints its own sentences on wrong input."""
    try:
        interrupts.install()
        return _command()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else DONE
        return code if interrupts.exit_code is None or code == DONE else _interrupted(interrupts.exit_code)
    except BaseException as error:
        return _failed(error) if interrupts.exit_code is None else _interrupted(interrupts.exit_code)
    finally:
        interrupts.ignore()


def _command() -> int:
    from fusiform.app.terminal.environment import has_working_folder, repair_environment
    from fusiform.app.terminal.streams import open_streams, say

    open_streams()
    repair_environment()
    if not has_working_folder():
        say("expected a working folder, got one that has been deleted; change to another folder")
        return WRONG_INPUT
    from fusiform.app.commands.command_group import cli

    cli(prog_name="fusiform", complete_var="")  # no completion script for whatever the environment says
    return DONE


def _interrupted(code: int) -> int:
    from fusiform.app.terminal.streams import say

    say(SENTENCE)
    return code


def _failed(error: BaseException) -> int:
    """The exit code for an exception that no command expects, after a sentence; raised in Python's development mode."""
    if sys.flags.dev_mode:
        raise error
    from fusiform.app.terminal.faults import explain

    return explain(error)
