"""Answers: pages, filters, ETags, formats, refusals."""

import io
import json
import math

import httpx
import numpy as np
import pyarrow as pa
import pytest

from data_catalog.signals import SignalQuery
from pfd_panel.api import formats
from pfd_panel.services import collections, extracting, statistics, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import RIG, SIMULATED, running_coordinator


@pytest.fixture(scope="module")
def place(filled: Context) -> str:
    row = collections.choose(filled, RIG, ["OR/007/@6/130@6_0:DE"])[0]
    return f"/datasets/{row.dataset_id}/signals/{row.signal_id}"


# ---- pages and filters


def all_ids(client: httpx.Client, limit: int, **asked: object) -> list[str]:
    found, cursor = [], {}
    while True:
        page = client.get("/signals", params={**asked, **cursor, "limit": limit}).json()
        assert len(page["items"]) <= limit
        found += [one["signal_id"] for one in page["items"]]
        if page["next"] is None:
            assert page["total"] == len(found)
            return found
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize("limit", [1, 5, 18, 1000])
def test_pages_of_any_size_are_the_whole_list_once(viewer: httpx.Client, filled: Context, limit: int) -> None:
    dataset_id = collections.get(filled, RIG).id
    rows = viewing.page(filled, SignalQuery(dataset_id=dataset_id, sort="rms", descending=True, limit=100)).rows
    expected = [row.signal_id for row in rows]
    assert all_ids(viewer, limit, dataset=RIG, sort="rms", descending="true") == expected


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"fault": "outer_race"}, 4),
        ({"fault": ["outer_race", "ball"], "channel": "DE"}, 4),
        ({"bearing": ""}, 0),
        ({"rate_hz": 48000}, 4),
        ({"text": "OR/007"}, 4),
        ({"range": "rms:1e9:"}, 0),
        ({"range": "rms::1e9"}, 18),
        ({"tag": "nobody-has-it"}, 0),
        ({"query": "fault:outer and not channel:FE"}, 2),
        ({"query": "fault:none or rate_hz = 48000", "fault": "healthy"}, 4),
    ],
)
def test_filters_keep_what_they_say(viewer: httpx.Client, asked: dict[str, object], count: int) -> None:
    assert viewer.get("/signals", params={"dataset": RIG, **asked}).json()["total"] == count


def test_a_query_may_name_and_order_by_the_features_of_one_dataset(viewer: httpx.Client, filled: Context) -> None:
    frame = extracting.table(filled, RIG)
    middle = float(frame["spectral_centroid"].median())
    query = f"spectral_centroid > {middle:.17g}"
    expected = frame["spectral_centroid"].sort_values(ascending=False)
    asked = {"dataset": RIG, "sort": "spectral_centroid", "descending": "true"}
    assert all_ids(viewer, 4, **asked, query=query) == list(expected[expected > middle].index)
    assert all_ids(viewer, 50, **asked, range=f"spectral_centroid:{middle:.17g}:") == list(
        expected[expected >= middle].index
    )
    names = {one["name"]: one["kind"] for one in viewer.get(f"/datasets/{RIG}/query-names").json()}
    assert (names["spectral_centroid"], names["rms"], names["tag"]) == ("feature", "number", "word")
    refused = viewer.get("/signals", params={"query": query})
    assert (refused.status_code, "asked of one dataset" in refused.json()["detail"]) == (422, True)
    refused = viewer.get("/signals", params={"dataset": RIG, "query": "rms > 1 or"})
    assert (refused.status_code, "(character 11)" in refused.json()["detail"]) == (422, True)


def test_pages_of_a_dataset_stay_at_the_version_they_began_with(own: httpx.Client) -> None:
    first = own.get("/signals", params={"dataset": RIG, "limit": 10, "sort": "id"}).json()
    ids = [one["signal_id"] for one in first["items"]]
    changed = own.post(f"/datasets/{RIG}/corrections", json={"signal_ids": ids[:5], "changes": {"load": 3}})
    assert changed.json()["number"] == 2
    asked = {"dataset": RIG, "limit": 10, "sort": "id", "cursor": first["next"]}
    rest = [one["signal_id"] for one in own.get("/signals", params=asked).json()["items"]]
    assert len({*ids, *rest}) == first["total"] == 18


def test_jobs_that_come_meanwhile_do_not_shift_the_next_page(own: httpx.Client) -> None:
    before = [one["id"] for one in own.get("/jobs", params={"limit": 100}).json()["items"]]
    first = own.get("/jobs", params={"limit": 2}).json()
    own.post("/generations", json={"dataset": "new", "settings": {"kind": "rolling", "per_class": 1}})
    second = own.get("/jobs", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["items"] + second["items"]] == before[:4]


