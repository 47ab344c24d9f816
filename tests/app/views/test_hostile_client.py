"""What a client of someone's own may send: addresses, choices and events that the page does not offer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from page_client import PageClient

FIRST_DRAG = "2.754"


@contextmanager
def opened(address: str, query: str = "") -> Iterator[PageClient]:
    """A session that is drawn as a whole."""
    client = PageClient(address, query)
    with closing(client):
        client.wait(lambda: client.runs > 0, "the page")
        client.rest(0.3)
        yield client


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("body=AAAA", "Expected the address of a design"),
        ("body=" + "A" * 50_000, "Expected the address of a design"),
        ("body=" + "A" * 1_000_000, None),
        ("body=&re=1&re=2", "Expected the address of a design"),
        ("body=&re=nan", "Expected a Reynolds number"),
        ("body=%FF%FE", "Expected the address of a design"),
        ("body=&d=1e30", "Expected a body whose d is between"),
        ("body=cvl_PwAAAAA", "Expected a body at most 120 times as long as thick"),
        ("other=" + "x" * 1_000_000, None),
        ("=&==&&&", None),
    ],
    ids=lambda text: f"{str(text)[:16]}-{len(str(text))}",
)
def test_an_address_of_any_kind_is_a_sentence_and_the_first_body(
    address: str, query: str, sentence: str | None
) -> None:
    with opened(address, query) as client:
        assert client.metric("Drag") == FIRST_DRAG
        assert client.complaints == []
        alerts = client.alerts()
        assert len(alerts) == (0 if sentence is None else 1)
        assert all(alert.startswith(str(sentence)) and len(alert) < 300 for alert in alerts)
        assert client.received < 2_000_000


def test_choices_and_events_that_the_page_does_not_offer_change_nothing(address: str) -> None:
    with opened(address) as client:

        def after_a_run(send: Any, *arguments: Any) -> None:
            runs = client.runs
            send(*arguments)
            client.wait(lambda: client.runs > runs, f"the answer to {arguments}")
            client.rest(0.3)
            assert client.metric("Drag") == FIRST_DRAG, arguments
            assert client.complaints == [], arguments

        for key, text in (("start_from", "/etc/passwd"), ("start_from", "x" * 100_000), ("start_from", "Circle")):
            after_a_run(client.choose, key, text)
        for name, value in (
            ("moved", {"index": 0, "dx": math.nan, "dy": 0.0, "version": 0}),
            ("moved", {"index": math.inf, "dx": 0.0, "dy": 0.0, "version": 0}),
            ("moved", {"index": {}, "dx": 0.0, "dy": "1e999", "version": 0}),
            ("moved", "x" * 100_000),
            ("zoomed", [1]),
            ("zoomed", 3),
            ("zoomed", {"share": [0.0, 0.0, math.nan, 1.0]}),
            ("zoomed", {"share": [0.0, 0.0, 0.0011, 1.0]}),
            ("awaited", "x" * 100_000),
        ):
            after_a_run(client.event, "drawing", name, value)
        assert client.received < 10_000_000
