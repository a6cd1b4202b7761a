"""What a server refuses to start with, and what to do instead."""

from pfd_panel.errors import ServiceError
from pfd_panel.server.settings import ServerSettings, is_loopback


class AddressRefusedError(ServiceError, ValueError):
    """Other machines would reach a server that is not fit for it."""


def require_accounts(settings: ServerSettings, has_people: bool) -> None:
    """Refuse to let other machines reach a server on which nobody has to log in by name.

    Raises
    ------
    AddressRefusedError
        There are no accounts, and the address is not this machine's own.
    """
    if settings.is_public and not has_people:
        raise AddressRefusedError(
            f"{_where(settings)} is reachable from other machines, and nobody has an account with a password yet",
            hint="Make the first administrator: pfd users add NAME --role admin. Or serve this machine only, "
            f"without accounts, on 127.0.0.1, and reach it by ssh -L {settings.port}:127.0.0.1:{settings.port}.",
        )


def require_privacy(settings: ServerSettings) -> None:
    """Refuse to take passwords from other machines over a connection that anyone between can read.

    Raises
    ------
    AddressRefusedError
        Neither TLS nor a trusted proxy that speaks it is set, and nobody said that this is meant.
    """
    if is_loopback(settings.host) or settings.is_tls or settings.trusted_proxies or settings.allow_plain_http:
        return
    raise AddressRefusedError(
        f"{settings.host} is reachable from other machines, and without TLS passwords could be overheard",
        hint="Set PFD_TLS_CERT and PFD_TLS_KEY, or put a proxy with TLS in front and name it in PFD_TRUSTED_PROXIES; "
        "in a network that you trust, PFD_ALLOW_PLAIN_HTTP=true.",
    )


def _where(settings: ServerSettings) -> str:
    if not is_loopback(settings.host):
        return settings.host
    named = [*settings.hosts, *settings.trusted_proxies]
    return f"{settings.host} behind {', '.join(named)}"