def test_a_cursor_of_another_list_or_none_of_ours_is_refused(viewer: httpx.Client) -> None:
    first = viewer.get("/signals", params={"dataset": RIG, "limit": 2}).json()
    asked = [{"dataset": SIMULATED, "cursor": first["next"]}, {"cursor": "nonsense"}, {"cursor": "W10"}]
    for one in asked:
        answer = viewer.get("/signals", params=one)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "query.cursor"


# ---- ETags


def test_what_a_client_has_is_not_sent_again_until_it_changes(own: httpx.Client) -> None:
    first = own.get(f"/datasets/{RIG}")
    tag = first.headers["etag"]
    again = own.get(f"/datasets/{RIG}", headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    own.patch(f"/datasets/{RIG}", json={"notes": "changed"})
    changed = own.get(f"/datasets/{RIG}", headers={"if-none-match": tag})
    assert (changed.status_code, changed.json()["notes"]) == (200, "changed")
    assert changed.headers["etag"] != tag


def test_a_known_spectrum_is_not_computed_again(
    viewer: httpx.Client, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = viewer.get(f"{place}/spectrum").headers["etag"]

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("it was computed")

    monkeypatch.setattr(viewing, "spectrum", fail)
    assert viewer.get(f"{place}/spectrum", headers={"if-none-match": tag}).status_code == 304
    assert viewer.get(f"{place}/spectrum", params={"segment": 64}, headers={"if-none-match": tag}).status_code == 500


def test_each_format_has_a_tag_of_its_own(viewer: httpx.Client, place: str) -> None:
    tags = {viewer.get(f"{place}/samples", headers={"accept": one}).headers["etag"] for one in formats.ENCODERS}
    assert len(tags) == 3


# ---- formats


def test_samples_are_the_same_in_every_format(viewer: httpx.Client, place: str, filled: Context) -> None:
    row = collections.choose(filled, RIG, [place.rpartition("/")[2]])[0]
    expected = viewing.samples(filled, row, 100, 5000)
    asked = {"start": 100, "stop": 5000}
    told = viewer.get(f"{place}/samples", params=asked).json()
    assert (told["start"], told["rate_hz"], told["unit"]) == (100, row.rate_hz, row.unit)
    np.testing.assert_array_equal(np.array(told["samples"], dtype="f4"), expected)
    npy = viewer.get(f"{place}/samples", params=asked, headers={"accept": formats.NPY})
    np.testing.assert_array_equal(np.load(io.BytesIO(npy.content), allow_pickle=False), expected)
    arrow = viewer.get(f"{place}/samples", params=asked, headers={"accept": formats.ARROW})
    table = pa.ipc.open_stream(arrow.content).read_all()
    assert table.schema.field("samples").type == pa.float32()
    np.testing.assert_array_equal(table["samples"].to_numpy(), expected)
    assert json.loads(table.schema.metadata[b"about"])["rate_hz"] == row.rate_hz


@pytest.mark.parametrize("what", ["pyramid", "spectrum", "envelope", "spectrogram"])
def test_columns_are_the_same_in_every_format(viewer: httpx.Client, place: str, what: str) -> None:
    told = viewer.get(f"{place}/{what}").json()
    arrow = pa.ipc.open_stream(viewer.get(f"{place}/{what}", headers={"accept": formats.ARROW}).content).read_all()
    npy = np.load(io.BytesIO(viewer.get(f"{place}/{what}", headers={"accept": formats.NPY}).content))
    for name in arrow.column_names:
        np.testing.assert_array_equal(np.array(told[name], dtype=npy[name].dtype), npy[name])
        assert np.array(arrow[name].to_pylist(), dtype=npy[name].dtype).tolist() == npy[name].tolist()
    assert json.loads(arrow.schema.metadata[b"about"]).items() <= told.items()


def test_a_spectrum_and_a_pyramid_are_those_of_the_services(viewer: httpx.Client, place: str, filled: Context) -> None:
    row = collections.choose(filled, RIG, [place.rpartition("/")[2]])[0]
    told = viewer.get(f"{place}/envelope", params={"low_hz": 2500, "high_hz": 3500, "max_hz": 400}).json()
    expected = viewing.envelope(filled, row, band=(2500.0, 3500.0), max_hz=400.0)
    np.testing.assert_allclose(told["amplitude"], expected.amplitude)
    assert told["band_hz"] == list(expected.band_hz)
    seen = viewer.get(f"{place}/pyramid", params={"start_s": 0.5, "stop_s": 1.5, "buckets": 50}).json()
    bounds = viewing.overview(filled, row, 0.5, 1.5, 50)
    assert (seen["x0"], seen["step"], len(seen["low"])) == (bounds.x0, bounds.step, len(bounds.low))
    np.testing.assert_array_equal(np.array(seen["high"], dtype="f4"), bounds.high)


def test_features_are_a_table_in_every_format(viewer: httpx.Client, filled: Context) -> None:
    frame = extracting.table(filled, RIG)
    told = viewer.get(f"/datasets/{RIG}/features").json()["data"]
    assert list(told) == ["signal_id", *frame.columns]
    assert told["signal_id"] == frame.index.tolist()
    np.testing.assert_allclose(told["rms"], frame["rms"])
    npy = np.load(io.BytesIO(viewer.get(f"/datasets/{RIG}/features", headers={"accept": formats.NPY}).content))
    assert npy["fault"].tolist() == frame["fault"].fillna("").tolist()
    only = viewer.get(f"/datasets/{RIG}/features", params={"fault": "ball", "channel": "FE"}).json()["data"]
    assert set(only["fault"]) == {"ball"}
    assert len(only["fault"]) == 2
    ranked = viewer.get(f"/datasets/{RIG}/feature-ranking").json()
    assert [(one["feature"], one["score"]) for one in ranked] == statistics.ranked(frame).features


def test_numbers_that_are_none_become_null_and_too_many_are_refused() -> None:
    from pfd_panel.api.areas.signals import Samples

    answer = Samples(samples=np.array([1.0, math.nan, math.inf]), start=0, rate_hz=1.0, unit="g")
    assert json.loads(formats.to_json(answer))["samples"] == [1.0, None, None]
    assert math.isnan(formats.from_arrow(Samples, formats.to_arrow(answer)).samples[1])
    many = Samples(samples=np.zeros(formats.LARGEST_JSON + 1), start=0, rate_hz=1.0, unit="g")
    with pytest.raises(ValueError, match="too many for JSON"):
        formats.to_json(many)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", formats.JSON),
        ("*/*", formats.JSON),
        ("text/html, application/*;q=0.5", formats.JSON),
        (f"{formats.JSON};q=0.1, {formats.NPY}", formats.NPY),
        (f"{formats.NPY};q=0, */*", formats.JSON),
        (f"{formats.ARROW};q=oops", None),
        ("text/html", None),
    ],
)
def test_the_client_chooses_the_format(accept: str, expected: str | None) -> None:
    assert formats.chosen(accept, tuple(formats.ENCODERS)) == expected


