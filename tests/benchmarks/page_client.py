"""A user of the page without a browser: the messages that a browser sends and reads, over the real web socket.

It keeps what the page shows, sends the values of all controls with each request as a browser does, obeys timers, and
asks for the refined flow as the drawing does. It does not paint, so many of them fit beside each other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websocket import WebSocketTimeoutException, create_connection

from fusiform.app.views.shared.complaints import LOGGED

ASK_AGAIN, ASK_LATER = 0.35, 3.0
SINGLE = {"number_input": "double_value", "checkbox": "bool_value", "text_input": "string_value"}
CONTROLS = ("slider", "button_group", "selectbox", "radio", *SINGLE)
TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
FINISHED = ("FINISHED_SUCCESSFULLY", "FINISHED_FRAGMENT_RUN_SUCCESSFULLY")


@dataclass
class Shown:
    """An element of the page, the fragment that it belongs to, and the run that drew it last."""

    element: Element
    fragment: str
    run: str


@dataclass
class Timer:
    """A request of `fragment` that is due at `at` (seconds of the monotonic clock) and every `interval` after that."""

    at: float
    interval: float


@dataclass
class PageClient:
    """One session at `address`, for example http://127.0.0.1:8501, opened with the `query` of the address bar.

    `received`: bytes of all messages so far.
    """

    address: str
    query: str = ""
    shown: dict[tuple[int, ...], Shown] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    received: int = 0
    runs: int = 0

    def __post_init__(self) -> None:
        self._socket: Any = create_connection(
            self.address.replace("http", "ws", 1) + "/_stcore/stream", subprotocols=["streamlit"], timeout=30.0
        )
        self._asks_at = float("inf")
        self.run, self._fragments = "", list[str]()
        self._send("")

    def close(self) -> None:
        """Leave the page."""
        self._socket.close()

    def wait(self, condition: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
        """Take messages and obey timers until `condition`; its first true value."""
        end = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < end, f"waited in vain for {what}; complaints: {self.complaints}"
            self.take(0.25)
        return found

    def rest(self, seconds: float) -> None:
        """Take messages until there was none for so long; not while a timer asks again and again."""
        quiet = time.monotonic() + seconds
        while time.monotonic() < quiet:
            if self.take(quiet - time.monotonic()):
                quiet = time.monotonic() + seconds

    def take(self, seconds: float) -> bool:
        """Take one message, or send what is due in the meantime; returns True if there was one."""
        now = time.monotonic()
        due = min([self._asks_at, *(timer.at for timer in self.timers.values())])
        self._socket.settimeout(max(min(seconds, due - now), 1e-3))
        try:
            self._understand(self._socket.recv())
        except WebSocketTimeoutException:
            self._obey_timers()
            return False
        return True

    def metric(self, label: str) -> str:
        """The value under a label; empty while there is none."""
        found = (s.element.metric for s in self.shown.values() if s.element.WhichOneof("type") == "metric")
        return next((metric.body for metric in found if metric.label.startswith(label)), "")

    def drawing(self) -> dict[str, Any] | None:
        """The data of the drawing, None while there is none."""
        found = self._of_key("drawing")
        return None if found is None else dict(json.loads(found.element.bidi_component.json))

    def can_press(self, key: str) -> bool:
        """True if a button of this key can be pressed."""
        found = self._of_key(key)
        return found is not None and not found.element.button.disabled

    def press(self, key: str) -> None:
        """Press a button."""
        found = self.there(key)
        self._send(found.fragment, WidgetState(id=found.element.button.id, trigger_value=True))

    def move_slider(self, key: str, value: float) -> None:
        """Move a slider of the page."""
        found = self.there(key)
        state = WidgetState(id=found.element.slider.id)
        state.double_array_value.data.append(value)
        self.values[state.id] = state
        self._send(found.fragment)

    def choose(self, key: str, text: str) -> None:
        """Send a text as the choice of a list or the content of a field, offered or not."""
        found = self.there(key)
        kind = str(found.element.WhichOneof("type"))
        control = getattr(found.element, kind)
        self.values[control.id] = WidgetState(id=control.id, string_value=text)
        self._send(found.fragment)

    def alerts(self) -> list[str]:
        """The sentences about what went wrong."""
        return [s.element.alert.body for s in self.shown.values() if s.element.WhichOneof("type") == "alert"]

    def event(self, key: str, name: str, value: Any) -> None:
        """Something that happened in a component of the page, for example `moved` in the drawing."""
        found = self.there(key)
        if name != "awaited" and self._asks_at < float("inf"):
            self._asks_at = time.monotonic() + ASK_LATER
        text = json.dumps([{"event": name, "value": value}])
        self._send(
            found.fragment, WidgetState(id=TRIGGERS.format(found.element.bidi_component.id), json_trigger_value=text)
        )

    def repeat(self, values: dict[str, WidgetState], fragment: str = "") -> None:
        """A request for the page, or for a `fragment` as a timer makes it, that left with old `values` of controls."""
        self._request(fragment, list(values.values()), automatic=bool(fragment))

    def _of_key(self, key: str) -> Shown | None:
        return next((s for s in self.shown.values() if _id(s.element).endswith(f"-{key}")), None)

    def there(self, key: str) -> Shown:
        """The element of this key, which must be on the page."""
        found = self._of_key(key)
        assert found is not None, f"there is no {key} on the page"
        return found

    def _send(self, fragment: str, *events: WidgetState, automatic: bool = False) -> None:
        self._request(fragment, [*self.values.values(), *events], automatic=automatic)

    def _request(self, fragment: str, states: list[WidgetState], *, automatic: bool) -> None:
        state = ClientState(query_string=self.query, fragment_id=fragment, is_auto_rerun=automatic)
        state.widget_states.widgets.extend(states)
        self._socket.send_binary(BackMsg(rerun_script=state).SerializeToString())

    def _obey_timers(self) -> None:
        now = time.monotonic()
        for fragment, timer in list(self.timers.items()):
            if timer.at <= now:
                timer.at = now + timer.interval
                self._send(fragment, automatic=True)
        if self._asks_at <= now:
            self._asks_at = float("inf")
            if self._of_key("drawing") is not None:
                self.event("drawing", "awaited", 0)

    def _understand(self, message: bytes) -> None:
        self.received += len(message)
        parsed = ForwardMsg()
        parsed.ParseFromString(message)
        kind = parsed.WhichOneof("type")
        if kind == "new_session":
            self.run, self._fragments = parsed.metadata.run.script_run_id, list(parsed.metadata.run.fragment_ids)
            if not self._fragments:
                self.timers.clear()
        elif kind == "delta":
            self._draw(tuple(parsed.metadata.delta_path), parsed)
        elif kind == "auto_rerun":
            interval = parsed.auto_rerun.interval
            self.timers[parsed.auto_rerun.fragment_id] = Timer(time.monotonic() + interval, interval)
        elif kind == "stop_auto_rerun":
            self.timers.pop(parsed.stop_auto_rerun.fragment_id, None)
        elif kind == "script_finished":
            status = ForwardMsg.ScriptFinishedStatus.Name(parsed.script_finished)
            if status in FINISHED:
                self._forget_the_rest()
                self.runs += 1
            elif "COMPILE_ERROR" in status:
                self.complaints.append(status)
        elif kind == "ref_hash":
            self.complaints.append("a message that only names another one")

    def _draw(self, path: tuple[int, ...], message: ForwardMsg) -> None:
        delta = message.delta
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        self.shown[path] = Shown(element, delta.fragment_id, self.run)
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.complaints.append(f"{element.exception.type}: {element.exception.message}")
        if kind == "alert" and LOGGED in element.alert.body:
            self.complaints.append(element.alert.body)
        if kind == "bidi_component" and _id(element).endswith("-drawing"):
            awaited = json.loads(element.bidi_component.json)["awaited"]
            self._asks_at = time.monotonic() + ASK_AGAIN if awaited else float("inf")
        if kind in CONTROLS and (_id(element) not in self.values or getattr(element, kind).set_value):
            self._adopt(kind, getattr(element, kind))

    def _adopt(self, kind: str, control: Any) -> None:
        """Take over a control's first value, or the one that the page writes into it."""
        state, written = WidgetState(id=control.id), control.set_value
        if kind == "slider" and not control.options:
            state.double_array_value.data.extend(control.value if written else control.default)
        elif kind in ("slider", "button_group"):
            written_names = getattr(control, "raw_values", None) or getattr(control, "raw_value", [])
            names = [getattr(option, "content", option) for option in control.options]
            chosen = written_names if written else [names[int(at)] for at in control.default]
            state.string_array_value.data.extend(chosen)
        elif kind in ("selectbox", "radio"):
            if written or control.HasField("default"):
                state.string_value = control.raw_value if written else control.options[control.default]
        else:
            setattr(state, SINGLE[kind], control.value if written else control.default)
        self.values[control.id] = state

    def _forget_the_rest(self) -> None:
        """Of what this run could have drawn, only what it drew is left."""
        for path, old in list(self.shown.items()):
            if old.run != self.run and (not self._fragments or old.fragment in self._fragments):
                del self.shown[path]


def _id(element: Element) -> str:
    kind = element.WhichOneof("type")
    return str(getattr(getattr(element, kind), "id", "")) if kind else ""
