import pytest

from pfd_panel.server.run import AddressRefusedError, make_server, require_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "10.0.0.1"])
def test_other_addresses_are_refused_with_what_to_do_instead(host):
    with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.1 only") as refused:
        make_server(None, host, 5006)
    assert "ssh -L 5006" in refused.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_loopback_is_accepted(host):
    require_loopback(host, 5006)
