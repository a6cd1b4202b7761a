"""Which paths of the server someone may name: nobody but an administrator reads what was not opened or sent."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dask_cluster.kinds.import_signals import ImportParams
from dask_cluster.kinds.predict_recordings import PredictParams
from data_catalog import uploads
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import demo, examining, importing, reach, uploading, work
from pfd_panel.services.context import LOCAL_USER, Context
from pipelines.bearings import lookup
from tests.pfd_panel.services.conftest import As

SAMPLES = "time_s,g\n" + "\n".join(f"{n / 1000},{np.sin(n / 7):.6f}" for n in range(500))


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """A folder that an administrator opened, with one file."""
    folder = tmp_path / "opened"
    folder.mkdir()
    (folder / "run.csv").write_text(SAMPLES)
    return folder


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the same kind beside it."""
    folder = tmp_path / "opened-not"
    folder.mkdir()
    (folder / "secret.csv").write_text(SAMPLES)
    return folder / "secret.csv"


@pytest.fixture
def operator(acting: As, opened: Path) -> Context:
    bob = acting("bob")
    return replace(
        bob, user=replace(bob.user, role="operator"), cluster=bob.cluster.model_copy(update={"import_roots": (opened,)})
    )


def sent(context: Context, name: str = "mine.csv", text: str = SAMPLES) -> Path:
    """A file that the user dropped on a page."""
    file = reach.upload_folder(context.catalog.home / "uploads", context.user.name) / name
    file.write_text(text)
    return file


def doors(context: Context) -> list[Callable[[Path | str], object]]:
    """Every service that reads a path that somebody names."""
    return [
        lambda path: importing.inspection(context, ImportParams(path=str(path), dataset="x")),
        lambda path: importing.start(context, ImportParams(path=str(path), dataset="x")),
        lambda path: importing.gather(context, [Path(path)]),
        lambda path: examining.channels(context, str(path)),
        lambda path: examining.examine(context, str(path), geometry=lookup("6205-2RS")),
        lambda path: work.start(context, "import_signals", {"path": str(path), "dataset": "x"}),
        lambda path: work.start(context, "predict_recordings", PredictParams(path=str(path), model="m").model_dump()),
        lambda path: work.start_file(context, Path(path)),
    ]


def refuses(context: Context, path: Path | str) -> None:
    for door in doors(context):
        with pytest.raises(NotAllowedError, match="may not have"):
            door(path)


def test_an_operator_reads_what_was_opened_and_what_he_sent(operator: Context, opened: Path) -> None:
    for path in (opened, opened / "run.csv", sent(operator), demo.excerpt()):
        assert importing.inspection(operator, ImportParams(path=str(path), dataset="x")).channels
        assert examining.channels(operator, str(path))
        assert work.start(operator, "import_signals", {"path": str(path), "dataset": "x"}).owner == "bob"


def test_an_operator_reads_nothing_else_however_it_is_named(
    operator: Context, opened: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(secret.parent)
    monkeypatch.setenv("HOME", str(secret.parent))
    home = operator.catalog.home
    for path in (
        secret,
        secret.parent,
        f"{opened}/../{secret.parent.name}/secret.csv",
        f"{opened}/run.csv/../../{secret.parent.name}/secret.csv",
        f"{opened}-not/secret.csv",
        "secret.csv",
        "~/secret.csv",
        "~nobody-of-that-name/x",
        "/etc/passwd",
        "/",
        "/proc/self/environ",
        home,
        home / "catalog.sqlite",
        home / "run" / "server.key",
        home / "uploads",
        f"{opened}/\0x",
    ):
        refuses(operator, path)


def test_a_folder_that_holds_the_data_directory_is_not_read_as_a_whole(operator: Context, tmp_path: Path) -> None:
    """Everyone's uploads and exports lie below it."""
    assert operator.catalog.home.parent == tmp_path
    wide = replace(operator, cluster=operator.cluster.model_copy(update={"import_roots": (tmp_path,)}))
    for path in (tmp_path, tmp_path.parent, operator.catalog.home, operator.catalog.home / "exports"):
        refuses(wide, path)
    assert importing.inspection(wide, ImportParams(path=str(tmp_path / "opened"), dataset="x")).channels


def test_what_is_not_there_is_refused_in_the_same_words_as_what_is(operator: Context, secret: Path) -> None:
    said = set()
    for path in (secret, secret.with_name("other.csv")):
        with pytest.raises(NotAllowedError) as refused:
            importing.inspection(operator, ImportParams(path=str(path), dataset="x"))
        said.add((str(refused.value).replace(path.name, ""), refused.value.hint))
    assert len(said) == 1


def test_links_lead_nowhere_else(operator: Context, opened: Path, secret: Path) -> None:
    mine = sent(operator).parent
    for folder in (opened, mine):
        (folder / "link.csv").symlink_to(secret)
        (folder / "folder").symlink_to(secret.parent)
        (folder / "circle").symlink_to(folder / "circle")
        for path in (folder / "link.csv", folder / "folder", folder / "folder" / "secret.csv", folder / "circle" / "x"):
            refuses(operator, path)
        seen = importing.inspection(operator, ImportParams(path=str(folder), dataset="x"))
        assert "secret" not in {one.recording for one in seen.channels}
        assert any("a link out of the folder" in one.message for one in seen.problems)
    linked = opened.parent / "other-name"
    linked.symlink_to(opened)
    assert importing.inspection(operator, ImportParams(path=str(linked / "run.csv"), dataset="x")).channels


def test_an_archive_reads_nothing_outside_of_itself(operator: Context, secret: Path) -> None:
    packed = sent(operator, "packed.zip", "")
    for name, target in ((f"../../../{secret.parent.name}/secret.csv", ""), ("link.csv", str(secret))):
        with zipfile.ZipFile(packed, "w") as archive:
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 << 16) if target else 0o644 << 16
            archive.writestr(info, target or SAMPLES)
        seen = importing.inspection(operator, ImportParams(path=str(packed), dataset="x"))
        assert (len(seen.channels), len(seen.problems)) == (0, 1)
        refuses(operator, f"{packed}/../../../../{secret.parent.name}/secret.csv")


