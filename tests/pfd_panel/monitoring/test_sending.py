"""Messages really leave: over SMTP to a mail server, over HTTP to a receiver; and not to where they must not."""

import email
import email.policy
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from dask_cluster.chores import Duty
from data_catalog.alerts import deliveries, webhooks
from data_catalog.schema import Delivery, utc_now
from pfd_panel.errors import RequestError
from pfd_panel.monitoring import addresses, dispatch, messages, signing
from pfd_panel.monitoring.dispatch import FIRST_PAUSE_S, MOST_ATTEMPTS, Dispatch
from pfd_panel.monitoring.settings import MonitoringSettings
from pfd_panel.monitoring.telling import tell
from pfd_panel.services import notifying, preferences
from pfd_panel.services.context import Context, User
from tests.pfd_panel.monitoring.conftest import MailServer, Receiver, mail_serving

WORDS = messages.Words("alarm", "Disk nearly full", "Disk is at 93 % – déjà vu.")


def told(context: Context) -> None:
    with context.catalog.write() as session:
        tell(session, WORDS, kind="fired", value=93.0, rule_id="default-disk")


def log_of(context: Context) -> list[Delivery]:
    return [one for one, _ in notifying.sent(context).rows]


def hurry(context: Context) -> None:
    """The next attempt is due now."""
    with context.catalog.write() as session:
        for one, _ in deliveries.page(session).rows:
            one.next_at = utc_now() - timedelta(seconds=1)


def test_an_alert_arrives_as_an_email(bare: Context, duty: Duty, mail_server: MailServer) -> None:
    preferences.choose_notifications(bare, address="ada@example.com", email=True)
    told(bare)
    Dispatch(duty).turn()
    ((sender, recipients, body),) = mail_server.mails
    assert sender.startswith("mail FROM:<pfd-panel@127.0.0.1>")
    assert recipients == ["rcpt TO:<ada@example.com>"]
    read = email.message_from_bytes(body.encode(), policy=email.policy.default)
    assert read["Subject"] == "[PFD Panel] Disk nearly full"
    assert "déjà vu" in read.get_content()
    assert [(one.state, one.attempts) for one in log_of(bare)] == [("sent", 1)]
    Dispatch(duty).turn()
    assert len(mail_server.mails) == 1


def test_a_title_cannot_add_headers_to_an_email() -> None:
    from data_catalog.schema import AlertEvent

    event = AlertEvent(title="x\r\nBcc: eve@example.com", text="y", severity="watch", at=utc_now(), kind="test")
    made = messages.mail(event, "a@example.com", "b@example.com", "")
    assert made["Bcc"] is None
    assert "\n" not in made["Subject"]


