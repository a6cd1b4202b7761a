"""What `pfd serve` refuses, and how it asks for the first administrator."""

from pathlib import Path

import pytest
import typer

from data_catalog import Catalog
from pfd_panel.accounts.sign_in import SignedIn, has_people, sign_in
from pfd_panel.cli.operating import ask_for_administrator
from pfd_panel.workbench import Workbench
from tests.pfd_panel.shell import pfd

PASSWORD = "four unrelated words 7"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_other_machines_are_not_served_without_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("PFD_ALLOW_PLAIN_HTTP", "true")
    refusal = pfd(tmp_path / "home", "serve", "--host", host).refusal
    assert "nobody has an account" in refusal
    assert "pfd users add" in refusal


def test_other_machines_are_not_served_without_tls(tmp_path: Path) -> None:
    assert "without TLS" in pfd(tmp_path / "home", "serve", "--host", "0.0.0.0").refusal


def test_a_weak_secret_is_refused_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PFD_SECRET", "swordfish")
    refusal = pfd(tmp_path / "home", "serve").refusal
    assert "PFD_SECRET" in refusal
    assert "swordfish" not in refusal


def test_the_first_administrator_is_asked_for_until_the_password_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = iter(["ada", "short", "ada", PASSWORD])
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(given))
    with Workbench(tmp_path / "home") as bench:
        ask_for_administrator(bench.context)
    assert "has 5 characters" in capsys.readouterr().out
    with Catalog.open(tmp_path / "home") as catalog:
        assert has_people(catalog)
        signed_in = sign_in(catalog, "ada", PASSWORD)
        assert isinstance(signed_in, SignedIn)
        assert signed_in.user.role == "admin"
