from pathlib import Path

import pytest

from pfd_panel.server.settings import ServerSettings
from pfd_panel.settings_example import declared, example_file
from tests.pfd_panel.shell import ROOT, pfd, spoken


def test_the_example_file_is_current() -> None:
    assert (ROOT / ".env.example").read_text() == example_file(), "run: pfd settings --example > .env.example"


def test_every_setting_has_a_meaning_and_its_default_fits(tmp_path: Path) -> None:
    assert all(one.meaning for one in declared())
    server = ServerSettings(home=tmp_path)
    for one in declared():
        if one.area == "Web server" and one.default:
            given = getattr(ServerSettings(home=tmp_path, **{one.name: one.default}), one.name)
            assert given == getattr(server, one.name)


def test_the_shell_explains_what_is_set(tmp_path: Path) -> None:
    told = {one["name"]: one for one in pfd(tmp_path / "home", "settings").told["settings"]}
    assert told["PFD_PORT"]["value"] == 5006
    assert told["PFD_HOME"]["value"] == str(tmp_path / "home")
    assert "PFD_PROCESS" not in told


def test_a_secret_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PFD_SECRET", "correct horse battery staple 12345")
    assert "horse" not in spoken(tmp_path / "home", "settings")[1]
    monkeypatch.setenv("PFD_SECRET", "swordfish")
    status, said = spoken(tmp_path / "home", "settings")
    assert status == 1
    assert "too weak" in said
    assert "swordfish" not in said
