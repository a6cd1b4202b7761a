"""Slow things off the event loop: work in a thread, then show the result in the page that asked."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from markupsafe import Markup

from pfd_panel.components.markup import error
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.server.session import page_session

log = logging.getLogger(__name__)


def in_background[T](work: Callable[[], T], show: Callable[[T], object], fail: Callable[[Exception], object]) -> None:
    """Run `work` in a thread, then `show` its result (or `fail` with its error) in this page's event loop.

    Outside a server everything happens at once, in this thread. Nothing is shown on a page that was closed meanwhile.
    """
    session = page_session()
    document = session.document

    def run() -> None:
        outcome: Callable[[], object]
        try:
            outcome = partial(show, work())
        except EXPECTED_ERRORS as failure:
            outcome = partial(fail, failure)
        except Exception as failure:
            log.exception("background work of a page failed")
            outcome = partial(fail, failure)
        if document is None:
            outcome()
        elif not session.closed:
            document.add_next_tick_callback(outcome)

    if document is None:
        run()
    else:
        threading.Thread(target=run, daemon=True).start()


def error_words(word: str, failure: Exception, *actions: Markup) -> Markup:
    """The error state of a card: what was wrong and what to do next."""
    told = in_words(failure)
    return error(word, told["message"], told["hint"], *actions)
