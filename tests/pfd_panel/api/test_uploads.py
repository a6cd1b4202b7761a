"""Uploads: in parts, after interruptions, over restarts; hostile names, sizes, checksums and owners."""

import base64
import hashlib
import socket
import threading
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog import Catalog
from data_catalog.errors import ConflictError, NotFoundError, StoreError
from data_catalog.schema import Upload, utc_now
from pfd_panel.api.formats import PART
from pfd_panel.client import RemoteWorkbench, Transport
from pfd_panel.client import uploads as sending
from pfd_panel.errors import RequestError
from pfd_panel.services import uploading
from pfd_panel.services.context import Context, User
from pfd_panel.services.file_names import NAME_LIMIT, safe_name
from tests.pfd_panel.api.doors import WHO, application, door, serving

DATA = bytes(range(256)) * 40


def announce(client: httpx.Client, **more: object) -> str:
    answer = client.post("/uploads", json={"name": "run.bin", "bytes": len(DATA), **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/uploads/{answer.json()['id']}"
    return str(answer.json()["id"])


def send(client: httpx.Client, upload: str, offset: int | str, part: bytes, **headers: str) -> httpx.Response:
    given = {"content-type": PART, "upload-offset": str(offset)} | {k.replace("_", "-"): v for k, v in headers.items()}
    return client.patch(f"/uploads/{upload}", content=part, headers=given)


def digest(part: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(part).digest()).decode()}:"


def stored(home: Path, upload: str) -> bytes:
    folder = home / "uploads" / upload
    return next(folder.iterdir()).read_bytes()


@pytest.fixture
def client(bare: Context) -> object:
    with serving(application(bare)) as address, door(address) as found:
        yield found


def test_parts_become_the_file(client: httpx.Client, bare: Context) -> None:
    upload = announce(client, sha256=hashlib.sha256(DATA).hexdigest())
    for start in range(0, len(DATA), 3000):
        part = DATA[start : start + 3000]
        answer = send(client, upload, start, part, content_digest=digest(part))
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(start + len(part)))
    told = client.get(f"/uploads/{upload}").json()
    assert (told["received"], told["bytes"], told["completed_at"] is not None) == (len(DATA), len(DATA), True)
    path = uploading.path_of(bare.acting_as(User("ada", "operator")), [upload])
    assert (path.name, path.read_bytes()) == ("run.bin", DATA)


def test_a_server_that_was_restarted_goes_on_where_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Catalog.open(home) as catalog, serving(application(Context(catalog))) as address, door(address) as client:
        upload = announce(client)
        assert send(client, upload, 0, DATA[:4096]).status_code == 204
    # bytes that reached the disk before a crash but were never answered for
    with (home / "uploads" / upload / uploading.PART).open("ab") as part:
        part.write(b"torn")
    with Catalog.open(home) as catalog, serving(application(Context(catalog))) as address, door(address) as client:
        assert client.get(f"/uploads/{upload}").json()["received"] == 4096
        assert send(client, upload, 4096, DATA[4096:]).status_code == 204
    assert stored(home, upload) == DATA


def test_what_came_before_the_connection_broke_is_kept(client: httpx.Client, bare: Context) -> None:
    upload = announce(client)
    address = httpx.URL(str(client.base_url))
    with socket.create_connection((address.host, address.port)) as raw:
        head = f"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nhost: x\r\n{WHO}: ada operator\r\ncontent-type: {PART}\r\n"
        raw.sendall(f"{head}upload-offset: 0\r\ncontent-length: {len(DATA)}\r\n\r\n".encode() + DATA[:5000])
        for _ in range(200):
            if stored(bare.catalog.home, upload):
                break
            threading.Event().wait(0.02)
    for _ in range(200):
        received = client.get(f"/uploads/{upload}").json()["received"]
        if received:
            break
        threading.Event().wait(0.02)
    assert received == 5000
    assert send(client, upload, received, DATA[received:]).status_code == 204
    assert stored(bare.catalog.home, upload) == DATA


@pytest.mark.parametrize("offset", [1, 4095, 4097, 10**14])
def test_a_part_from_elsewhere_is_refused_and_told_where_to_go_on(client: httpx.Client, offset: int) -> None:
    upload = announce(client)
    send(client, upload, 0, DATA[:4096])
    answer = send(client, upload, offset, b"x")
    assert (answer.status_code, answer.headers["upload-offset"]) == (409, "4096")


