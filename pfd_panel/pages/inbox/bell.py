"""The bell of every page: counts what is unread, and tells of what comes in as its reader chose."""

from collections.abc import Sequence
from functools import partial

from data_catalog.schema import AlertEvent
from pfd_panel.components.notices import Notices
from pfd_panel.monitoring.choices import Choices
from pfd_panel.monitoring.feed import feed_of
from pfd_panel.pages.factory import toast
from pfd_panel.server.session import page_session
from pfd_panel.services import notifying
from pfd_panel.services.context import Context

TOASTS = {"healthy": "success", "watch": "warning", "alarm": "error"}
TOAST_S = 8.0


def bell(context: Context) -> Notices:
    """A bell that follows the inbox of the page's reader until the page is closed."""
    session = page_session()
    made = Notices(unread=notifying.unread(context))

    def hear(news: Sequence[AlertEvent]) -> None:
        unread = notifying.unread(context)
        wanted, choices = notifying.wanted(context, news) if news else ([], Choices())
        document = session.document
        if document is not None and not session.closed and (wanted or unread != made.unread):
            document.add_next_tick_callback(partial(tell, made, unread, wanted, choices))

    if session.document is not None:
        session.on_close(feed_of(context.catalog).listen(hear))
    return made


def tell(bell: Notices, unread: int, wanted: Sequence[AlertEvent], choices: Choices) -> None:
    """Show what came in; runs in the event loop of the page."""
    bell.unread = unread
    for event in wanted:
        if choices.toast:
            toast(f"{event.title}. {event.text}", TOASTS.get(event.severity, "info"), TOAST_S)
        if choices.browser:
            bell.notify(event.title, event.text, f"pfd-{event.id}")
