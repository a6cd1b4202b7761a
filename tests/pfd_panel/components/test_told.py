"""What a browser says is dealt with in the order in which it was said."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.document.events import SessionCallbackAdded
from bokeh.events import ModelEvent
from panel.io.state import set_curdoc
from panel.models.esm import DataEvent

from pfd_panel.components import Live
from pfd_panel.server.session import PageSession, open_session
from pfd_panel.server.user import LOCAL_USER


class Overtaking(Executor):
    """Threads under load: whatever was asked last comes first."""

    def __init__(self) -> None:
        self.asked: list[Callable[[], Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked.append(lambda: fn(*args, **kwargs))
        return Future()

    def run(self) -> None:
        while self.asked:
            self.asked.pop()()


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Overtaking:
    pool = Overtaking()
    monkeypatch.setattr(pn.state, "_thread_pool", pool)
    return pool


@pytest.fixture
def page() -> Iterator[PageSession]:
    document = Document()
    session = open_session(document, LOCAL_USER, None)
    yield session
    session.close()


class Loop:
    """The event loop of a server: what a page wants done soon is done in the order in which it asked."""

    def __init__(self, document: Document) -> None:
        self._document, self._soon = document, deque[Callable[[], Any]]()
        document.callbacks.on_change_dispatch_to(self)

    def _session_callback_added(self, event: SessionCallbackAdded) -> None:
        self._soon.append(event.callback.callback)

    def run(self, threads: Overtaking) -> None:
        while threads.asked or self._soon:
            while self._soon:
                with set_curdoc(self._document):
                    waited = self._soon.popleft()()
                    if isawaitable(waited):
                        asyncio.run(waited)
            threads.run()


def test_a_press_comes_after_what_was_typed_before_it(page: PageSession, threads: Overtaking) -> None:
    heard: list[str] = []
    with set_curdoc(page.document):
        form = Live(on={"name": heard.append, "notes": heard.append})
        row = Live(on={"save": lambda _: heard.append("saved")})
        models = {part: part.get_root(page.document) for part in (form, row)}
    loop = Loop(page.document)
    context = SimpleNamespace(id="a tab", request=SimpleNamespace(arguments={}))
    page.document._session_context = lambda: context  # which makes it the document of a server

    def say(part: Live, send: str, value: str = "") -> None:
        told: ModelEvent = DataEvent(models[part], data={"send": send, "value": value})
        models[part]._trigger_event(told)

    for turn in range(3):
        say(form, "notes", f"notes {turn}")
        say(form, "name", f"name {turn}")
        say(row, "save")
    loop.run(threads)
    assert heard == [word for turn in range(3) for word in (f"notes {turn}", f"name {turn}", "saved")]