@pytest.mark.parametrize(
    ("offset", "headers", "field"),
    [
        ("-1", {}, "header.Upload-Offset"),
        ("", {}, "header.Upload-Offset"),
        ("1e3", {}, "header.Upload-Offset"),
        ("٣", {}, None),
        (0, {"content_digest": "md5=:x:"}, "header.Content-Digest"),
        (0, {"content_digest": "sha-256=:****:"}, "header.Content-Digest"),
    ],
)
def test_headers_that_say_nothing_usable_are_named(
    client: httpx.Client, offset: int | str, headers: dict[str, str], field: str | None
) -> None:
    if field is None:
        with pytest.raises(UnicodeEncodeError):
            send(client, announce(client), offset, b"x")
        return
    answer = send(client, announce(client), offset, b"x", **headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_part_with_a_wrong_checksum_leaves_nothing(client: httpx.Client, bare: Context) -> None:
    upload = announce(client)
    assert send(client, upload, 0, DATA[:100], content_digest=digest(b"other")).status_code == 422
    assert client.get(f"/uploads/{upload}").json()["received"] == 0
    assert stored(bare.catalog.home, upload) == b""


def test_more_than_was_announced_is_refused_and_the_file_goes_on(client: httpx.Client) -> None:
    upload = announce(client)
    assert send(client, upload, 0, DATA + b"x").status_code == 422
    assert client.get(f"/uploads/{upload}").json()["received"] == 0
    assert send(client, upload, 0, DATA).status_code == 204
    assert send(client, upload, len(DATA), b"x").status_code == 409


def test_a_whole_file_with_a_wrong_checksum_is_forgotten(client: httpx.Client, bare: Context) -> None:
    upload = announce(client, sha256="0" * 64)
    assert send(client, upload, 0, DATA).status_code == 422
    assert client.get(f"/uploads/{upload}").status_code == 404
    assert not (bare.catalog.home / "uploads" / upload).exists()


def test_an_upload_is_its_owners_alone(client: httpx.Client) -> None:
    upload = announce(client)
    mine = client.headers[WHO]
    for who in ("bob operator", "root admin"):
        client.headers[WHO] = who
        assert client.get(f"/uploads/{upload}").status_code == 404
        assert send(client, upload, 0, DATA).status_code == 404
        assert client.delete(f"/uploads/{upload}").status_code == 404
        assert client.get("/uploads").json()["total"] == 0
        assert client.post("/inspections", json={"uploads": [upload]}).status_code == 404
    client.headers[WHO] = "eve viewer"
    assert send(client, upload, 0, DATA).status_code == 403
    client.headers[WHO] = mine
    assert client.get(f"/uploads/{upload}").json()["received"] == 0


def test_an_unfinished_upload_cannot_be_read_and_a_deleted_one_is_gone(client: httpx.Client, bare: Context) -> None:
    upload = announce(client)
    assert client.post("/inspections", json={"uploads": [upload]}).status_code == 409
    assert client.delete(f"/uploads/{upload}").status_code == 204
    assert client.get(f"/uploads/{upload}").status_code == 404
    assert list((bare.catalog.home / "uploads").iterdir()) == []


def test_of_two_parts_at_once_one_is_written(client: httpx.Client, bare: Context) -> None:
    upload = announce(client)
    statuses: list[int] = []

    def one() -> None:
        with door(str(client.base_url).removesuffix("/api/v1/")) as other:
            statuses.append(send(other, upload, 0, DATA).status_code)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204, *[409] * 7]
    assert stored(bare.catalog.home, upload) == DATA


def test_limits_of_size_number_and_room(bare: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = bare.acting_as(User("ada", "operator"))
    for size in (0, -1, uploading.LARGEST_BYTES + 1):
        with pytest.raises(RequestError, match="expected 1 to"):
            uploading.start(ada, "x", size)
    for number in range(uploading.UNFINISHED_AT_ONCE):
        uploading.start(ada, f"x{number}", 1)
    with pytest.raises(ConflictError, match="unfinished"):
        uploading.start(ada, "x", 1)
    uploading.start(bare, "of somebody else", 1)
    monkeypatch.setattr(uploading, "SPARE_BYTES", 10**18)
    with pytest.raises(StoreError, match="room"):
        uploading.start(bare, "x", 1)


def test_what_was_left_lying_is_swept(bare: Context) -> None:
    old = uploading.start(bare, "old", 1)
    with bare.catalog.write() as session:
        session.get(Upload, old.id).updated_at = utc_now() - uploading.KEPT - timedelta(minutes=1)
    fresh = uploading.start(bare, "fresh", 1)
    with pytest.raises(NotFoundError):
        uploading.get(bare, old.id)
    assert [one.name for one in (bare.catalog.home / "uploads").iterdir()] == [fresh.id]


def test_a_crash_between_the_last_byte_and_the_name_is_healed(bare: Context) -> None:
    upload = uploading.start(bare, "a.bin", 3)
    uploading.append(bare, upload.id, 0, [b"abc"])
    folder = bare.catalog.home / "uploads" / upload.id
    assert uploading.path_of(bare, [upload.id]).read_bytes() == b"abc"
    (folder / "a.bin").rename(folder / uploading.PART)
    assert uploading.path_of(bare, [upload.id]).read_bytes() == b"abc"


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\x00b\n.mat", "a_b_.mat"),
        (".part", "part"),
        ("<img src=x onerror=alert(1)>.csv", "_img src=x onerror=alert(1)_.csv"),
        ("ö" * 200 + ".mat", None),
        ("x" * 300 + "." + "y" * 300, None),
    ],
)
def test_names_are_made_safe(offered: str, kept: str | None) -> None:
    assert kept is None or safe_name(offered) == kept
    assert len(safe_name(offered).encode()) <= 2 * NAME_LIMIT


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder(offered: str) -> None:
    try:
        name = safe_name(offered)
    except RequestError:
        return
    assert Path("/up", name).resolve().parent == Path("/up")
    assert name not in {"", ".", "..", uploading.PART}
    assert len(name.encode(errors="surrogatepass")) <= 2 * NAME_LIMIT


def test_the_client_goes_on_after_an_interruption(
    bare: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.npy"
    np.save(file, np.sin(np.arange(50_000)))
    monkeypatch.setattr(sending, "PART", 2**16)
    monkeypatch.setattr(sending, "PAUSE_S", 0.0)
    parts: list[int] = []

    class Interrupted(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if request.method == "PATCH":
                parts.append(len(parts))
                if len(parts) in (2, 3):  # the server has it, the answer is lost
                    raise httpx.ReadError("cut")
            return answer

    with (
        serving(application(bare)) as address,
        httpx.Client(transport=Interrupted(), timeout=30) as raw,
        RemoteWorkbench(Transport(address, client=raw)) as bench,
    ):
        found = bench.inspect(file, rates={"*": 1000.0})
        assert [one.length for one in found.channels] == [50_000]
        sent = len(parts)
        assert sent == -(-file.stat().st_size // 2**16)
        bench.inspect(file, rates={"*": 2000.0})
        assert len(parts) == sent
