import stat
import time
from concurrent.futures import ThreadPoolExecutor

from pfd_panel.server.keeper import Keeper, signing_key
from pfd_panel.server.settings import ServerSettings


def test_the_key_is_readable_by_its_owner_only_and_kept(tmp_path):
    key = signing_key(tmp_path)
    assert len(key) == 32
    assert signing_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "server.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["server.key"]


def test_processes_that_start_together_share_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: signing_key(tmp_path), range(32)))) == 1


def test_a_link_is_used_once_even_by_two_processes_at_once(tmp_path):
    keepers = [Keeper(ServerSettings(tmp_path)) for _ in range(4)]
    token = keepers[0].issue()
    with ThreadPoolExecutor(4) as pool:
        users = list(pool.map(lambda keeper: keeper.redeem(token), keepers))
    assert sum(user is not None for user in users) == 1


def test_an_old_link_and_an_old_cookie_are_refused(tmp_path):
    keeper = Keeper(ServerSettings(tmp_path, login_minutes=-1, session_days=-1))
    assert keeper.redeem(keeper.issue()) is None
    fresh = Keeper(ServerSettings(tmp_path))
    user = fresh.redeem(fresh.issue())
    assert keeper.user(keeper.seal(user)) is None
    assert fresh.user(fresh.seal(user)) == user


def test_marks_of_used_links_do_not_pile_up(tmp_path):
    import os

    keeper = Keeper(ServerSettings(tmp_path))
    keeper.redeem(keeper.issue())
    (mark,) = (tmp_path / "run" / "logins").iterdir()
    os.utime(mark, (time.time() - 10**6, time.time() - 10**6))
    keeper.issue()
    assert list((tmp_path / "run" / "logins").iterdir()) == []


def test_the_link_names_the_address(tmp_path):
    assert Keeper(ServerSettings(tmp_path, port=7)).login_link().startswith("http://127.0.0.1:7/login?token=")