def test_what_others_sent_is_theirs(operator: Context, acting: As) -> None:
    ada = acting("ada")
    theirs = sent(ada)
    refuses(operator, theirs)
    refuses(operator, theirs.parent)
    in_parts = uploading.start(ada, "part.csv", len(SAMPLES))
    uploading.append(ada, in_parts.id, 0, [SAMPLES.encode()])
    path = uploading.path_of(ada, [in_parts.id])
    refuses(operator, path)
    with operator.catalog.read() as session:
        assert uploads.is_of(session, in_parts.id, owner="ada")
    own = uploading.start(operator, "part.csv", len(SAMPLES))
    uploading.append(operator, own.id, 0, [SAMPLES.encode()])
    assert examining.channels(operator, str(uploading.path_of(operator, [own.id])))


def test_several_files_that_were_sent_are_read_together_and_only_ones_own(operator: Context, acting: As) -> None:
    mine = [sent(operator, "a.csv"), sent(operator, "a.csv"), sent(operator, "b.csv")]
    folder = importing.gather(operator, mine)
    assert sorted(one.name for one in folder.iterdir()) == ["a-1.csv", "a.csv", "b.csv"]
    assert len(importing.inspection(operator, ImportParams(path=str(folder), dataset="x")).channels) == 3
    with pytest.raises(NotAllowedError):
        importing.gather(operator, [mine[0], sent(acting("ada"))])


def test_whoever_runs_the_machine_reads_anything(acting: As, secret: Path) -> None:
    ada = acting("ada")
    for context in (ada, replace(ada, user=LOCAL_USER)):
        assert importing.inspection(context, ImportParams(path=str(secret), dataset="x")).channels
        assert examining.channels(context, os.path.relpath(secret))
        with pytest.raises(RequestError, match="does not exist"):
            importing.start(context, ImportParams(path="/nowhere/at/all", dataset="x"))
    narrow = replace(ada, user=replace(ada.user, scopes=frozenset({"read", "work"})))
    refuses(narrow, secret)


def test_a_viewer_reads_no_file_at_all(acting: As, operator: Context, opened: Path) -> None:
    eve = replace(operator, user=replace(operator.user, role="viewer"))
    for door in doors(eve):
        with pytest.raises(NotAllowedError, match="may not change anything"):
            door(opened / "run.csv")


def test_what_a_browser_claims_to_have_sent_must_be_an_upload_of_its_user(operator: Context, secret: Path) -> None:
    root = operator.catalog.home / "uploads"
    mine = sent(operator)
    assert reach.is_upload(root, mine, "bob")
    (mine.parent / "link").symlink_to(secret)
    (mine.parent / "deep").mkdir()
    for path in (mine.parent, mine.parent / "deep" / "x", mine.parent / "link", root, root / "x", secret, root / ".."):
        assert not reach.is_upload(root, path, "bob")
    assert not reach.is_upload(root, mine, "ada")


def test_a_page_takes_from_its_browser_only_uploads_of_its_user(operator: Context) -> None:
    from pfd_panel.components.upload import UploadZone

    root, stored = operator.catalog.home / "uploads", []
    mine = reach.upload_folder(root, LOCAL_USER.name) / "mine.csv"
    mine.write_text(SAMPLES)
    zone = UploadZone(stored.append, within=root)
    for path in (sent(operator), root, mine.parent, root / "..", "/etc/passwd", "", None, 7, ["x"], mine):
        zone._handle_msg({"stored": str(path) if isinstance(path, Path) else path})
    zone._handle_msg({})
    assert stored == [mine]
