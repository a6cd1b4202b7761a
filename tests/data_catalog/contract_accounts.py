"""What accounts guarantee on every database."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from data_catalog import Catalog, audit
from data_catalog.accounts import codes, failures, keys, sessions, users
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import User, utc_now

HOUR = timedelta(hours=1)


def add(catalog: Catalog, name: str, role: str = "viewer", password_hash: str | None = "h") -> User:
    with catalog.write() as session:
        return users.add(session, name, role, owner="ada", password_hash=password_hash)


def sign_in(catalog: Catalog, name: str, lifetime: timedelta = HOUR, address: str = "") -> str:
    with catalog.write() as session:
        return sessions.open_one(session, name, "0" * 64, address=address, agent="x", lifetime=lifetime).id


class AccountContract:
    """Subclasses give a `catalog` fixture."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit SET detail = '{}'",
            "UPDATE audit SET at = at WHERE id = (SELECT min(id) FROM audit)",
            "DELETE FROM audit",
            "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
        ],
    )
    def test_the_audit_log_can_only_grow(self, catalog: Catalog, statement: str) -> None:
        add(catalog, "ada", "admin")
        with pytest.raises(ConflictError, match="only grows"), catalog.write() as session:
            session.execute(text(statement))
        add(catalog, "bob")
        with catalog.read() as session:
            assert [entry.subject_id for entry in audit.page(session, subject_kind="user")[0]] == ["bob", "ada"]

    def test_a_name_is_given_once_also_after_its_user_was_removed(self, catalog: Catalog) -> None:
        add(catalog, "ada", "admin")
        add(catalog, "bob")
        with pytest.raises(ConflictError, match="already"):
            add(catalog, "bob")
        with catalog.write() as session:
            users.remove(session, "bob", owner="ada")
        with pytest.raises(ConflictError, match="was removed"):
            add(catalog, "bob")
        with catalog.read() as session, pytest.raises(NotFoundError, match="bob"):
            users.get(session, "bob")

    @pytest.mark.parametrize("how", ["remove", "disable", "demote"])
    def test_the_last_administrator_stays(self, catalog: Catalog, how: str) -> None:
        add(catalog, "ada", "admin")
        add(catalog, "bob", "admin", password_hash=None)  # invited, has not come yet

        def take_away(name: str) -> None:
            with catalog.write() as session:
                if how == "remove":
                    users.remove(session, name, owner="ada")
                elif how == "disable":
                    users.set_disabled(session, name, True, owner="ada")
                else:
                    users.set_role(session, name, "viewer", owner="ada", demoted=True)

        with pytest.raises(ConflictError, match="last administrator"):
            take_away("ada")
        with catalog.write() as session:
            users.set_password(session, "bob", "h", owner="bob")
        take_away("ada")
        with catalog.read() as session:
            assert users.able_admins(session) == ["bob"]

    def test_whoever_loses_an_account_loses_sign_ins_keys_and_tokens_with_it(self, catalog: Catalog) -> None:
        add(catalog, "ada", "admin")
        add(catalog, "bob")
        before = utc_now()
        opened = sign_in(catalog, "bob")
        other = sign_in(catalog, "ada")
        with catalog.write() as session:
            key = keys.add(session, "bob", "script", "1" * 64, ["read"], None)
            codes.add_token(session, "2" * 64, "reset", "bob", utc_now() + HOUR, owner="ada")
            users.set_disabled(session, "bob", True, owner="ada")
        with catalog.read() as session:
            assert sessions.of_user(session, "bob") == []
            assert sessions.ended_since(session, before) == [opened]
            assert not keys.is_valid(keys.get(session, key.id), utc_now())
            assert codes.find_token(session, "2" * 64) is None
            assert [one.id for one in sessions.of_user(session, "ada")] == [other]

    def test_a_new_password_ends_every_other_sign_in_and_token(self, catalog: Catalog) -> None:
        add(catalog, "ada", "admin")
        kept, ended = sign_in(catalog, "ada"), sign_in(catalog, "ada")
        with catalog.write() as session:
            codes.add_token(session, "2" * 64, "reset", "ada", utc_now() + HOUR, owner="ada")
            users.set_password(session, "ada", "new", owner="ada", keep=kept)
        with catalog.read() as session:
            assert [one.id for one in sessions.of_user(session, "ada")] == [kept]
            assert ended in sessions.ended_since(session, utc_now())
            assert codes.find_token(session, "2" * 64) is None

    def test_the_first_password_ends_the_time_without_accounts(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            users.local(session)
        before = sign_in(catalog, users.LOCAL)
        with catalog.write() as session:
            assert not users.any_with_password(session)
            users.add(session, "ada", "admin", owner="local")
            users.set_password(session, "ada", "h", owner="local")
            assert users.any_with_password(session)
        with catalog.read() as session:
            assert before in sessions.ended_since(session, utc_now())
            assert [user.name for user in users.listing(session)] == ["ada"]

    def test_sign_ins_end_once_expire_and_are_told_to_other_processes(self, catalog: Catalog) -> None:
        now = utc_now()
        ended, expired, held = (
            sign_in(catalog, "ada"),
            sign_in(catalog, "ada", timedelta(milliseconds=-1)),
            sign_in(catalog, "ada"),
        )
        with catalog.write() as session:
            assert [sessions.end(session, ended) for _ in range(2)] == [True, False]
        with catalog.read() as session:
            assert set(sessions.ended_since(session, now)) == {ended, expired}
            assert sessions.ended_since(session, now + 2 * sessions.COMMIT_MARGIN) == []
            assert [one.id for one in sessions.of_user(session, "ada")] == [held]

    def test_codes_and_tokens_work_once(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            codes.set_recovery(session, "ada", ["a" * 64, "b" * 64])
            assert [codes.use_recovery(session, "ada", "a" * 64) for _ in range(2)] == [True, False]
            assert not codes.use_recovery(session, "bob", "b" * 64)
            assert codes.recovery_left(session, "ada") == 1
            codes.set_recovery(session, "ada", ["c" * 64])
            assert not codes.use_recovery(session, "ada", "b" * 64)
            codes.add_token(session, "d" * 64, "invite", "ada", utc_now() + HOUR, owner="bob")
            assert [codes.use_token(session, "d" * 64) for _ in range(2)] == [True, False]
            codes.add_token(session, "e" * 64, "reset", "ada", utc_now() - HOUR, owner="bob")
            assert (codes.find_token(session, "e" * 64), codes.use_token(session, "e" * 64)) == (None, False)
            codes.add_token(session, "f" * 64, "reset", "ada", utc_now() + HOUR, owner="bob")
            codes.add_token(session, "g" * 64, "reset", "ada", utc_now() + HOUR, owner="bob")
            assert codes.find_token(session, "f" * 64) is None
            assert [token.sha256[0] for token in codes.open_tokens(session)] == ["g"]

    def test_a_time_step_of_the_second_factor_is_taken_once(self, catalog: Catalog) -> None:
        add(catalog, "ada", "admin")
        with catalog.write() as session:
            users.set_totp(session, "ada", "SECRET", owner="ada")
            taken = [users.use_totp_step(session, "ada", step) for step in (7, 7, 6, 8)]
            codes.set_recovery(session, "ada", ["a" * 64])
            users.set_totp(session, "ada", None, owner="ada")
            assert taken == [True, False, False, True]
            assert codes.recovery_left(session, "ada") == 0

    def test_failures_are_counted_locked_taken_back_and_forgotten(self, catalog: Catalog) -> None:
        def wait(failed: int) -> timedelta:
            return HOUR if failed > 1 else timedelta(0)

        with catalog.write() as session:
            assert failures.count(session, "nobody", "", wait).failed == 1
            assert failures.seconds_locked(session, "nobody", "") == 0
            failures.count(session, "nobody", "", wait)
            assert failures.seconds_locked(session, "nobody", "") == pytest.approx(3600, abs=5)
            assert failures.seconds_locked(session, "nobody", "10.0.0.1") == 0
            failures.take_back(session, "nobody", "")
            assert failures.seconds_locked(session, "nobody", "") == 0
            assert failures.count(session, "nobody", "", wait).failed == 2
            failures.clear(session, "nobody")
            assert failures.count(session, "nobody", "", wait).failed == 1

    def test_uses_of_a_key_add_up(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            key = keys.add(session, "ada", "script", "1" * 64, ["work", "read"], utc_now() + HOUR)
            keys.count(session, key.id, 2)
            keys.count(session, key.id, 3)
        with catalog.read() as session:
            found = keys.find(session, "1" * 64)
            assert found is not None
            assert (found.uses, found.scopes, found.used_at is not None) == (5, ["read", "work"], True)
            assert keys.is_valid(found, utc_now())
            assert not keys.is_valid(found, utc_now() + HOUR)
