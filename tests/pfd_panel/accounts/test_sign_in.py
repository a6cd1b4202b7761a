"""Signing in with a password and a second factor, staying signed in, and everything that ends it."""

import statistics
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from data_catalog import Catalog, audit
from data_catalog.accounts import codes, users
from data_catalog.errors import NotFoundError
from data_catalog.schema import LoginSession, SignInFailure, utc_now
from pfd_panel import accounts
from pfd_panel.accounts import Refused, SignedIn, lockout, passwords, totp
from pfd_panel.accounts.secrets import digest, new_recovery_code
from pfd_panel.errors import NotAllowedError
from pfd_panel.services.context import User
from tests.pfd_panel.accounts.conftest import PASSWORD

WRONG = "incorrect horse battery"


def signed_in(catalog: Catalog, name: str = "ada", **more: str) -> SignedIn:
    found = accounts.sign_in(catalog, name, PASSWORD, **more)
    assert isinstance(found, SignedIn), found
    return found


def refused(catalog: Catalog, name: str = "ada", password: str = WRONG, **more: str) -> Refused:
    found = accounts.sign_in(catalog, name, password, **more)
    assert isinstance(found, Refused), found
    return found


def pass_time(catalog: Catalog, seconds: float) -> None:
    """Let every lock-out be that much older."""
    with catalog.write() as session:
        for row in session.scalars(select(SignInFailure)):
            row.at -= timedelta(seconds=seconds)
            row.locked_until = row.locked_until and row.locked_until - timedelta(seconds=seconds)


@pytest.mark.parametrize("name", ["ada", " Ada ", "ADA"])
def test_name_and_password_sign_in_and_the_secret_is_not_stored(catalog: Catalog, name: str) -> None:
    found = signed_in(catalog, name, address="10.0.0.7", agent="Firefox")
    assert found.user == User("ada", "admin")
    assert accounts.session_user(catalog, found.session_id, found.secret) == User("ada", "admin")
    with catalog.read() as session:
        row = session.scalars(select(LoginSession)).one()
        assert (row.sha256, row.address, row.agent) == (digest(found.secret), "10.0.0.7", "Firefox")
        assert audit.page(session, subject_kind="session")[0][0].action == "sign in"
    assert len(found.secret) >= 43  # 256 bits


@pytest.mark.parametrize("name", ["ada", "nobody", "", "local", "ada\0", "\ud800", "x" * 10_000])
@pytest.mark.parametrize("password", [WRONG, "\ud800\0", PASSWORD + " ", PASSWORD + "x" * 10_000])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(catalog: Catalog, name: str, password: str) -> None:
    assert refused(catalog, name, password) == Refused("wrong", 0.0)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(catalog: Catalog) -> None:
    refused(catalog, "warm")

    def seconds(name: str) -> float:
        before = time.perf_counter()
        refused(catalog, name)
        return time.perf_counter() - before

    pairs = [(seconds("bob"), seconds(f"nobody{number}")) for number in range(4)]
    known, unknown = (statistics.median(values) for values in zip(*pairs, strict=True))
    assert unknown == pytest.approx(known, rel=0.5)
    before = time.perf_counter()
    passwords.verify(WRONG, None)
    assert unknown > 0.5 * (time.perf_counter() - before)


@pytest.mark.parametrize("name", ["bob", "nobody"])
def test_failures_lock_a_name_for_longer_each_time_whether_it_exists_or_not(catalog: Catalog, name: str) -> None:
    told = [refused(catalog, name).retry_after_s for _ in range(5)]
    assert told == [0, 0, 0, 0, 30]
    locked = refused(catalog, name, PASSWORD)
    assert locked.reason == "locked"
    assert locked.retry_after_s == pytest.approx(30, abs=5)
    pass_time(catalog, 31)
    assert refused(catalog, name) == Refused("wrong", 60.0)
    pass_time(catalog, 61)
    assert refused(catalog, name) == Refused("wrong", 120.0)


def test_waiting_grows_without_ever_locking_for_good() -> None:
    waits = [lockout.wait_after(failed).total_seconds() for failed in range(2000)]
    assert waits == sorted(waits)
    assert waits[:7] == [0, 0, 0, 0, 0, 30, 60]
    assert waits[-1] == lockout.LONGEST.total_seconds() == 900


