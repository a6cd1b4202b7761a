"""Looking again while a page is open."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from pfd_panel.components.poller import Poller
from pfd_panel.server.session import PageSession, open_session
from pfd_panel.server.user import LOCAL_USER


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageSession]:
    """An open page whose pollers look a hundred times as often."""
    monkeypatch.setattr("pfd_panel.components.poller.PERIOD_S", 0.006)
    session = open_session(Document(), LOCAL_USER, None)
    yield session
    session.close()


class Looked:
    """What can be looked at, and who looked how often."""

    def __init__(self) -> None:
        self.now: object = "a"
        self.times = 0
        self.threads: set[threading.Thread] = set()

    def __call__(self) -> object:
        self.times += 1
        self.threads.add(threading.current_thread())
        if isinstance(self.now, Exception):
            raise self.now
        return self.now


def until(condition: Callable[[], object]) -> None:
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.002)


def turn(document: Document) -> None:
    """What the event loop of the page does: wait for news, then run them."""
    until(lambda: document.session_callbacks)
    for callback in document.session_callbacks:
        callback.callback()


def test_one_thread_looks_and_only_news_reach_the_event_loop(page: PageSession) -> None:
    document, looked, seen = page.document, Looked(), []
    assert document is not None
    with set_curdoc(document):
        poller = Poller(looked, seen.append, seen.append)
    turn(document)
    assert seen == ["a"]
    before = looked.times
    until(lambda: looked.times > before + 5)
    assert not document.session_callbacks
    assert len(looked.threads) == 1
    looked.now = "b"
    turn(document)
    assert seen == ["a", "b"]
    poller.stop()
    (thread,) = looked.threads
    thread.join(5)
    assert not thread.is_alive()


def test_the_next_look_waits_until_the_last_finding_was_shown(page: PageSession) -> None:
    document, looked = page.document, Looked()
    assert document is not None
    with set_curdoc(document):
        Poller(looked, lambda _: None, lambda _: None)
    until(lambda: document.session_callbacks)
    time.sleep(0.05)
    assert looked.times == 1


def test_nothing_is_shown_after_the_stop_and_a_closed_page_looks_no_more(page: PageSession) -> None:
    document, looked, seen = page.document, Looked(), []
    assert document is not None
    with set_curdoc(document):
        stopped, left = Poller(looked, seen.append, seen.append), Poller(Looked(), lambda _: None, lambda _: None)
    until(lambda: len(document.session_callbacks) == 2)
    stopped.stop()
    turn(document)
    assert seen == []
    pollers = [thread for thread in threading.enumerate() if thread.name == "poller"]
    page.close()
    left.stop()
    for thread in pollers:
        thread.join(5)
        assert not thread.is_alive()


def test_what_was_found_is_shown_and_what_failed_is_told_once() -> None:
    seen: list[object] = []
    looked = Looked()
    looking = Poller(looked, seen.append, lambda failure: seen.append(str(failure)))
    for now in ("a", "a", OSError("gone"), OSError("gone"), "a"):
        looked.now = now
        looking.look()
    assert seen == ["a", "gone", "a"]
    assert looked.times == 5
