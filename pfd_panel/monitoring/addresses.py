"""Where webhooks may go: public addresses, and private ones only if the settings name their network.

A webhook makes the server send a request to where a person says; without this it would be a way into the plant's own
network and to the metadata service of a cloud.
"""

import ipaddress
import socket
from collections.abc import Sequence

from pfd_panel.errors import RequestError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class AddressRefusedError(RequestError):
    """A webhook must not go there."""


def networks(text: str) -> tuple[Network, ...]:
    """Networks in a comma-separated list.

    Raises
    ------
    ValueError
        One of them is not a network.
    """
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, also where it wraps an IPv4 address."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast


def resolve(host: str, port: int, allowed: Sequence[Network] = ()) -> str:
    """The address to connect to for `host`.

    All of its addresses must be allowed, so that a name cannot lead inside by the order of its answers; the caller
    connects to what is returned here and does not ask for the name again.

    Raises
    ------
    AddressRefusedError
        The name is unknown, or one of its addresses is private and in none of the `allowed` networks.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefusedError(f"{host} is not known to the name service", hint="Check the address.") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not is_public(address) and not any(_unwrapped(address) in network for network in allowed):
            raise AddressRefusedError(
                f"{host} leads to {address}, which is not a public address",
                hint="Name its network in PFD_WEBHOOK_NETWORKS if webhooks may go there.",
            )
    return str(addresses[0])


def _unwrapped(address: Address) -> Address:
    return _inner(address) or address


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one carries, if any."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
