"""Looking again while a page is open."""

from bokeh.document import Document
from panel.io.state import set_curdoc

from pfd_panel.components.poller import Poller
from pfd_panel.server.session import open_session
from pfd_panel.server.user import LOCAL_USER


def test_a_look_goes_on_until_it_is_stopped() -> None:
    document = Document()
    session = open_session(document, LOCAL_USER, None)
    with set_curdoc(document):
        stopped = Poller(lambda: 1, lambda _: None, lambda _: None)
        left = Poller(lambda: 2, lambda _: None, lambda _: None)
    assert len(document.session_callbacks) == 2
    stopped.stop()
    stopped.stop()
    assert len(document.session_callbacks) == 1
    # a document that is let go has no callbacks that could be taken away
    document.callbacks.destroy()
    session.close()
    left.stop()


def test_what_was_found_is_shown_and_what_failed_is_told() -> None:
    seen: list[object] = []
    answers = iter([7])
    looking = Poller(lambda: next(answers), seen.append, lambda failure: seen.append(type(failure)))
    looking.look()
    looking.look()
    assert seen == [7, StopIteration]
