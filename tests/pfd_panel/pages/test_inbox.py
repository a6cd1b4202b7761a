"""The Inbox page: messages, rules, choices and webhooks, each control with what comes of it."""

import threading
import time
from collections.abc import Sequence

import pytest

from data_catalog.schema import AlertEvent
from pfd_panel.components.notices import Notices
from pfd_panel.monitoring.choices import Choices
from pfd_panel.monitoring.feed import feed_of
from pfd_panel.monitoring.watch import judge
from pfd_panel.pages.inbox.bell import bell, tell
from pfd_panel.pages.inbox.channels import Channels
from pfd_panel.pages.inbox.hooks import Webhooks
from pfd_panel.pages.inbox.page import InboxPage
from pfd_panel.pages.inbox.rules import RuleList
from pfd_panel.services import alerts, notifying, preferences
from pfd_panel.services.context import Context, User
from tests.pfd_panel.monitoring.conftest import MailServer, Receiver, allowed, mail_server, receiver
from tests.pfd_panel.pages.conftest import Toast

__all__ = ["allowed", "mail_server", "receiver"]


def fire(context: Context, failed: int = 11) -> None:
    with context.catalog.write() as session:
        judge(session, {"failed_jobs": failed})


def table(page: InboxPage) -> str:
    return str(page.table._body.html)


def test_messages_come_in_and_are_marked_one_by_one_or_all(bare: Context) -> None:
    page = InboxPage(bare)
    assert "No message" in table(page)
    fire(bare)
    fire(bare, 2)
    page.poller.look()
    assert "Many failed jobs" in table(page)
    assert "2 unread" in page.head.html
    first = notifying.page(bare).rows[0].event.id
    page.table._body.on["read"](str(first))
    assert "1 unread" in page.head.html
    page.head.on["all"]("")
    assert notifying.unread(bare) == 0
    assert "disabled" in page.head.html


def test_only_unread_messages_are_shown_when_asked_for(bare: Context) -> None:
    fire(bare)
    notifying.mark_read(bare)
    notifying.try_inbox(bare)
    page = InboxPage(bare)
    assert page.table.total == 2
    page.filter.on["which"]("unread")
    assert page.table.total == 1
    assert page.address() == "unread=1"
    assert InboxPage(bare, {"unread": "1"}).table.total == 1


def test_what_fires_now_is_said_first(bare: Context) -> None:
    fire(bare)
    assert "Many failed jobs fires now." in InboxPage(bare).head.html


@pytest.mark.parametrize("tab", ["inbox", "rules", "channels", "sent"])
def test_every_tab_is_an_address(bare: Context, tab: str) -> None:
    page = InboxPage(bare)
    page.bar.on["tab"](tab)
    assert page.address() == ("" if tab == "inbox" else f"tab={tab}")
    assert page.__panel__() is not None


def test_a_viewer_sees_rules_and_own_choices_only(bare: Context) -> None:
    eve = bare.acting_as(User("eve", "viewer"))
    page = InboxPage(eve, {"tab": "rules"})
    assert "Delete" not in page.rules.list.html
    assert "What was sent" not in page.bar.html
    assert len(InboxPage(eve, {"tab": "channels"}).body[0]) == 1
    sent = InboxPage(eve, {"tab": "sent"})
    assert "administrators" in sent.body[0][0].html
    sent.refresh()


def test_a_rule_is_added_changed_switched_and_deleted(bare: Context) -> None:
    rules = RuleList(bare, may_change=True)
    typed = {
        "name": "Long <i>queue</i>",
        "metric": "queued_jobs",
        "threshold": "50",
        "for_s": "120",
        "severity": "alarm",
    }
    for name, value in typed.items():
        rules.form.on[name](value)
    rules.form.on["save"]("")
    made = next(rule for rule in alerts.page(bare) if rule.metric == "queued_jobs")
    assert (made.threshold, made.for_s, made.severity) == (50.0, 120.0, "alarm")
    assert "Long &lt;i&gt;queue&lt;/i&gt;" in rules.list.html
    rules.list.on["edit"](made.id)
    assert "Save the rule" in rules.form.html
    rules.form.on["threshold"]("70")
    rules.form.on["above"]("below")
    rules.form.on["save"]("")
    assert [(one.threshold, one.above) for one in alerts.page(bare) if one.id == made.id] == [(70.0, False)]
    rules.list.on["enable"](made.id, False)
    assert [one.enabled for one in alerts.page(bare) if one.id == made.id] == [False]
    rules.list.on["delete"](made.id)
    assert len(alerts.page(bare)) == 4