def test_the_right_password_forgets_the_failures(catalog: Catalog) -> None:
    for _ in range(4):
        refused(catalog)
    signed_in(catalog)
    assert refused(catalog).retry_after_s == 0


def test_strangers_cannot_keep_an_administrator_from_where_he_signs_in(catalog: Catalog) -> None:
    signed_in(catalog, address="10.0.0.7")
    for number in range(8):
        refused(catalog, address=f"192.0.2.{number}")
    assert refused(catalog, password=PASSWORD, address="192.0.2.99").reason == "locked"
    assert signed_in(catalog, address="10.0.0.7")
    for _ in range(5):
        refused(catalog, address="10.0.0.7")
    assert refused(catalog, password=PASSWORD, address="10.0.0.7").reason == "locked"


def test_guesses_in_parallel_are_counted_before_they_are_looked_at(catalog: Catalog) -> None:
    found: list[str] = []

    def guess() -> None:
        found.append(refused(catalog).reason)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["locked"] * 7 + ["wrong"] * 5


def test_a_lock_out_of_a_known_name_is_in_the_audit_log_and_one_of_a_made_up_name_is_not(catalog: Catalog) -> None:
    for name in ("bob", "nobody"):
        for _ in range(6):
            refused(catalog, name, address="192.0.2.1")
    with catalog.read() as session:
        entries = [entry for entry in audit.page(session)[0] if entry.action == "lock"]
        assert [(entry.subject_id, entry.detail["address"]) for entry in entries] == [("bob", "192.0.2.1")]


def test_a_disabled_account_says_so_only_to_whoever_knows_the_password(catalog: Catalog) -> None:
    open_before = signed_in(catalog, "bob")
    with catalog.write() as session:
        users.set_disabled(session, "bob", True, owner="ada")
    assert refused(catalog, "bob").reason == "wrong"
    assert refused(catalog, "bob", PASSWORD).reason == "disabled"
    assert accounts.session_user(catalog, open_before.session_id, open_before.secret) is None
    with catalog.write() as session:
        users.set_disabled(session, "bob", False, owner="ada")
    assert accounts.session_user(catalog, open_before.session_id, open_before.secret) is None
    assert signed_in(catalog, "bob")


class TestSecondFactor:
    @pytest.fixture
    def secret(self, catalog: Catalog) -> str:
        made = totp.new_secret()
        with catalog.write() as session:
            users.set_totp(session, "ada", made, owner="ada")
        return made

    def test_the_password_alone_is_not_enough_and_each_code_works_once(self, catalog: Catalog, secret: str) -> None:
        assert refused(catalog, password=PASSWORD) == Refused("code", 0.0)
        code = totp.code_at(secret, totp.step_now())
        assert refused(catalog, code=code).reason == "wrong"
        assert signed_in(catalog, code=code)
        assert refused(catalog, password=PASSWORD, code=code).reason == "code"
        older = totp.code_at(secret, totp.step_now() - 1)
        assert refused(catalog, password=PASSWORD, code=older).reason == "code"
        assert signed_in(catalog, code=totp.code_at(secret, totp.step_now() + 1))

    def test_codes_cannot_be_guessed_on_and_leaving_them_out_resets_nothing(
        self, catalog: Catalog, secret: str
    ) -> None:
        wrong = next(code for code in ("000000", "111111", "222222") if totp.matching_step(secret, code) is None)
        for _ in range(4):
            assert refused(catalog, password=PASSWORD, code=wrong).reason == "code"
            assert refused(catalog, password=PASSWORD).reason == "code"
        assert refused(catalog, password=PASSWORD, code=wrong) == Refused("code", 30.0)
        assert refused(catalog, password=PASSWORD, code=totp.code_at(secret, totp.step_now())).reason == "locked"

    def test_a_recovery_code_stands_in_once_however_it_is_typed(self, catalog: Catalog, secret: str) -> None:
        first, second = new_recovery_code(), new_recovery_code()
        with catalog.write() as session:
            codes.set_recovery(session, "ada", [digest(first), digest(second)])
        assert signed_in(catalog, code=first.upper().replace("-", " "))
        assert refused(catalog, password=PASSWORD, code=first).reason == "code"
        assert signed_in(catalog, code=second)
        with catalog.read() as session:
            told = [entry.detail for entry in audit.page(session)[0] if entry.action == "recovery code"]
            assert told == [{"left": 0}, {"left": 1}]


