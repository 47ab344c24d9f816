"""The server of the page."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from streamlit_page import PAGE, SECONDS


@pytest.mark.parametrize(
    "command",
    [
        ["fusiform.app", "app", "--no-browser", "--port"],
        ["streamlit", "run", str(PAGE), "--server.headless=true", "--server.port"],
    ],
)
def test_the_server_listens_on_this_machine_only(command: list[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, "-m", *command, str(port)], stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_healthy(port)
            with pytest.raises(ConnectionRefusedError):  # 127.0.0.2 is this machine too, but another address
                socket.create_connection(("127.0.0.2", port), timeout=5.0).close()
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(SECONDS) in (0, 130)


def wait_until_healthy(port: int) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5.0) as answer:
                assert answer.read() == b"ok"
                return
        except urllib.error.URLError:
            assert time.monotonic() < end, "the server did not start in time"
            time.sleep(0.1)
