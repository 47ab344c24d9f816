"""Exceptions that no command expects: one sentence and an exit code each."""

from __future__ import annotations

import errno

import pytest

from fusiform.app.terminal.exit_codes import FAULT, UNWRITTEN, WRONG_INPUT
from fusiform.app.terminal.faults import explain


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a\nb"), UNWRITTEN, "'No space left on device' for 'a\\nb'"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), WRONG_INPUT, "'Permission denied' for 'x'"),
        (MemoryError(), FAULT, "expected enough memory"),
        (ImportError("cannot map libtorch.so"), FAULT, "cannot map libtorch.so"),
        (KeyError("x"), FAULT, "please report it: KeyError: 'x' (test_faults.py, line "),
    ],
)
def test_an_exception_is_one_sentence(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int, words: str
) -> None:
    with pytest.raises(type(error)) as raised:
        raise error
    assert explain(raised.value) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.startswith("fusiform: ")
    assert len(printed.err.splitlines()) == 1
