"""Sentences about what went wrong, as plain text: they may quote files, addresses and names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from fusiform.app.frames.shared.formatting import plain, sentence

LOGGED = "the log of the server has more"
"""In each sentence about a failure of the page itself."""
_log = logging.getLogger(__name__)


def complain(error: str) -> None:
    """Show the message of an `InputError`, or of a job that failed, as a sentence."""
    st.error(plain(sentence(error)))


def page_failed(error: Exception) -> bool:
    """One sentence in place of what Streamlit shows for an error outside `in_one_sentence`; True for Streamlit."""
    _log.error("the page could not be drawn", exc_info=error)
    complain(f"the page could not be drawn ({type(error).__name__}: {LOGGED}); load it again")
    return True


@contextmanager
def in_one_sentence(part: str) -> Iterator[None]:
    """An error while `part` of the page is drawn becomes one sentence in its place; the log has the traceback."""
    try:
        yield
    except Exception as error:
        _log.exception("%s could not be drawn", part)
        reason = f"{type(error).__name__}: {LOGGED}"
        complain(f"{part} could not be drawn ({reason}); undo the last change, or reset")