def test_the_mail_server_is_logged_in_to(
    bare: Context, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PFD_SMTP_USER", "robot")
    monkeypatch.setenv("PFD_SMTP_PASSWORD", "s3cret")
    preferences.choose_notifications(bare, address="ada@example.com")
    assert notifying.try_email(bare).state == "sent"
    assert mail_server.logins == [("robot", "s3cret")]
    assert "s3cret" not in repr(MonitoringSettings.read())


def test_nobody_writes_to_one_mailbox_after_the_other_through_us(bare: Context, mail_server: MailServer) -> None:
    preferences.choose_notifications(bare, address="first@example.com")
    assert notifying.try_email(bare).state == "sent"
    preferences.choose_notifications(bare, address="second@example.com")
    with pytest.raises(RequestError, match="a moment ago"):
        notifying.try_email(bare)
    assert len(mail_server.mails) == 1
    other = bare.acting_as(User("bob", "viewer"))
    preferences.choose_notifications(other, address="bob@example.com")
    assert notifying.try_email(other).state == "sent", "others have their own turn"


def test_a_server_without_the_promised_encryption_gets_no_mail(
    bare: Context, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PFD_SMTP_SECURITY", "starttls")
    preferences.choose_notifications(bare, address="ada@example.com")
    assert notifying.try_email(bare).state == "failed"
    assert mail_server.mails == []


def test_a_busy_mail_server_is_tried_again_and_a_refused_address_is_not(
    bare: Context, duty: Duty, mail_server: MailServer
) -> None:
    preferences.choose_notifications(bare, address="ada@example.com", email=True)
    told(bare)
    mail_server.answers["MAIL"] = "451 come back later"
    Dispatch(duty).turn()
    assert [(one.state, one.attempts) for one in log_of(bare)] == [("queued", 1)]
    assert "451 come back later" in log_of(bare)[0].answer
    mail_server.answers = {"RCPT": "550 nobody of that name"}
    hurry(bare)
    Dispatch(duty).turn()
    assert [(one.state, one.attempts) for one in log_of(bare)] == [("failed", 2)]
    assert "550 nobody" in log_of(bare)[0].answer


def test_a_webhook_is_signed_over_moment_and_body(bare: Context, duty: Duty, receiver: Receiver, allowed: None) -> None:
    made = notifying.add_webhook(bare, "Operations", f"{receiver.url}/alerts?team=1")
    told(bare)
    Dispatch(duty).turn()
    ((path, headers, body),) = receiver.requests
    assert path == "/alerts?team=1"
    said = json.loads(body)
    assert (said["title"], said["severity"], said["value"], said["kind"]) == (
        "Disk nearly full",
        "alarm",
        93.0,
        "fired",
    )
    moment, signature = headers["x-pfd-timestamp"], headers["x-pfd-signature"]
    assert signing.verify(made.secret, body, moment, signature)
    assert not signing.verify(made.secret, body + b" ", moment, signature)
    assert not signing.verify("another", body, moment, signature)
    assert not signing.verify(made.secret, body, str(int(moment) + 1), signature)
    assert not signing.verify(made.secret, body, moment, signature, now=time.time() + 301)
    assert headers["x-pfd-delivery"] == log_of(bare)[0].id
    assert made.secret not in str(headers)


def test_a_failing_webhook_is_tried_again_with_growing_pauses_then_given_up(
    bare: Context, duty: Duty, receiver: Receiver, allowed: None
) -> None:
    notifying.add_webhook(bare, "Operations", receiver.url)
    receiver.statuses = [500] * MOST_ATTEMPTS
    told(bare)
    pauses = []
    for _ in range(MOST_ATTEMPTS):
        hurry(bare)
        before = utc_now()
        Dispatch(duty).turn()
        pauses.append((log_of(bare)[0].next_at - before).total_seconds())
    assert pauses[:-1] == pytest.approx([FIRST_PAUSE_S * 2**n for n in range(MOST_ATTEMPTS - 1)], abs=1.0)
    assert [(one.state, one.attempts, one.answer) for one in log_of(bare)] == [
        ("failed", MOST_ATTEMPTS, "the receiver answered 500")
    ]
    hurry(bare)
    Dispatch(duty).turn()
    assert len(receiver.requests) == MOST_ATTEMPTS


def test_a_webhook_that_comes_back_gets_its_message(
    bare: Context, duty: Duty, receiver: Receiver, allowed: None
) -> None:
    notifying.add_webhook(bare, "Operations", receiver.url)
    receiver.statuses = [503]
    told(bare)
    for _ in range(2):
        hurry(bare)
        Dispatch(duty).turn()
    assert [(one.state, one.attempts) for one in log_of(bare)] == [("sent", 2)]
    first, second = (json.loads(body) for _, _, body in receiver.requests)
    assert first == second


def test_a_redirect_is_not_followed(bare: Context, receiver: Receiver, allowed: None) -> None:
    notifying.add_webhook(bare, "Operations", receiver.url)
    receiver.statuses = [302]
    delivery = notifying.try_webhook(bare, "Operations")
    assert (delivery.state, "redirects" in delivery.answer) == ("failed", True)
    assert [path for path, _, _ in receiver.requests] == ["/"]


def test_a_private_address_is_refused_unless_its_network_is_named(
    bare: Context, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifying.add_webhook(bare, "Inside", receiver.url)
    delivery = notifying.try_webhook(bare, "Inside")
    assert (delivery.state, receiver.requests) == ("failed", [])
    assert "PFD_WEBHOOK_NETWORKS" in delivery.answer
    monkeypatch.setenv("PFD_WEBHOOK_NETWORKS", "10.0.0.0/8, 127.0.0.1")
    monkeypatch.setattr(notifying, "TRIAL_PAUSE", timedelta(0))
    assert notifying.try_webhook(bare, "Inside").state == "sent"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_these_addresses_are_not_public(address: str) -> None:
    assert not addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_these_addresses_are_public(address: str) -> None:
    assert addresses.is_public(ipaddress.ip_address(address))


def test_a_name_with_one_private_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(socket.AF_INET, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    with pytest.raises(addresses.AddressRefusedError, match=r"10\.0\.0\.1"):
        addresses.resolve("two-faced.example", 443)
    assert addresses.resolve("two-faced.example", 443, addresses.networks("10.0.0.0/8")) == "8.8.8.8"


def test_the_name_is_asked_for_once_so_that_it_cannot_change_its_mind(
    bare: Context, receiver: Receiver, allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: str, *rest: object, **named: object) -> object:
        asked.append(host)
        return real("127.0.0.1" if host == "hook.example" else host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    notifying.add_webhook(bare, "Named", receiver.url.replace("127.0.0.1", "hook.example"))
    assert notifying.try_webhook(bare, "Named").state == "sent"
    assert asked.count("hook.example") == 1
    assert receiver.requests[0][1]["host"].startswith("hook.example:")


@pytest.mark.parametrize(
    "url", ["ftp://example.com", "https://", "example.com", "file:///etc/passwd", "https://a:b@c.de"]
)
def test_what_is_no_web_address_is_refused(bare: Context, url: str) -> None:
    with pytest.raises(RequestError):
        notifying.add_webhook(bare, "X", url)


def test_a_secret_is_shown_once_and_has_256_bits(bare: Context) -> None:
    made = notifying.add_webhook(bare, "Operations", "https://example.com/x")
    assert len(made.secret.removeprefix("whsec_")) == 43
    assert made.secret not in repr(notifying.hooks(bare))
    with bare.catalog.read() as session:
        assert webhooks.get(session, made.hook.id).secret == made.secret


def test_trying_again_at_once_is_refused(bare: Context, receiver: Receiver, allowed: None) -> None:
    notifying.add_webhook(bare, "Operations", receiver.url)
    notifying.try_webhook(bare, "Operations")
    with pytest.raises(RequestError, match="a moment ago"):
        notifying.try_webhook(bare, "Operations")
    assert len(receiver.requests) == 1


def test_without_a_mail_server_the_answer_says_what_to_set(bare: Context) -> None:
    with pytest.raises(RequestError, match="no e-mail address"):
        notifying.try_email(bare)
    preferences.choose_notifications(bare, address="ada@example.com")
    delivery = notifying.try_email(bare)
    assert (delivery.state, "PFD_SMTP_HOST" in delivery.answer) == ("failed", True)


@pytest.mark.parametrize("address", ["ada", "ada@", "@example.com", "a@b@c", "ada@example.com\nBcc: x@y.z", "<a@b.c>"])
def test_what_is_no_email_address_is_refused(bare: Context, address: str) -> None:
    with pytest.raises(RequestError, match="no e-mail address"):
        preferences.choose_notifications(bare, address=address)


def test_choices_are_each_persons_own(bare: Context) -> None:
    ada, bob = (bare.acting_as(User(name, "viewer")) for name in ("ada", "bob"))
    preferences.choose_notifications(ada, toast=False, least="alarm")
    assert (preferences.notifications(ada).toast, preferences.notifications(bob).toast) == (False, True)
    with pytest.raises(RequestError, match="no choice called loud"):
        preferences.choose_notifications(ada, loud=True)


def test_pauses_double(bare: Context) -> None:
    failure = dispatch.NotDeliveredError("x")
    assert [dispatch.pause(Delivery(attempts=n), failure) for n in (0, 1, 2)] == [10.0, 20.0, 40.0]
    assert dispatch.pause(Delivery(attempts=0), dispatch.NotDeliveredError("x", final=True)) == 0.0


@pytest.mark.parametrize(("proven", "state"), [("127.0.0.1", "sent"), ("elsewhere.example", "failed")])
def test_mail_is_encrypted_and_only_for_a_server_that_proves_its_name(
    bare: Context,
    mail_server: MailServer,
    certify: Callable[[str], ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    proven: str,
    state: str,
) -> None:
    mail_server.tls = certify(proven)
    monkeypatch.setenv("PFD_SMTP_SECURITY", "starttls")
    preferences.choose_notifications(bare, address="ada@example.com")
    assert notifying.try_email(bare).state == state
    assert len(mail_server.mails) == (state == "sent")


@pytest.mark.parametrize(("proven", "state"), [("127.0.0.1", "sent"), ("elsewhere.example", "failed")])
def test_mail_is_encrypted_from_the_first_byte_where_that_is_set(
    bare: Context,
    certify: Callable[[str], ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    proven: str,
    state: str,
) -> None:
    monkeypatch.setenv("PFD_SMTP_USER", "robot")
    monkeypatch.setenv("PFD_SMTP_PASSWORD", "s3cret")
    preferences.choose_notifications(bare, address="ada@example.com")
    with mail_serving(monkeypatch, "tls", certify(proven)) as server:
        assert notifying.try_email(bare).state == state
    assert len(server.mails) == len(server.logins) == (state == "sent")
    assert server.logins in ([], [("robot", "s3cret")])


def test_a_mail_server_that_does_not_speak_tls_is_told_nothing(
    bare: Context, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PFD_SMTP_SECURITY", "tls")
    preferences.choose_notifications(bare, address="ada@example.com")
    assert notifying.try_email(bare).state == "failed"
    assert mail_server.mails == []


@pytest.mark.parametrize(("proven", "state"), [("hook.example", "sent"), ("127.0.0.1", "failed")])
def test_a_receiver_proves_the_name_that_was_written_not_the_address(
    bare: Context,
    receiver: Receiver,
    allowed: None,
    certify: Callable[[str], ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    proven: str,
    state: str,
) -> None:
    receiver.protect(certify(proven))
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **named: real("127.0.0.1" if host == "hook.example" else host, *rest, **named),
    )
    notifying.add_webhook(bare, "Named", receiver.url.replace("127.0.0.1", "hook.example"))
    assert notifying.try_webhook(bare, "Named").state == state
    assert len(receiver.requests) == (state == "sent")