class TestSession:
    def test_made_up_and_swapped_secrets_are_nobodys(self, catalog: Catalog) -> None:
        ada, bob = signed_in(catalog), signed_in(catalog, "bob")
        assert accounts.session_user(catalog, ada.session_id, bob.secret) is None
        assert accounts.session_user(catalog, "made up", ada.secret) is None
        assert accounts.session_user(catalog, ada.session_id, digest(ada.secret)) is None
        assert accounts.session_user(catalog, "", "") is None

    def test_each_sign_in_has_an_id_and_secret_of_its_own(self, catalog: Catalog) -> None:
        one, two = signed_in(catalog), signed_in(catalog)
        assert one.session_id != two.session_id
        assert one.secret != two.secret

    def test_an_ended_sign_in_is_told_within_the_poll_of_another_process(self, catalog: Catalog) -> None:
        before = datetime.now(UTC)
        one, two = signed_in(catalog), signed_in(catalog)
        accounts.end_session(catalog, one.session_id)
        assert accounts.session_user(catalog, one.session_id, one.secret) is None
        assert accounts.session_user(catalog, two.session_id, two.secret) == two.user
        assert accounts.ended_since(catalog, before) == [one.session_id]
        assert accounts.end_sessions(catalog, "Ada", keep=two.session_id) == 0
        third = signed_in(catalog)
        assert accounts.end_sessions(catalog, "ada", keep=two.session_id) == 1
        assert set(accounts.ended_since(catalog, before)) == {one.session_id, third.session_id}

    def test_it_expires(self, catalog: Catalog) -> None:
        found = accounts.open_session(catalog, "bob", days=1)
        with catalog.write() as session:
            session.execute(update(LoginSession).values(expires_at=utc_now()))
        assert accounts.session_user(catalog, found.session_id, found.secret) is None

    def test_a_role_changed_under_it_counts_at_once(self, catalog: Catalog) -> None:
        found = signed_in(catalog, "bob")
        with catalog.write() as session:
            users.set_role(session, "bob", "operator", owner="ada", demoted=False)
        assert accounts.session_user(catalog, found.session_id, found.secret) == User("bob", "operator")

    def test_when_it_was_used_is_noted_now_and_then(self, catalog: Catalog) -> None:
        found = signed_in(catalog)
        long_ago = utc_now() - timedelta(hours=1)
        with catalog.write() as session:
            session.execute(update(LoginSession).values(seen_at=long_ago))
        for _ in range(2):
            accounts.session_user(catalog, found.session_id, found.secret)
        with catalog.read() as session:
            assert utc_now() - session.scalars(select(LoginSession.seen_at)).one() < timedelta(minutes=1)


def test_without_accounts_a_link_opens_a_session_of_the_local_user_and_with_them_it_does_not(
    tmp_path_factory: pytest.TempPathFactory, catalog: Catalog
) -> None:
    with Catalog.open(tmp_path_factory.mktemp("bare")) as bare:
        assert not accounts.has_people(bare)
        found = accounts.open_session(bare, "local")
        assert accounts.session_user(bare, found.session_id, found.secret) == User("local", "admin")
        with bare.write() as session:
            users.add(session, "ada", "admin", owner="local")
            users.set_password(session, "ada", "h", owner="local")
        assert accounts.has_people(bare)
        assert accounts.session_user(bare, found.session_id, found.secret) is None
    with pytest.raises(NotAllowedError, match="has accounts"):
        accounts.open_session(catalog, "local")
    with pytest.raises(NotFoundError, match="eve"):
        accounts.open_session(catalog, "eve")


def test_no_session_is_opened_for_a_disabled_account(catalog: Catalog) -> None:
    with catalog.write() as session:
        users.set_disabled(session, "bob", True, owner="ada")
    with pytest.raises(NotAllowedError, match="disabled"):
        accounts.open_session(catalog, "bob")
