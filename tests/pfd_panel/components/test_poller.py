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

FAST_S = 0.006


@pytest.fixture
def page() -> Iterator[PageSession]:
    """An open page."""
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
        poller = Poller(looked, seen.append, seen.append, period_s=FAST_S)
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
        Poller(looked, lambda _: None, lambda _: None, period_s=FAST_S)
    until(lambda: document.session_callbacks)
    time.sleep(0.05)
    assert looked.times == 1


def test_nothing_is_shown_after_the_stop_and_a_closed_page_looks_no_more(page: PageSession) -> None:
    document, looked, seen = page.document, Looked(), []
    assert document is not None
    # pages of earlier tests may still be looking
    others = set(threading.enumerate())
    with set_curdoc(document):
        stopped = Poller(looked, seen.append, seen.append, period_s=FAST_S)
        left = Poller(Looked(), lambda _: None, lambda _: None, period_s=FAST_S)
    until(lambda: len(document.session_callbacks) == 2)
    stopped.stop()
    turn(document)
    assert seen == []
    pollers = [thread for thread in threading.enumerate() if thread.name == "poller" and thread not in others]
    page.close()
    left.stop()
    for thread in pollers:
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize("why", ["hidden", "paused"])
def test_nobody_looks_while_the_page_rests_and_at_once_when_its_reader_is_back(page: PageSession, why: str) -> None:
    document, looked, seen = page.document, Looked(), []
    assert document is not None
    page.attend(hidden=False, paused=False)
    with set_curdoc(document):
        poller = Poller(looked, seen.append, seen.append, period_s=FAST_S)
    turn(document)
    page.attend(hidden=why == "hidden", paused=why == "paused")
    time.sleep(3 * FAST_S)
    resting = looked.times
    looked.now = "b"
    time.sleep(20 * FAST_S)
    assert looked.times == resting
    poller.look()
    turn(document)
    assert seen == ["a", "b"]
    assert looked.times == resting + 1, "a control that was pressed still acts"
    looked.now = "c"
    page.attend(hidden=False, paused=False)
    turn(document)
    assert seen[-1] == "c"
    until(lambda: looked.times > resting + 5)


def test_a_tab_that_was_paused_and_then_hidden_rests_until_both_have_ended(page: PageSession) -> None:
    back: list[bool] = []
    page.on_attention(lambda: back.append(True))
    page.attend(hidden=False, paused=True)
    page.attend(hidden=True, paused=True)
    page.attend(hidden=False, paused=True)
    assert back == []
    page.attend(hidden=False, paused=False)
    page.attend(hidden=False, paused=False)
    assert back == [True]


def test_what_was_found_is_shown_and_what_failed_is_told_once() -> None:
    seen: list[object] = []
    looked = Looked()
    looking = Poller(looked, seen.append, lambda failure: seen.append(str(failure)))
    for now in ("a", "a", OSError("gone"), OSError("gone"), "a"):
        looked.now = now
        looking.look()
    assert seen == ["a", "gone", "a"]
    assert looked.times == 5


def test_news_are_looked_at_long_before_the_period_is_over(page: PageSession) -> None:
    document, looked, seen = page.document, Looked(), []
    assert document is not None
    mark = [1]
    with set_curdoc(document):
        poller = Poller(looked, seen.append, seen.append, period_s=60.0, news=lambda: mark[0])
    turn(document)
    until(lambda: seen == ["a"])
    looks = looked.times
    looked.now = "b"
    time.sleep(0.1)
    assert looked.times == looks, "nothing new, nothing looked at"
    mark[0] = 2
    turn(document)
    assert seen == ["a", "b"]
    poller.stop()
