"""People, keys and the log from the shell: the first administrator, an invitation, a key, and who did what."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_catalog import Catalog
from pfd_panel.accounts import SignedIn, key_user, redeem, sign_in
from pfd_panel.cli.app import app
from tests.pfd_panel.accounts.conftest import PASSWORD
from tests.pfd_panel.shell import pfd, shell, spoken

NEW = "four other unrelated words"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory whose first administrator is ada."""
    made = add(tmp_path / "home", "ada", "--role", "admin")
    assert (made.exit_code, made.stderr) == (0, "")
    return tmp_path / "home"


def add(home: Path, *arguments: str, password: str = PASSWORD):  # type: ignore[no-untyped-def]
    command = ["--home", str(home), "users", "add", *arguments, "--password-stdin", "--json"]
    return CliRunner().invoke(app, command, input=f"{password}\n")


def test_the_first_administrator_is_made_in_the_shell_and_signs_in(home: Path) -> None:
    told = pfd(home, "users", "list").told["users"]
    assert [(one["name"], one["role"], one["state"]) for one in told] == [("ada", "admin", "active")]
    with Catalog.open(home) as catalog:
        assert isinstance(sign_in(catalog, "ada", PASSWORD), SignedIn)


def test_a_password_is_never_an_argument_and_never_shown(home: Path) -> None:
    refused = CliRunner().invoke(app, ["--home", str(home), "users", "add", "eve", "--password", PASSWORD])
    assert refused.exit_code == 2
    done = shell("--home", home, "users", "add", "eve")  # no terminal to ask on
    assert done.returncode == 2
    assert "--password-stdin" in done.stderr
    easy = add(home, "eve", password="short")
    assert easy.exit_code == 1
    assert "12 to 256" in easy.stdout
    assert PASSWORD not in add(home, "eve").output


def test_a_viewer_is_invited_promoted_disabled_and_removed(home: Path) -> None:
    issued = pfd(home, "users", "invite", "Bob", "--role", "viewer").told
    assert issued["kind"] == "invite"
    with Catalog.open(home) as catalog:
        redeem(catalog, issued["token"], NEW)
        assert isinstance(sign_in(catalog, "bob", NEW), SignedIn)
        for _ in range(5):
            sign_in(catalog, "bob", "guess")
        assert pfd(home, "users", "unlock", "bob").status == 0
        assert isinstance(sign_in(catalog, "bob", NEW), SignedIn)
    assert pfd(home, "users", "role", "bob", "operator").told["role"] == "operator"
    assert "no role 'root'" in pfd(home, "users", "role", "bob", "root").refusal
    assert pfd(home, "users", "disable", "bob").told["state"] == "disabled"
    assert pfd(home, "users", "enable", "bob").told["state"] == "active"
    assert pfd(home, "users", "drop-second-factor", "bob").told["second_factor"] is False
    assert pfd(home, "users", "reset", "bob").told["kind"] == "reset"
    assert pfd(home, "users", "remove", "bob").told == {"user": "bob", "done": "remove"}
    assert "last administrator" in pfd(home, "users", "remove", "ada").refusal
    assert "no user is called 'bob'" in pfd(home, "users", "disable", "bob").refusal


def test_a_key_is_minted_listed_and_revoked(home: Path) -> None:
    assert "has accounts" in pfd(home, "keys", "add", "nightly").refusal
    made = pfd(home, "keys", "add", "nightly [/x]", "--user", "ada", "--scope", "read", "--days", "7").told
    with Catalog.open(home) as catalog:
        found = key_user(catalog, made["token"])
        assert found is not None
        assert found.user.scopes == {"read"}
        (listed,) = pfd(home, "keys", "list", "--user", "ada").told["keys"]
        assert (listed["name"], listed["uses"], listed["valid"]) == ("nightly [/x]", 1, True)
        assert made["token"] not in str(listed)
        status, said = spoken(home, "keys", "list")
        assert (status, "nightly [/x]" in said, "valid" in said) == (0, True, True)
        assert pfd(home, "keys", "revoke", listed["id"]).told["valid"] is False
        assert key_user(catalog, made["token"]) is None
    assert pfd(home, "keys", "add", "forever", "--user", "ada", "--never-expires").told["key"]["expires_at"] is None


def test_the_log_says_who_did_what(home: Path) -> None:
    pfd(home, "users", "invite", "bob")
    told = pfd(home, "audit", "--kind", "user", "--limit", "2").told
    assert [(one["user"], one["action"], one["subject_id"]) for one in told["entries"]] == [
        ("local", "invite", "bob"),
        ("local", "add", "bob"),
    ]
    assert told["total"] > 2
    status, said = spoken(home, "audit", "--limit", "1")
    assert status == 0
    assert "--offset 1 shows older ones" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("users", "list"), "ada"),
        (("users", "invite", "bob"), "Token for bob, shown once"),
        (("keys", "add", "x", "--user", "ada"), "Key of ada, shown once"),
        (("users", "unlock", "ada"), "Done: unlock ada."),
    ],
)
def test_people_are_answered_in_words(home: Path, arguments: tuple[str, ...], words: str) -> None:
    status, said = spoken(home, *arguments)
    assert (status, words in said) == (0, True), said
