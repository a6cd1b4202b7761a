import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.server.signing import Signer, key_of_secret, signing_key, weakness


def test_the_key_is_readable_by_its_owner_only_and_kept(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert len(key) == 32
    assert signing_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "server.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["server.key"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: signing_key(tmp_path), range(32)))) == 1


@given(st.text(), st.text())
def test_only_what_was_signed_is_unsealed(text: str, other: str) -> None:
    signer = Signer(b"k" * 32, "cookie")
    assert signer.unseal(signer.seal(text)) == text
    assert signer.unseal(other) is None


def test_a_signature_for_one_purpose_is_worth_nothing_for_another() -> None:
    key = b"k" * 32
    assert Signer(key, "form").unseal(Signer(key, "cookie").seal("x")) is None
    assert Signer(b"j" * 32, "cookie").unseal(Signer(key, "cookie").seal("x")) is None


@pytest.mark.parametrize("secret", ["", "short", "a" * 64, "abc" * 20])
def test_weak_secrets_are_named(secret: str) -> None:
    assert weakness(secret)


def test_strong_secrets_give_a_key_each() -> None:
    first, second = "0123456789abcdef" * 2, "0123456789abcdef" * 3
    assert weakness(first) == weakness(second) == ""
    assert len(key_of_secret(first)) == 32
    assert key_of_secret(first) != key_of_secret(second)
