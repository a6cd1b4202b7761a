"""What is private is told to nobody but its owner and administrators, by no service."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.orm import DeclarativeBase

import pfd_panel.services
from data_catalog import jobs
from data_catalog.annotations import AnnotationQuery
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import Job
from pfd_panel.errors import EXPECTED_ERRORS, NotAllowedError
from pfd_panel.services import (
    annotating,
    collections,
    experiments,
    exploring,
    finding,
    health,
    importing,
    maintenance,
    training,
    viewing,
    work,
)
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import JOURNAL, MODEL, RIG, SIMULATED
from tests.pfd_panel.services.test_rights import ADMINISTERS, OWN, WRITES, served_with, services

EVE, OPERATOR, OWNER, ADMIN = User("eve"), User("eve", "operator"), User("local", "operator"), User("ada", "admin")

# these start a coordinator and run something, or look at nothing that is stored
LEFT_OUT = {"work.run", "demo.start_demo", "freezing.freeze"}
DRAWS_ITS_OWN = {"generating.preview", "generating.look"}


@pytest.fixture
def guarded(filled_copy: Context, tmp_path: Path) -> Context:
    """The filled catalog, where one dataset and the one with the model are private; asked by a viewer."""
    opened = filled_copy.cluster.model_copy(update={"import_roots": (tmp_path,)})
    filled_copy = replace(filled_copy, cluster=opened)
    for name in (RIG, SIMULATED):
        collections.update(filled_copy, name, notes="secret notes")
        collections.tag(filled_copy, "dataset", collections.get(filled_copy, name).id, ["secret tag"])
        collections.share(filled_copy, name, "private")
    collections.tag(filled_copy, "model", training.get(filled_copy, MODEL).id, ["secret tag"])
    for row in collections.choose(filled_copy, RIG, ["*"])[:2]:
        annotating.add(filled_copy, RIG, row.signal_id, text="secret remark", label="secret label", start_s=0.1)
    exploring.tag(filled_copy, [row.signal_id for row in collections.choose(filled_copy, RIG, ["*"])], "secret tag")
    return filled_copy.acting_as(EVE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "job.yaml"
    path.write_text("kind: selftest\n")
    return path


def secrets(context: Context) -> set[str]:
    """Every word that tells of what is private: ids and names of it, and what was written on it."""
    found = {"secret notes", "secret tag", "secret remark", "secret label"}
    for one in experiments.page(context).rows:
        found |= {one.id, one.name, *(run.id for run in experiments.get(context, one.id).runs)}
    found |= {one.id for one in annotating.page(context, AnnotationQuery()).rows}
    for name in (RIG, SIMULATED):
        found |= {name, collections.get(context, name).id}
        for row in collections.choose(context, name, ["*"]):
            found |= {row.signal_id, row.recording_id, row.segment_id, row.recording}
    made = training.get(context, MODEL)
    found |= {made.id, MODEL, made.feature_set_id, made.split_id, made.artifact_id}
    shown = collections.get(context, JOURNAL).id
    return found | {job.id for job in jobs_of(context) if job.dataset_id != shown and job.dataset_name != JOURNAL}


def jobs_of(context: Context) -> list[Job]:
    return work.page(context, limit=1000)[0]


def text_of(value: Any) -> Iterator[str]:
    """Everything that a result tells, as words."""
    if isinstance(value, pd.DataFrame):
        value = value.reset_index().to_dict("list")
    if isinstance(value, DeclarativeBase):
        value = {name: getattr(value, name) for name in value.__mapper__.columns.keys()}  # noqa: SIM118
    elif hasattr(value, "__dict__"):
        value = vars(value)
    elif hasattr(value, "__dataclass_fields__"):
        value = {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, np.ndarray):
        yield "an array"
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield str(key)
            yield from text_of(entry)
    elif isinstance(value, list | tuple | set | frozenset):
        for entry in value:
            yield from text_of(entry)
    else:
        yield str(value)


@pytest.mark.parametrize("user", [EVE, OPERATOR], ids=["viewer", "operator"])
def test_no_service_tells_anything_of_what_is_private_to_someone_else(user: User, guarded: Context, file: Path) -> None:
    everything = guarded.acting_as(ADMIN)
    calls, hidden = served_with(everything, file), secrets(everything)
    other = guarded.acting_as(user)
    told: dict[str, set[str]] = {}
    refused = set()
    for name in sorted(set(calls) - ADMINISTERS - OWN - LEFT_OUT):
        given, named = calls[name]
        try:
            answer = services()[name](other, *given, **named)
        except EXPECTED_ERRORS as error:
            refused.add(name)
            words = [str(error), error.hint]
        else:
            words = list(text_of(answer))
            assert name in DRAWS_ITS_OWN or "an array" not in words, name
        known_already = set(text_of((given, named)))
        found = {secret for secret in hidden - known_already if any(secret in word for word in words)}
        if found:
            told[name] = found
    assert told == {}
    # and the walk was no walk past closed doors
    assert {"collections.listing", "work.page", "training.page", "finding.find", "viewing.page"}.isdisjoint(refused)
    assert {"viewing.samples", "viewing.spectrum", "diagnosing.of_signal", "extracting.table", "work.get"} <= refused


def test_the_same_walk_tells_its_owner_and_administrators(guarded: Context, file: Path) -> None:
    everything = guarded.acting_as(ADMIN)
    calls = served_with(everything, file)
    reading = (
        set(calls)
        - ADMINISTERS
        - OWN
        - LEFT_OUT
        - WRITES
        - {"exporting.export", "exporting.write_to", "freezing.freeze"}
    )
    for user in (ADMIN, OWNER, User("local", "viewer")):
        for name in sorted(reading - {"diagnosing.of_signal", "work.finish"}):
            given, named = calls[name]
            services()[name](guarded.acting_as(user), *given, **named)
        assert {one.name for one in collections.listing(guarded.acting_as(user))} == {RIG, SIMULATED, JOURNAL}


def test_a_job_cannot_be_made_to_reach_what_its_submitter_may_not_see(guarded: Context, file: Path) -> None:
    operator = guarded.acting_as(OPERATOR)
    before = len(jobs_of(guarded.acting_as(ADMIN)))
    model = training.get(guarded.acting_as(ADMIN), MODEL)
    rig = collections.get(guarded.acting_as(ADMIN), RIG).id
    for kind, params in (
        ("extract_features", {"dataset": RIG}),
        ("extract_features", {"dataset": rig}),
        ("train_model", {"dataset": SIMULATED, "config": {}}),
        ("predict_recordings", {"path": str(file), "model": MODEL}),
        ("predict_recordings", {"path": str(file), "model": f"{MODEL}:1"}),
        ("predict_recordings", {"path": str(file), "model": model.id}),
    ):
        with pytest.raises(ConflictError, match="is taken"):
            work.start(operator, kind, params)
    with pytest.raises(ConflictError, match="is taken"):
        importing.start(operator, importing.asked(file, RIG))
    theirs = jobs_of(guarded.acting_as(ADMIN))[0].id
    for act in (lambda: work.control(operator, theirs, "cancel"), lambda: work.again(operator, theirs)):
        with pytest.raises(NotFoundError):
            act()
    assert len(jobs_of(guarded.acting_as(ADMIN))) == before


def test_only_its_owner_or_an_administrator_says_who_sees_it(guarded: Context) -> None:
    with pytest.raises(NotFoundError):
        collections.share(guarded.acting_as(OPERATOR), RIG, "team")
    with pytest.raises(NotAllowedError, match="belongs to local"):
        collections.share(guarded.acting_as(OPERATOR), JOURNAL, "private")
    with pytest.raises(NotAllowedError, match="may not change anything"):
        collections.share(guarded.acting_as(User("local", "viewer")), RIG, "team")
    collections.share(guarded.acting_as(OWNER), RIG, "team")
    assert RIG in {one.name for one in collections.listing(guarded)}
    collections.share(guarded.acting_as(ADMIN), SIMULATED, "team")
    model = training.get(guarded, MODEL)
    assert training.share(guarded.acting_as(OWNER), model.id, "private").visibility == "private"
    with pytest.raises(NotFoundError):
        training.get(guarded, MODEL)
    assert [one.text for one in finding.find(guarded, MODEL) if one.kind == "model"] == []


def test_nobody_counts_what_he_does_not_see(guarded: Context) -> None:
    seen, all_of_it = health.counts(guarded), health.counts(guarded.acting_as(ADMIN))
    assert (seen.datasets, all_of_it.datasets) == (1, 3)
    assert seen.models < all_of_it.models
    with guarded.catalog.write() as session:
        jobs.insert(session, "selftest", "Check", {"dataset": RIG}, "local", "signal")
    assert (health.counts(guarded).running, health.counts(guarded.acting_as(ADMIN)).running) == (0, 1)


def test_the_doctor_names_nothing_to_someone_from_whom_anything_is_hidden(guarded: Context) -> None:
    everything = guarded.acting_as(ADMIN)
    row = collections.choose(everything, RIG, ["*"])[0]
    with guarded.catalog.write() as session:
        job = jobs.insert(session, "selftest", f"Train on {RIG}", {"dataset": RIG}, "local", "signal")
        job.state = "running"
    told, known = maintenance.check(guarded.acting_as(OPERATOR)), maintenance.check(everything)
    assert any(RIG in one.what for one in known.findings)
    assert [one.severity for one in told.findings] == [one.severity for one in known.findings]
    words = " ".join(f"{one.what} {one.subject}" for one in told.findings)
    assert RIG not in words
    assert job.id not in words
    assert row.segment_id not in words
    for name in (RIG, SIMULATED):
        collections.share(everything, name, "team")
    assert any(RIG in one.what for one in maintenance.check(guarded.acting_as(OPERATOR)).findings)


def test_a_page_that_was_open_when_something_became_private_shows_it_no_more(guarded: Context) -> None:
    owner = guarded.acting_as(OWNER)
    collections.share(owner, RIG, "team")
    row = collections.choose(guarded, RIG, ["*"])[0]
    assert len(viewing.samples(guarded, row, 0, 64)) == 64
    collections.share(owner, RIG, "private")
    with pytest.raises(NotFoundError):
        viewing.samples(guarded, row, 0, 64)
    with pytest.raises(NotFoundError):
        viewing.overview(guarded, row, 0.0, 0.1)


def test_a_key_that_may_not_administer_sees_no_more_than_anyone(guarded: Context) -> None:
    scoped = guarded.acting_as(User("ada", "admin", frozenset({"read"})))
    assert [one.name for one in collections.listing(scoped)] == [JOURNAL]
    assert len(collections.listing(guarded.acting_as(ADMIN))) == 3


def test_services_open_no_session_that_sees_more_than_their_user() -> None:
    # accounts are shown by right, not by owner; health counts
    about_accounts = {"account.py", "auditing.py", "context.py", "health.py", "keys.py", "people.py", "sessions.py"}
    (folder,) = map(Path, pfd_panel.services.__path__)
    found = {
        path.name for path in folder.glob("*.py") if re.search(r"catalog\.(read|write)\(\)", path.read_text("utf-8"))
    }
    assert found <= about_accounts


def test_without_anything_private_everyone_sees_everything(filled: Context) -> None:
    names = {one.name for one in collections.listing(filled)}
    assert {one.name for one in collections.listing(filled.acting_as(EVE))} == names == {RIG, SIMULATED, JOURNAL}
