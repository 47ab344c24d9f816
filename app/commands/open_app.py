"""`fusiform app`: the design page."""

from __future__ import annotations

from typing import Annotated

import typer

from fusiform.app.server import serve


def open_app(
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Port; the first free one from 8501 if not given.")
    ] = None,
    address: Annotated[str, typer.Option(help="Address to listen on; 127.0.0.1 is this machine only.")] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further name under which the page opens; for several, repeat the option."),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the design page in a browser; Ctrl-C ends it."""
    serve(port, address, hosts=allow_host or (), browser=browser)
