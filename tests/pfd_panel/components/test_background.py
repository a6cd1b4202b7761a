"""Work of a page in its own thread."""

import threading
from collections.abc import Callable

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from pfd_panel.components.background import Background
from pfd_panel.server.session import open_session
from pfd_panel.server.user import User


def test_work_waits_until_the_page_is_painted_and_then_runs_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[Callable[[], None]] = []
    monkeypatch.setattr(pn.state, "onload", painted.append)
    done: list[str] = []
    finished = threading.Event()
    with set_curdoc(Document()):
        session = open_session(pn.state.curdoc, User("local", "You"), None)
        background = Background()
        for name in ("first", "second"):
            background.do(lambda name=name: done.append(name), lambda _: None, lambda _: None)
        assert done == [], "nothing competes with the first picture"
        (begin,) = painted
        begin()
        background.do(finished.set, lambda _: None, lambda _: None)
        assert finished.wait(10)
        session.close()
    assert done == ["first", "second"]


def test_without_a_server_work_is_done_at_once() -> None:
    shown: list[int] = []
    Background().do(lambda: 7, shown.append, lambda _: None)
    assert shown == [7]


def test_what_comes_afterwards_is_not_done_with_what_is_drawn_now_nor_on_a_closed_page() -> None:
    done: list[str] = []
    with set_curdoc(Document()):
        session = open_session(pn.state.curdoc, User("local", "You"), None)
        document, background = session.document, Background()
        assert document is not None
        background.afterwards(lambda: done.append("cards"))
        assert done == []
        (later,) = document.session_callbacks
        later.callback()
        assert done == ["cards"]
        background.afterwards(lambda: done.append("gone"))
        session.close()
        document.session_callbacks[-1].callback()
    assert done == ["cards"]
    Background().afterwards(lambda: done.append("at once"))
    assert done[-1] == "at once"
