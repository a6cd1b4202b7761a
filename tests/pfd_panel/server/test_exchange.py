import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.server.exchange import Download, Exchange, UploadError, safe_name
from pfd_panel.server.settings import ServerSettings


async def pieces(*chunks):
    for chunk in chunks:
        yield chunk


def store(exchange, name, expected, *chunks):
    return asyncio.run(exchange.store(name, expected, pieces(*chunks), "bob"))


@given(st.text(min_size=1, max_size=300))
def test_no_name_leaves_its_folder(name):
    try:
        safe = safe_name(name)
    except UploadError:
        return
    assert "/" not in safe
    assert "\\" not in safe
    assert "\0" not in safe
    assert not safe.startswith(".")
    assert 0 < len(safe) <= 120


@pytest.mark.parametrize("name", ["", "..", "../..", "/", ".", "   "])
def test_names_without_letters_are_refused(name):
    with pytest.raises(UploadError, match="not a usable file name"):
        safe_name(name)


def test_an_upload_lands_below_the_uploads_folder(tmp_path):
    exchange = Exchange(ServerSettings(home=tmp_path))
    path = store(exchange, "../../etc/105_0.mat", 6, b"abc", b"def")
    assert path.is_relative_to(tmp_path / "uploads")
    assert path.name == "105_0.mat"
    assert path.read_bytes() == b"abcdef"


@pytest.mark.parametrize(
    ("expected", "chunks", "status"), [(100, (b"abc",), 400), (None, (b"x" * 9, b"x" * 9), 413), (50, (), 413)]
)
def test_an_upload_that_is_cut_or_too_large_leaves_nothing(tmp_path, expected, chunks, status):
    exchange = Exchange(ServerSettings(home=tmp_path, upload_limit=10 if status == 413 else 1000))
    with pytest.raises(UploadError) as refused:
        store(exchange, "a.mat", expected, *chunks)
    assert refused.value.status == status
    assert not any((tmp_path / "uploads").glob("*")) if (tmp_path / "uploads").exists() else True


def test_a_download_is_for_its_login_only_and_ends_when_withdrawn(tmp_path):
    exchange = Exchange(ServerSettings(home=tmp_path))
    address = exchange.offer(lambda: Download("a.csv", b"1"), "mine")
    token = address.rsplit("/", 1)[-1]
    assert exchange.take(token, "other") is None
    assert exchange.take(token, "mine")().content == b"1"
    exchange.withdraw(address)
    assert exchange.take(token, "mine") is None
