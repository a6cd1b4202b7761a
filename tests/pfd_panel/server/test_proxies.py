import pytest

from pfd_panel.server.proxies import TrustedProxies, counted_address

TOLD = {
    "host": "inner:5006",
    "x-forwarded-for": "6.6.6.6, 203.0.113.9, 10.0.0.2",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "plant.example",
}


def test_without_trust_nothing_forwarded_counts() -> None:
    origin = TrustedProxies().origin("192.0.2.1", "http", TOLD)
    assert (origin.address, origin.scheme, origin.host) == ("192.0.2.1", "http", "inner:5006")


def test_the_nearest_address_that_no_trusted_proxy_has_is_who_asks() -> None:
    origin = TrustedProxies(["10.0.0.0/8"]).origin("10.0.0.1", "http", TOLD)
    assert (origin.address, origin.scheme, origin.host) == ("203.0.113.9", "https", "plant.example")


def test_what_a_client_wrote_before_its_proxy_did_is_not_believed() -> None:
    forged = TOLD | {"x-forwarded-for": "1.1.1.1, 203.0.113.9"}
    assert TrustedProxies(["10.0.0.1"]).origin("10.0.0.1", "http", forged).address == "203.0.113.9"


def test_only_a_trusted_socket_file_is_believed() -> None:
    assert TrustedProxies(["unix"]).origin("", "http", TOLD).address == "10.0.0.2"
    assert TrustedProxies(["10.0.0.1"]).origin("", "http", TOLD).address == ""


def test_a_made_up_scheme_is_not_taken_over() -> None:
    assert TrustedProxies(["10.0.0.1"]).origin("10.0.0.1", "http", TOLD | {"x-forwarded-proto": "x"}).scheme == "http"


@pytest.mark.parametrize("name", ["plant.example", "10.0.0.0/99", "10.0.0"])
def test_what_is_no_network_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        TrustedProxies([name])


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unix"),
        ("odd", "odd"),
    ],
)
def test_addresses_are_counted_by_subscriber(address: str, counted: str) -> None:
    assert counted_address(address) == counted
