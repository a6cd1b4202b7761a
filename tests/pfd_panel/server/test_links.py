import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pfd_panel.server.links import LoginLinks
from pfd_panel.server.settings import ServerSettings


def test_a_link_is_used_once_even_by_two_processes_at_once(tmp_path: Path) -> None:
    links = [LoginLinks(ServerSettings(home=tmp_path)) for _ in range(4)]
    token = links[0].issue()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda one: one.redeem(token), links)) == 1


def test_an_old_link_is_refused(tmp_path: Path) -> None:
    links = LoginLinks(ServerSettings(home=tmp_path, login_minutes=1e-9))
    token = links.issue()
    time.sleep(1.1)
    assert not links.redeem(token)


def test_marks_of_used_links_do_not_pile_up(tmp_path: Path) -> None:
    links = LoginLinks(ServerSettings(home=tmp_path))
    links.redeem(links.issue())
    (mark,) = (tmp_path / "run" / "logins").iterdir()
    os.utime(mark, (time.time() - 10**6, time.time() - 10**6))
    links.issue()
    assert list((tmp_path / "run" / "logins").iterdir()) == []


def test_the_link_names_the_address(tmp_path: Path) -> None:
    assert LoginLinks(ServerSettings(home=tmp_path, port=7)).link().startswith("http://127.0.0.1:7/login?token=")
