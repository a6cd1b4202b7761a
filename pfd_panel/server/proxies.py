"""Who is really asking: behind a proxy that is trusted, what it says; otherwise whoever holds the connection."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SOCKET_FILE = "unix"
"""Names, among trusted proxies, whoever connects through a socket file: another process of this machine's user."""


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: the address of who asks, and the scheme and host by which they reached us."""

    address: str
    scheme: str
    host: str


class TrustedProxies:
    """The proxies whose forwarding headers are believed; by default none.

    Parameters
    ----------
    named : iterable of str
        Addresses or networks (``10.0.0.0/8``), or `SOCKET_FILE`.

    Raises
    ------
    ValueError
        A name is no address or network.
    """

    def __init__(self, named: Iterable[str] = ()) -> None:
        names = [name.strip() for name in named if name.strip()]
        self._socket_file = SOCKET_FILE in names
        self._networks: list[Network] = [
            ipaddress.ip_network(name, strict=False) for name in names if name != SOCKET_FILE
        ]

    def origin(self, peer: str, scheme: str, headers: Mapping[str, str]) -> Origin:
        """Where a request comes from, given who holds its connection (``""`` for a socket file)."""
        host = headers.get("host", "").lower()
        if not self.trusts(peer):
            return Origin(peer, scheme, host)
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        # the nearest hops were written by proxies that are trusted; what lies beyond anyone may have written
        while len(hops) > 1 and self.trusts(hops[-1]):
            hops.pop()
        told = headers.get("x-forwarded-proto", "").strip().lower()
        return Origin(
            hops[-1] if hops else peer,
            told if told in ("http", "https") else scheme,
            headers.get("x-forwarded-host", "").strip().lower() or host,
        )

    def trusts(self, peer: str) -> bool:
        """Whether what this peer forwards is believed."""
        if not peer:
            return self._socket_file
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._networks if network.version == address.version)


def counted_address(address: str) -> str:
    """What requests are counted by: an IPv4 address, or the /64 network that one IPv6 subscriber holds."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address or SOCKET_FILE
    return str(known) if known.version == 4 else str(ipaddress.ip_network(f"{known}/64", strict=False))