def test_a_threshold_that_is_no_number_is_answered_and_kept_in_the_form(bare: Context) -> None:
    rules = RuleList(bare, may_change=True)
    rules.form.on["name"]("X")
    rules.form.on["threshold"]("much")
    rules.form.on["save"]("")
    assert "no number: &#39;much&#39;" in rules.said.html
    assert 'value="much"' in rules.form.html
    assert len(alerts.page(bare)) == 4


def test_choices_are_kept_and_refused_in_words(bare: Context) -> None:
    channels = Channels(bare, Notices())
    channels.form.on["channel"]("email", True)
    assert "no e-mail address" in channels.said.html
    channels.form.on["address"]("nobody")
    assert "no e-mail address" in channels.said.html
    channels.form.on["address"]("ada@example.com")
    channels.form.on["channel"]("email", True)
    channels.form.on["channel"]("toast", False)
    channels.form.on["least"]("alarm")
    channels.form.on["heard"]("default-cpu", False)
    assert preferences.notifications(bare) == Choices(
        toast=False, email=True, address="ada@example.com", least="alarm", muted=("default-cpu",)
    )
    channels.form.on["heard"]("default-cpu", True)
    assert preferences.notifications(bare).muted == ()


def test_switching_browser_notifications_on_asks_the_browser(bare: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(Notices, "_send_msg", lambda _, message: sent.append(message))
    notices = Notices()
    channels = Channels(bare, notices)
    channels.form.on["channel"]("browser", True)
    assert sent == [{"permit": True}]
    notices._handle_msg({"permission": "denied"})
    assert "set to refuse" in channels.form.html


def test_email_is_tried_with_a_button(bare: Context, mail_server: MailServer) -> None:
    channels = Channels(bare, Notices())
    channels.form.on["try"]("email")
    assert "no e-mail address" in channels.said.html
    channels.form.on["address"]("ada@example.com")
    channels.form.on["try"]("email")
    assert "accepted by 127.0.0.1" in channels.said.html
    assert len(mail_server.mails) == 1
    channels.form.on["try"]("inbox")
    assert notifying.unread(bare) == 2


def test_a_webhook_shows_its_secret_once_and_is_tried_with_a_button(
    bare: Context, receiver: Receiver, allowed: None
) -> None:
    hooks = Webhooks(bare)
    hooks.form.on["hook_name"]("Operations")
    hooks.form.on["hook_url"]("nowhere")
    hooks.form.on["add"]("")
    assert "no web address" in hooks.said.html
    hooks.form.on["hook_url"](receiver.url)
    hooks.form.on["add"]("")
    assert "whsec_" in hooks.said.html
    (made,) = notifying.hooks(bare)
    hooks.list.on["try"](made.id)
    assert "answered 200" in hooks.said.html
    assert "whsec_" not in hooks.said.html + hooks.list.html
    assert len(receiver.requests) == 1
    hooks.list.on["hook"](made.id, False)
    assert not notifying.hooks(bare)[0].enabled
    hooks.list.on["delete"](made.id)
    assert notifying.hooks(bare) == []
    sent = InboxPage(bare, {"tab": "sent"})
    assert "webhook: Operations" in table(sent)


def test_the_bell_tells_as_its_reader_chose(
    bare: Context, toasts: list[Toast], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(Notices, "_send_msg", lambda _, message: sent.append(message))
    fire(bare)
    notices = bell(bare)
    assert notices.unread == 1
    events: Sequence[AlertEvent] = [row.event for row in notifying.page(bare).rows]
    tell(notices, 5, *notifying.wanted(bare, events))
    assert (notices.unread, len(toasts), sent) == (5, 1, [])
    assert toasts[0].kind == "warning"
    preferences.choose_notifications(bare, toast=False, browser=True)
    tell(notices, 6, *notifying.wanted(bare, events))
    assert len(toasts) == 1
    assert [message["notify"]["title"] for message in sent] == ["Many failed jobs"]  # type: ignore[index]
    preferences.choose_notifications(bare, muted=["default-failed-jobs"])
    tell(notices, 7, *notifying.wanted(bare, events))
    assert len(sent) == 1


def test_one_thread_tells_every_listener_and_ends_with_the_last(bare: Context) -> None:
    feed = feed_of(bare.catalog)
    assert feed_of(bare.catalog) is feed
    told: list[int] = []
    heard = threading.Event()

    def hear(news: Sequence[AlertEvent]) -> None:
        told.extend(event.id for event in news)
        heard.set()

    def fail(_: Sequence[AlertEvent]) -> None:
        raise ZeroDivisionError

    fire(bare)
    leaves = [feed.listen(one) for one in (fail, hear, hear)]
    thread = feed._thread
    event = notifying.try_inbox(bare)
    feed.nudge()
    assert heard.wait(10)
    for leave in leaves:
        leave()
    assert thread is not None
    thread.join(10)
    assert not thread.is_alive()
    time.sleep(0.01)
    assert told == [event.id, event.id]
