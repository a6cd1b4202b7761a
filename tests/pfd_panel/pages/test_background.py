"""Work that a page does again and again."""

from bokeh.document import Document
from panel.io.state import set_curdoc

from pfd_panel.pages.background import repeat
from pfd_panel.server.session import open_session
from pfd_panel.server.user import LOCAL_USER


def test_what_is_repeated_ends_when_it_says_so():
    document, answers, asked = Document(), [True, False], []
    session = open_session(document, LOCAL_USER, None)
    with set_curdoc(document):
        repeat(lambda: asked.append(1) or answers.pop(0), 100)
    (timer,) = document.session_callbacks
    timer.callback()
    assert len(document.session_callbacks) == 1
    timer.callback()
    assert document.session_callbacks == []
    assert len(asked) == 2
    session.close()
