"""The first page of a server, computed before a browser opens it."""

from __future__ import annotations

from threading import Thread


def in_background() -> None:
    """Import the page and compute its first frame in a thread, while the server and the browser start."""
    Thread(target=_warm, name="warm", daemon=True).start()


def _warm() -> None:
    import fusiform.app.main  # noqa: F401 (torch, plotly, and all views)
    from fusiform.app.edits.design import new_session
    from fusiform.app.frames.design.frame import frame
    from fusiform.app.frames.design.known import known

    session = new_session({})
    first = frame(session.design, session.settings, known(session))
    _ = list(first.numbers), first.drawing, first.walls
