"""Serving the design page from this machine."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from fusiform.app import warm
from fusiform.app.allowed_hosts import EVERY_ADDRESS, OnlyAllowedHosts, allowed_hosts
from fusiform.solvers.common.errors import InputError, require

FIRST_PORT, PORTS_TRIED = 8501, 20
REFUSALS = {errno.EADDRINUSE: "is in use", errno.EACCES: "only an administrator may use"}


def _refusal(address: str, port: int) -> str | None:
    """Why nothing can listen on `port`; None if something can."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, TypeError, ValueError) as error:  # the latter two: letters that no address has
            if isinstance(error, OSError) and error.errno in REFUSALS:
                return REFUSALS[error.errno]
            raise InputError(
                f"expected an address of this machine to listen on, got {address}; give 127.0.0.1 for this machine "
                "only, or 0.0.0.0 for all its addresses"
            ) from error
    return None


def _choose_port(port: int | None, address: str) -> int:
    candidates = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for candidate in candidates:
        refusal = _refusal(address, candidate)
        if refusal is None:
            return candidate
    got = f"{port}, which {refusal}" if port is not None else f"none from {candidates[0]} to {candidates[-1]}"
    raise InputError(f"expected a free port at {address}, got {got}; choose another with --port, or another --address")


def _can_open_browser() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _page_failed(error: Exception) -> bool:
    from fusiform.app.views.shared.complaints import page_failed

    return page_failed(error)


def _hang_up(number: int, frame: FrameType | None) -> None:
    """End at once: uvicorn shuts down on other signals, and would print a traceback on this one."""
    os._exit(128 + number)


def serve(port: int | None, address: str, *, hosts: Sequence[str] = (), browser: bool = True) -> None:
    """Serve the page at `address` until interrupted; `port` None takes the first free one from 8501.

    The page opens under the names of this machine for itself, the `address`, and the names `hosts`. An interrupt raises
    `KeyboardInterrupt`; computations of pages that are still open may go on in their threads.
    Settings that do not depend on the call are in `.streamlit/config.toml` beside the page, which
    `streamlit run app/main.py` reads too.
    """
    require(
        port is None or 1 <= port <= 65535, f"expected a port between 1 and 65535, got {port}; choose for example 8501"
    )
    require(
        address.strip() != "",
        "expected an address to listen on, got an empty one; give 127.0.0.1 for this machine only",
    )
    names = allowed_hosts(address, hosts)
    try:
        from starlette.middleware import Middleware
        from streamlit.starlette import App
    except ImportError as error:
        raise InputError(
            'expected Streamlit for the design page, got none; install it with pip install "fusiform[app]"'
        ) from error
    warm.in_background()
    script = Path(__file__).with_name("main.py")
    chosen = _choose_port(port, address)
    url = f"http://{f'[{address}]' if ':' in address else address}:{chosen}"
    print(f"Fusiform is at {url} (Ctrl-C ends it)", flush=True)
    if address in EVERY_ADDRESS:
        print(f"fusiform: it opens as {', '.join(names)}; more names with --allow-host.", file=sys.stderr, flush=True)
    sys.argv = [str(script)]
    config = {
        "server.address": address,
        "server.port": chosen,
        "server.allowedHosts": names,
        "logger.hideWelcomeMessage": True,
        "server.headless": not (browser and _can_open_browser()),
    }
    guard = Middleware(OnlyAllowedHosts, hosts=names)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _hang_up)
    App(script, middleware=[guard], on_script_error=_page_failed).run(config=config)
