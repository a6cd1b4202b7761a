from pathlib import Path

import pytest

from pfd_panel.errors import RequestError
from pfd_panel.server.refusals import AddressRefusedError, require_accounts, require_privacy
from pfd_panel.server.settings import ServerSettings

PUBLIC = ["0.0.0.0", "::", "192.168.1.5", "example.org", "10.0.0.1"]
OWN = ["127.0.0.1", "localhost", "::1", "127.0.0.9"]


@pytest.mark.parametrize("host", PUBLIC)
def test_other_machines_are_not_let_in_without_accounts(tmp_path: Path, host: str) -> None:
    settings = ServerSettings(home=tmp_path, host=host, allow_plain_http=True)
    with pytest.raises(AddressRefusedError, match="nobody has an account") as refused:
        require_accounts(settings, has_people=False)
    assert "pfd users" in refused.value.hint
    require_accounts(settings, has_people=True)


@pytest.mark.parametrize("reached", [{"hosts": "plant.example"}, {"trusted_proxies": "127.0.0.1"}])
def test_a_proxy_in_front_of_loopback_makes_it_public(tmp_path: Path, reached: dict[str, str]) -> None:
    with pytest.raises(AddressRefusedError):
        require_accounts(ServerSettings(home=tmp_path, **reached), has_people=False)


@pytest.mark.parametrize("host", PUBLIC)
def test_passwords_do_not_travel_in_the_clear_unless_that_is_meant(tmp_path: Path, host: str) -> None:
    with pytest.raises(AddressRefusedError, match="without TLS") as refused:
        require_privacy(ServerSettings(home=tmp_path, host=host))
    assert "PFD_TLS_CERT" in refused.value.hint
    for meant in ({"allow_plain_http": True}, {"trusted_proxies": "10.0.0.1"}, {"tls_cert": "c", "tls_key": "k"}):
        require_privacy(ServerSettings(home=tmp_path, host=host, **meant))


@pytest.mark.parametrize("host", OWN)
def test_loopback_needs_neither(tmp_path: Path, host: str) -> None:
    settings = ServerSettings(home=tmp_path, host=host)
    require_accounts(settings, has_people=False)
    require_privacy(settings)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("secret", "swordfish", "too weak"),
        ("port", "99999", "65535"),
        ("trusted_proxies", "plant.example", "does not appear"),
        ("cors_origins", "*", "no web origin"),
        ("limit_read", "0", "greater than"),
        ("session_days", "never", "number"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"PFD_{name.upper()}", value)
    with pytest.raises(RequestError, match=f"PFD_{name.upper()}.*{said}") as refused:
        ServerSettings.read(home=tmp_path)
    assert "swordfish" not in str(refused.value)


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="belong together"):
        ServerSettings.read(home=tmp_path, tls_cert=Path("c.pem"))


def test_the_secret_is_in_no_description_of_the_settings(tmp_path: Path) -> None:
    secret = "correct horse battery staple 12345"
    settings = ServerSettings(home=tmp_path, secret=secret)
    assert secret not in repr(settings)
    assert secret not in settings.model_dump_json()
    assert settings.key() != ServerSettings(home=tmp_path).key()


def test_a_public_address_is_served_under_the_names_of_this_machine(tmp_path: Path) -> None:
    import socket

    names = ServerSettings(home=tmp_path, host="0.0.0.0").served_hosts()
    assert socket.gethostname().lower() in names
    assert "evil.example" not in names
    assert ServerSettings(home=tmp_path).served_hosts() == {"localhost", "127.0.0.1", "[::1]"}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:5006"),
        ({"host": "::1"}, "http://[::1]:5006"),
        ({"hosts": "plant.example", "tls_cert": "c", "tls_key": "k", "port": 443}, "https://plant.example:443"),
    ],
)
def test_the_address_is_as_people_type_it(tmp_path: Path, given: dict[str, object], address: str) -> None:
    assert ServerSettings(home=tmp_path, **given).address == address
