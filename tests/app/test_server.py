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
from websocket import WebSocketBadStatusException, create_connection

from fusiform.app.allowed_hosts import allowed_hosts
from fusiform.app.server import serve
from fusiform.solvers import InputError

ALLOWED = "bodies.example.org"


@pytest.mark.parametrize(
    "command",
    [
        ["fusiform.app", "app", "--no-browser", "--allow-host", ALLOWED, "--port"],
        ["streamlit", "run", str(PAGE), "--server.headless=true", "--server.port"],
    ],
)
def test_the_server_listens_on_this_machine_only_and_opens_under_allowed_names_only(command: list[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, "-m", *command, str(port)], stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_healthy(port)
            with pytest.raises(ConnectionRefusedError):  # 127.0.0.2 is this machine too, but another address
                socket.create_connection(("127.0.0.2", port), timeout=5.0).close()
            for host in (
                "127.0.0.1",
                f"localhost:{port}",
                "[::1]:80",
                *([ALLOWED.upper()] if ALLOWED in command else []),
            ):
                connect(port, host)
            for host in (
                "evil.example",
                f"evil.example:{port}",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "[",
            ):
                with pytest.raises(WebSocketBadStatusException, match="403"):
                    connect(port, host)
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(SECONDS) in (0, 130)


def connect(port: int, host: str) -> None:
    """Open the page's web socket under the name `host`, as a browser does that this name leads here."""
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    create_connection(url, host=host, origin=f"http://{host}", subprotocols=["streamlit"], timeout=10.0).close()


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/upload_file/x/y"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "[", "", "\xe9" * 3000])
def test_a_request_under_a_foreign_name_is_refused_with_a_sentence(address: str, path: str, host: str) -> None:
    request = urllib.request.Request(address + path, headers={"Host": host})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10.0)
    assert refused.value.code == 403
    text = refused.value.read().decode()
    assert text.startswith("Expected this page under localhost, 127.0.0.1, ::1, got ")
    assert text.endswith("start it with --allow-host NAME.")
    assert len(text) < 200


def test_the_allowed_names_are_those_of_this_machine_the_address_and_the_given_ones() -> None:
    local = ["localhost", "127.0.0.1", "::1"]
    assert allowed_hosts("127.0.0.1", ()) == local
    assert allowed_hosts("0.0.0.0", ["A.example", "192.168.0.7", "fd00::7"]) == [
        *local,
        "a.example",
        "192.168.0.7",
        "fd00::7",
    ]
    assert allowed_hosts("192.168.0.7", ["localhost"]) == [*local, "192.168.0.7"]


@pytest.mark.parametrize(
    "name", ["http://a.example", "a.example:8501", "abc:8501", "", "*", "a b", "a..b", "-" * 300, "a/b"]
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="expected the name of a host"):
        allowed_hosts("127.0.0.1", [name])


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


def test_a_port_in_use_is_named_as_such() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"got {port}, which is in use; choose another with --port"):
            serve(port, "127.0.0.1", browser=False)