def test_a_dataset_is_sent_as_a_file_also_in_parts(viewer: httpx.Client) -> None:
    whole = viewer.get(f"/datasets/{RIG}/export")
    assert whole.content.startswith(b"\x89HDF")
    assert whole.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Test_rig-v1")
    part = viewer.get(f"/datasets/{RIG}/export", headers={"range": "bytes=8-15"})
    assert (part.status_code, part.content) == (206, whole.content[8:16])


# ---- refusals


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "kind", "fields"),
    [
        ("GET", "/datasets/Test rigg", {}, 404, "not-found", None),
        ("GET", f"/datasets/{RIG}/signals/none", {}, 404, "not-found", None),
        ("GET", "/jobs/none", {}, 404, "not-found", None),
        ("GET", "/nothing/here", {}, 404, "not-found", None),
        ("GET", "/..%2f..%2fetc", {}, 404, "not-found", None),
        ("PUT", "/jobs", {}, 405, "method-not-allowed", None),
        ("DELETE", "/health", {}, 405, "method-not-allowed", None),
        ("GET", "/signals", {"params": {"limit": 0}}, 422, "invalid-request", ["query.limit"]),
        ("GET", "/signals", {"params": {"limit": "x", "surprise": 1}}, 422, "invalid-request",
         ["query.limit", "query.surprise"]),
        ("GET", "/signals", {"params": [("sort", "rms"), ("sort", "id")]}, 422, "invalid-request", ["query.sort"]),
        ("GET", "/signals", {"params": {"sort": "password"}}, 422, "field", ["query.sort"]),
        ("GET", "/signals", {"params": {"range": "labels:1:2"}}, 422, "field", ["query.range"]),
        ("GET", "/signals", {"params": {"text": "a\x00b"}}, 422, "invalid-request", ["query.text"]),
        ("POST", "/generations", {"json": {"dataset": "x", "settings": {"kind": "rolling", "per_class": -1}}}, 422,
         "invalid-request", ["body.settings.per_class"]),
        ("POST", "/generations", {"json": {"dataset": "x", "settings": {"kind": "rolling", "noise": {"pink": "?"}}}},
         422, "invalid-request", ["body.settings.noise.pink"]),
        ("POST", f"/datasets/{SIMULATED}/trainings", {"json": {"config": {"split": {"folds": 1}}}}, 422,
         "invalid-request", ["body.config.split.folds"]),
        ("POST", f"/datasets/{RIG}/corrections", {"json": {"signal_ids": ["x"], "changes": {"rate_hz": -1}}}, 422,
         "invalid-request", ["body.changes.rate_hz"]),
        ("POST", "/generations", {"json": [1]}, 422, "invalid-request", ["body"]),
        ("POST", "/generations", {"content": b"{\"a\": NaN}"}, 422, "invalid-request", ["body"]),
        ("POST", "/generations", {"content": b"[" * 100_000}, 422, "invalid-request", ["body"]),
        ("POST", "/generations", {"content": b"<x/>", "headers": {"content-type": "text/xml"}}, 415,
         "unsupported-media-type", None),
        ("POST", "/generations", {"content": b" " * (4 * 2**20 + 1)}, 413, "too-large", None),
        ("POST", "/imports", {"json": {"dataset": "x", "path": "/etc/passwd"}}, 403, "not-allowed", None),
        ("POST", "/inspections", {"json": {"path": "/etc/passwd"}}, 403, "not-allowed", None),
        ("POST", "/diagnoses", {"json": {"path": "/etc/passwd", "bearing": "6205-2RS"}}, 403, "not-allowed", None),
        ("POST", "/jobs", {"json": {"kind": "import_signals", "params": {"path": "/etc"}}}, 403, "not-allowed", None),
        ("POST", "/checks", {"json": {"repair": True}}, 403, "not-allowed", None),
        ("POST", "/imports", {"json": {"dataset": "x", "uploads": ["none"]}}, 404, "not-found", None),
        ("GET", "/counts", {"headers": {"accept": "text/html"}}, 406, "not-acceptable", None),
    ],
)  # fmt: skip
def test_every_refusal_is_a_problem_that_says_where(
    operator: httpx.Client, method: str, path: str, sent: dict[str, object], status: int, kind: str,
    fields: list[str] | None,
) -> None:  # fmt: skip
    answer = operator.request(method, path, **sent)
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, told["status"], told["type"]) == (status, status, f"/docs#problem-{kind}")
    assert told["detail"]
    assert [one["field"] for one in told.get("errors", [])] == (fields or [])
    assert "Traceback" not in answer.text
    assert "/pfd_panel/" not in answer.text


