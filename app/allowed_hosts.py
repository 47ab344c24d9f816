"""The names under which the page may be opened.

A web site of someone else can let its own name lead to this machine (DNS rebinding); its scripts then count as part of
the page. The browser still sends the site's name as Host, which is refused: web sockets by Streamlit's
`server.allowedHosts`, everything else by `OnlyAllowedHosts`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fusiform.solvers.common.errors import require, shown

LOCAL = ("localhost", "127.0.0.1", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")  # not names under which a browser opens a page
REFUSED = 403
LONGEST_NAME = 253
_NAME = re.compile(r"[\w-]+(\.[\w-]+)*")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def allowed_hosts(address: str, further: Iterable[str]) -> list[str]:
    """The names of this machine for itself, the `address` that the server listens on, and `further` names.

    `InputError` for a further name that is none, such as a whole URL.
    """
    names = [*further]
    for name in names:
        require(
            len(name) <= LONGEST_NAME and (_NAME.fullmatch(name) is not None or _is_address(name)),
            f"expected the name of a host, got {shown(name)}; give it without http:// and port, such as fusiform.lan",
        )
    own = [] if address in EVERY_ADDRESS else [address]
    return list(dict.fromkeys(name.lower() for name in (*LOCAL, *own, *names)))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class OnlyAllowedHosts:
    """ASGI middleware that answers HTTP requests under another name than `hosts` with one sentence and status 403."""

    def __init__(self, app: Application, hosts: Sequence[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        host = next((value.decode("latin-1") for key, value in scope.get("headers", ()) if key == b"host"), "")
        if scope["type"] != "http" or _name_in(host) in self._hosts:
            await self._app(scope, receive, send)
            return
        text = f"Expected this page under {', '.join(self._hosts)}, got {shown(host)}; start it with --allow-host NAME."
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": REFUSED, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})


def _name_in(host: str) -> str | None:
    """The name in a Host header, without port; None for a header that cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
