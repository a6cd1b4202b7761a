"""One attempt to get a message out of the product, by e-mail or webhook."""

import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from data_catalog import Catalog
from data_catalog.alerts import webhooks
from data_catalog.errors import NotFoundError
from data_catalog.schema import AlertEvent, Delivery, Webhook
from pfd_panel.certificates import trusted
from pfd_panel.errors import RequestError, ServiceError
from pfd_panel.monitoring import messages, signing
from pfd_panel.monitoring.addresses import networks, resolve
from pfd_panel.monitoring.settings import MonitoringSettings

MAIL_TIMEOUT_S = 20.0
WEBHOOK_TIMEOUT_S = 10.0


class NotDeliveredError(ServiceError, RuntimeError):
    """The message did not arrive; `final` if trying again is of no use."""

    def __init__(self, message: str, *, hint: str = "", final: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.final = final


@dataclass(frozen=True)
class Outgoing:
    """What an attempt needs to know."""

    catalog: Catalog
    settings: MonitoringSettings
    delivery: Delivery
    event: AlertEvent


def send(outgoing: Outgoing) -> str:
    """Try once; what the other side said, in words.

    Raises
    ------
    NotDeliveredError
        It did not arrive.
    """
    return CHANNELS[outgoing.delivery.channel](outgoing)


def send_mail(outgoing: Outgoing) -> str:
    """Hand the message to the mail server."""
    settings = outgoing.settings
    if not settings.smtp_host:
        raise NotDeliveredError(
            "no mail server is configured", hint="Set PFD_SMTP_HOST and start the server again.", final=True
        )
    message = messages.mail(outgoing.event, settings.sender, outgoing.delivery.target, settings.public_address)
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with _mail_server(settings) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise NotDeliveredError(
            f"{where} refuses {outgoing.delivery.target}: {code} {_text(said)}", final=code >= 500
        ) from error
    except smtplib.SMTPResponseException as error:
        raise NotDeliveredError(f"{where} answered {error.smtp_code} {_text(error.smtp_error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotDeliveredError(
            f"{where} could not be used: {error}", hint="Check PFD_SMTP_HOST and its port."
        ) from error
    return f"accepted by {where}"


def send_webhook(outgoing: Outgoing) -> str:
    """Post the signed message; only an answer of 200 to 299 counts, and nothing is followed elsewhere."""
    with outgoing.catalog.read() as session:
        try:
            hook = webhooks.get(session, outgoing.delivery.target)
        except NotFoundError as error:
            raise NotDeliveredError("the webhook has been deleted", final=True) from error
    try:
        status = post(hook, outgoing)
    except RequestError as refused:
        raise NotDeliveredError(str(refused), hint=refused.hint, final=True) from refused
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotDeliveredError(f"{hook.name} did not answer: {type(error).__name__}") from error
    if not 200 <= status < 300:
        hint = "It redirects; name the final address." if 300 <= status < 400 else ""
        # a receiver that is gone or refuses the request as such will not think better of it
        raise NotDeliveredError(f"the receiver answered {status}", hint=hint, final=status in (401, 403, 404, 410))
    return f"answered {status}"


def post(hook: Webhook, outgoing: Outgoing) -> int:
    """Send the request to the one address that was judged; the status of the answer, whose body is not read."""
    url = require_web_address(hook.url)
    body = messages.payload(outgoing.event, outgoing.settings.public_address)
    now = int(time.time())
    default_port = 443 if url.scheme == "https" else 80
    address = resolve(url.host, url.port or default_port, networks(outgoing.settings.webhook_networks))
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "User-Agent": "pfd-panel",
        signing.TIMESTAMP: str(now),
        signing.SIGNATURE: signing.sign(hook.secret, body, now),
        signing.DELIVERY: outgoing.delivery.id,
    }
    with (
        httpx.Client(verify=trusted(), trust_env=False, follow_redirects=False, timeout=WEBHOOK_TIMEOUT_S) as client,
        client.stream(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers=headers,
            # the certificate must be that of the name, though the connection goes to the address
            extensions={"sni_hostname": url.host},
        ) as answer,
    ):
        return answer.status_code


def require_web_address(text: str) -> httpx.URL:
    """An address that a webhook may have.

    Raises
    ------
    RequestError
        It is not of the form ``https://host/path``, or carries a password.
    """
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise RequestError(f"{text!r} is no web address", hint="Expected https://host/path.") from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise RequestError(
            f"{text!r} is no web address that can be told", hint="Expected https://host/path, without a password."
        )
    return url


CHANNELS: dict[str, Callable[[Outgoing], str]] = {"email": send_mail, "webhook": send_webhook}


def _mail_server(settings: MonitoringSettings) -> smtplib.SMTP:
    """A connection that is protected and logged in as the settings say."""
    host, port, timeout = settings.smtp_host, settings.smtp_port, MAIL_TIMEOUT_S
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout, context=trusted())
    else:
        server = smtplib.SMTP(host, port, timeout=timeout)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=trusted())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _text(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:200]