def test_a_method_that_is_not_taken_names_those_that_are(operator: httpx.Client) -> None:
    assert operator.put("/datasets/x").headers["allow"] == "DELETE, GET, PATCH"


def test_a_defect_is_numbered_and_tells_nothing(
    operator: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr(collections, "listing", broken)
    told = operator.get("/datasets").json()
    assert (told["status"], told["type"]) == (500, "/docs#problem-unexpected")
    assert "secret" not in json.dumps(told)
    assert told["reference"] in caplog.text
    assert "secret detail" in caplog.text


def test_a_server_path_is_read_for_an_administrator(admin: httpx.Client, tmp_path: object) -> None:
    np.save(f"{tmp_path}/x.npy", np.sin(np.arange(4096)))
    told = admin.post("/inspections", json={"path": f"{tmp_path}/x.npy"}).json()
    assert [one["length"] for one in told["channels"]] == [4096]
    assert [one["what"] for one in told["needs"]] == ["rate_hz"]


def test_a_queued_job_says_where_it_is(own: httpx.Client, filled_copy: Context) -> None:
    settings = {"kind": "rolling", "per_class": 1, "duration_s": 0.5}
    answer = own.post("/generations", json={"dataset": "made", "settings": settings})
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
    with running_coordinator(filled_copy.catalog):
        for _ in range(600):
            job = own.get(answer.headers["location"].removeprefix("/api/v1")).json()
            if job["state"] == "done":
                break
    assert own.get("/datasets/made").json()["signals"] == job["result"]["added"] == 5
