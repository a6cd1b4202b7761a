"""Every service asks whether its user may: a reader changes nothing, a stranger is told nothing."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

import pfd_panel.services
from dask_cluster.kinds.import_signals import ImportParams
from dask_cluster.kinds.predict_recordings import PredictParams
from dask_cluster.train_params import TrainParams
from data_catalog.annotations import AnnotationQuery
from data_catalog.schema import Base
from data_catalog.signals import SignalQuery
from pfd_panel.accounts import totp
from pfd_panel.errors import NotAllowedError
from pfd_panel.services import annotating, collections, experiments, referencing, training, uploading, work
from pfd_panel.services import context as contexts
from pfd_panel.services.context import RIGHTS, Context, Right, Role, User
from pfd_panel.workbench import Workbench
from tests.pfd_panel.conftest import JOURNAL, MODEL, RIG, SIMULATED, report_on

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
GENERATED = {"kind": "rolling", "per_class": 1, "duration_s": 0.5}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("given") / "job.yaml"
    path.write_text("kind: selftest\n")
    return path


@pytest.fixture(scope="module")
def calls(filled: Context, file: Path) -> dict[str, Arguments]:
    """The arguments of `served_with` on the filled catalog."""
    return served_with(filled, file)


def served_with(filled: Context, file: Path) -> dict[str, Arguments]:
    """Arguments with which a user who may would be served, by service."""
    row = collections.choose(filled, RIG, ["*"])[0]
    model = training.get(filled, MODEL)
    job = work.page(filled)[0][0].id
    tried = experiments.page(filled).rows[0].id
    params = ImportParams(path=str(file), dataset="new")
    upload = uploading.start(filled.acting_as(User("eve", "operator")), "a.mat", 10)
    here = SignalQuery(dataset_id=row.dataset_id)
    written = AnnotationQuery(dataset_id=row.dataset_id)
    known = annotating.page(filled, written).rows
    if referencing.find(filled, RIG) is None:
        referencing.declare(filled, RIG, query="fault:healthy")
    channel = SimpleNamespace(path=str(file), locator={}, length=1, rate_hz=None)
    noise = np.random.default_rng(0).standard_normal(20_000)
    report = report_on(filled)
    remark = (known or [annotating.add(filled, RIG, row.signal_id, text="x", start_s=0.1)])[0].id

    def to(*given: Any, **named: Any) -> Arguments:
        return given, named

    return {
        "account.me": to(), "account.has_account": to(), "account.rename": to("x"),
        "account.change_password": to("x", "y"), "account.begin_second_factor": to(),
        "account.confirm_second_factor": to("x", totp.new_secret(), "x"), "account.drop_second_factor": to("x"),
        "account.renew_recovery_codes": to("x"),
        "analysing.channels": to(row), "analysing.analyse": to(row, "histogram"),
        "annotating.page": to(written), "annotating.facets": to(written), "annotating.get": to(remark),
        "annotating.add": to(RIG, row.signal_id, text="x", start_s=0.1), "annotating.change": to(remark, text="y"),
        "annotating.remove": to(remark), "annotating.restore": to(remark), "annotating.export": to(written, "csv"),
        "auditing.page": to(), "auditing.choices": to(),
        "keys.add": to("x"), "keys.listing": to(), "keys.everyones": to(), "keys.revoke": to("x"),
        "people.listing": to(), "people.get": to("x"), "people.add": to("x", "admin", "four unrelated words x"),
        "people.invite": to("x", "viewer"), "people.reset": to("x"), "people.unlock": to("x"),
        "people.set_role": to("x", "viewer"), "people.disable": to("x"), "people.enable": to("x"),
        "people.remove": to("x"), "people.link": to("x", "https://login.example", "s"), "people.unlink": to("x"),
        "people.drop_second_factor": to("x"),
        "sessions.listing": to(), "sessions.end": to("x"), "sessions.end_all": to(),
        "collections.listing": to(), "collections.get": to(RIG), "collections.versions": to(RIG),
        "collections.update": to(RIG, name="x"), "collections.choose": to(RIG, ["*"]),
        "collections.correct": to(RIG, [row.signal_id], {"fault": "ball"}), "collections.delete": to(JOURNAL),
        "collections.restore": to(JOURNAL), "collections.deleted": to(),
        "collections.tags_of": to("dataset", row.dataset_id), "collections.tag": to("dataset", row.dataset_id, ["x"]),
        "collections.share": to(RIG, "private"),
        "collections.retag": to("dataset", row.dataset_id, add=["x"]),
        "comparing.chosen": to(RIG, [row.signal_id]), "comparing.channels": to([row], 0.0, 0.1),
        "comparing.spectra": to([row]), "comparing.difference": to(row, row), "comparing.suggest_offset": to(row, row),
        "comparing.whole_part": to(row), "deviating.peers": to(row, "class", fault="healthy"),
        "deviating.deviation": to(row, "spectrum", "class", fault="healthy"),
        "deviating.reference_of": to(row, "spectrum"), "feature_deviating.features": to(row, "class", fault="healthy"),
        "referencing.declare": to(RIG, query="fault:healthy"), "referencing.find": to(RIG),
        "referencing.get": to(RIG), "referencing.withdraw": to(RIG),
        "contesting.contest": to([MODEL, model.id]), "contesting.of_those_there": to([MODEL]),
        "contestants.candidates": to("bearings"),
        "cutting.cut": to(row, 0.1, 0.5), "cutting.undo": to(RIG, row.signal_id),
        "drawing.figure": to(row, "svg", stop_s=0.2), "sounding.sound": to(row, 0.0, 0.2),
        "stretches.analysed": to(row, 0.0, 0.2), "stretches.blocks": to(row, 0, 64),
        "stretches.export": to(row, "npy", 0.0, 0.2), "stretches.features": to(row, 0.0, 0.2),
        "stretches.folder": to(),
        "demo.start_demo": to(), "demo.untrained": to(),
        "diagnosing.known": to([row]), "diagnosing.of_signal": to(row),
        "examining.channels": to(str(file)), "examining.examine": to(str(file), geometry=None),
        "exploring.tag": to([row.signal_id], "x"), "exploring.untag": to([row.signal_id], "x"),
        "exploring.tags_of": to([row.signal_id]),
        "beginning.settled": to(TrainParams(dataset=SIMULATED)),
        "estimating.estimate": to(SIMULATED, training.settings(), probe=False),
        "experiments.start": to(SIMULATED, training.settings()), "experiments.page": to(),
        "experiments.facets": to(), "experiments.names": to(), "experiments.get": to(tried),
        "experiments.history": to(tried), "experiments.rerun_settings": to(tried),
        "experiments.rename": to([tried], "x"), "experiments.describe": to([tried], "x"),
        "experiments.move": to([tried], "x"), "experiments.tag": to([tried], ["x"]),
        "experiments.untag": to([tried], ["x"]), "experiments.archive": to([tried]),
        "experiments.unarchive": to([tried]), "experiments.delete": to([tried]), "experiments.restore": to([tried]),
        "experiments.share": to([tried], "private"),
        "exporting.export": to(JOURNAL), "exporting.write_to": to(JOURNAL, file.parent),
        "extracting.start": to(RIG), "extracting.coverage": to(RIG), "extracting.table": to(RIG),
        "extracting.of_signal": to(RIG, row.signal_id),
        "finding.find": to("rig"),
        "freezing.freeze": to("x", "/"),
        "links.add": to("x", "/"), "links.listing": to(), "links.everyones": to(), "links.revoke": to("x"),
        "links.visited": to(), "views.save": to("x", "/"), "views.listing": to(), "views.get": to("x"),
        "views.change": to("x", name="y"), "views.remove": to("x"),
        "generating.preview": to(GENERATED), "generating.look": to(GENERATED, fault="healthy"),
        "generating.start": to("new", GENERATED),
        "maintenance.check": to(), "uploading.start": to("a.mat", 10), "uploading.get": to(upload.id),
        "uploading.page": to(), "uploading.append": to(upload.id, 0, [b"x"]), "uploading.delete": to(upload.id),
        "uploading.path_of": to([upload.id]),
        "alerts.page": to(), "alerts.add": to("x", "cpu_percent", 1.0),
        "alerts.change": to("default-cpu", threshold=1.0), "alerts.remove": to("default-cpu"),
        "health.parts": to(), "health.counts": to(), "health.report": to(), "health.history": to(),
        "health.log_lines": to(), "health.dashboard": to(),
        "notifying.page": to(), "notifying.unread": to(), "notifying.mark_read": to(), "notifying.wanted": to([]),
        "notifying.try_inbox": to(), "notifying.try_email": to(), "notifying.try_webhook": to("x"),
        "notifying.hooks": to(), "notifying.add_webhook": to("x", "https://example.com/"),
        "notifying.enable_webhook": to("x", False), "notifying.remove_webhook": to("x"), "notifying.sent": to(),
        "preferences.notifications": to(), "preferences.choose_notifications": to(toast=False),
        "importing.inspection": to(params), "importing.gather": to([file]), "importing.start": to(params),
        "querying.names": to(RIG), "querying.prepared": to(here), "querying.values": to(RIG, [row.signal_id], ["rms"]),
        "querying.spread": to(RIG, ["rms"]), "querying.features_of_version": to(RIG),
        "querying.model_asked": to(SIMULATED),
        "statistics.drift": to(RIG, 1, 1), "checking.rates": to(RIG), "checking.check_rates": to(RIG, most=1),
        "projecting.find": to(RIG), "projecting.start": to(RIG), "projecting.heard_by": to(RIG),
        "overlaying.overlay": to(RIG), "overlaying.summary": to(RIG), "overlaying.picture": to(RIG),
        "selecting.save_as": to(RIG, "a selection", here), "selecting.keep_only": to(RIG, replace(here, text="DE")),
        "selecting.export": to(RIG, replace(here, text="105_0")),
        "selecting.write_to": to(RIG, file.parent / "selection.npz", replace(here, text="105_0")),
        "reach.readable": to(file), "reach.opened": to(),
        "reporting.start": to([MODEL]), "reporting.made": to([MODEL]), "reporting.files": to(report),
        "reporting.file": to(report, "pdf"),
        "peeking.peek": to([file]), "peeking.peek_spectrum": to(file), "peeking.peek_envelope": to(file),
        "peeking.glance": to(channel), "peeking.keep": to([file], "new"),
        "overview.extent": to(RIG), "overview.balance": to(RIG), "overview.attention": to(RIG),
        "overview.best": to(SIMULATED), "overview.diagnosed": to(RIG),
        "overview.diagnose_missing": to(RIG, most=1), "overview.points": to(RIG),
        "reproducing.as_python": to(RIG, row.signal_id),
        "splitting.choices": to(RIG), "splitting.preview_split": to(RIG),
        "documenting.epochs": to(MODEL), "documenting.written_files": to(MODEL), "held_answers.answers": to(MODEL),
        "judging.by_condition": to(MODEL), "judging.calibrations": to(MODEL), "judging.class_table": to(MODEL),
        "judging.conformal_sets": to(MODEL), "judging.mistakes": to(MODEL), "judging.operating_curves": to(MODEL),
        "judging.reliability": to(MODEL), "judging.scores": to(MODEL), "retesting.noise_sweep": to(MODEL),
        "retesting.start_noise_sweep": to(MODEL), "retesting.unfamiliar": to(MODEL),
        "training.start": to(SIMULATED, training.settings()), "training.page": to(), "training.get": to(MODEL),
        "training.held_out": to(model.id), "training.why_different": to(MODEL, MODEL),
        "training.comparable": to(model), "training.write_notes": to(MODEL, "x"),
        "training.share": to(MODEL, "private"), "training.restore": to(model.id),
        "training.records": to(RIG), "training.delete": to(MODEL),
        "training.predict": to(PredictParams(path=str(file), model=MODEL)),
        "registering.promote": to(MODEL, "candidate", "x"), "registering.stage_history": to(MODEL),
        "registering.export": to(MODEL), "registering.files": to(MODEL), "registering.card": to(MODEL),
        "registering.download": to(MODEL, "saved"), "registering.write_to": to(MODEL, "saved", file.parent / "model"),
        "tracing.lineage": to(MODEL), "predicting.signal": to(MODEL, noise, 12_000.0),
        "predicting.dataset": to(MODEL, RIG),
        "viewing.page": to(here), "viewing.facets": to(here, ("fault",)), "viewing.get": to(RIG, row.signal_id),
        "viewing.neighbours": to(here, row.signal_id), "viewing.at": to(here, 0), "viewing.samples": to(row, 0, 64),
        "viewing.analysed": to(row), "viewing.overview": to(row, 0.0, 0.1), "viewing.spectrum": to(row),
        "measuring.cursor": to(row, "waveform", "delta", (0.1, 0.2)), "measuring.lines_of_waveform": to(row, 0.0, 0.1),
        "viewing.envelope": to(row), "viewing.time_frequency": to(row),
        "work.start": to("selftest", {}), "work.start_file": to(file), "work.run": to("selftest", {}),
        "work.finish": to(job), "work.get": to(job), "work.news": to(job), "work.page": to(), "work.events": to(job),
        "work.whole_log": to(job), "work.control": to(job, "cancel"), "work.again": to(job), "work.counts": to(),
        "work.stamp": to(),
    }  # fmt: skip


WRITES = frozenset(
    {
        "beginning.settled", "estimating.estimate",
        "experiments.start", "experiments.rename", "experiments.describe", "experiments.move", "experiments.tag",
        "experiments.untag", "experiments.archive", "experiments.unarchive", "experiments.delete",
        "experiments.restore", "experiments.share",
        "peeking.glance", "peeking.keep", "peeking.peek", "peeking.peek_spectrum", "peeking.peek_envelope",
        "cutting.cut", "cutting.undo",
        "annotating.add", "annotating.change", "annotating.remove", "annotating.restore",
        "collections.update", "collections.correct", "collections.delete", "collections.restore", "collections.tag",
        "collections.retag", "collections.share", "training.share", "links.add",
        "demo.start_demo", "examining.channels", "examining.examine", "exploring.tag",
        "exploring.untag", "extracting.start", "generating.start", "importing.inspection", "importing.gather",
        "referencing.declare", "referencing.withdraw", "projecting.start",
        "reach.readable", "reporting.start", "selecting.save_as", "selecting.keep_only",
        "checking.check_rates",
        "importing.start", "overview.diagnose_missing", "training.start", "training.write_notes", "training.restore",
        "training.delete", "training.predict",
        "registering.promote", "registering.export", "predicting.dataset",
        "work.start", "work.start_file", "work.run", "work.control",
        "retesting.start_noise_sweep",
        "work.again", "uploading.start", "uploading.get", "uploading.page", "uploading.append", "uploading.delete",
        "uploading.path_of", "maintenance.check",
    }
)  # fmt: skip

# what only administrators may do
ADMINISTERS = frozenset(
    {
        "auditing.page", "auditing.choices", "keys.everyones", "people.listing", "people.get", "people.add",
        "people.invite", "people.reset", "people.unlock", "people.set_role", "people.disable", "people.enable",
        "people.remove", "people.link", "people.unlink", "people.drop_second_factor", "alerts.add", "alerts.change",
        "alerts.remove",
        "health.log_lines", "health.dashboard", "notifying.try_webhook", "notifying.hooks", "notifying.add_webhook",
        "notifying.enable_webhook", "notifying.remove_webhook", "notifying.sent", "links.everyones",
    }
)  # fmt: skip

# what everyone may do with his own account, whatever his role
OWN = frozenset(
    {
        "account.me", "account.has_account", "account.rename", "account.change_password", "account.begin_second_factor",
        "account.confirm_second_factor", "account.drop_second_factor", "account.renew_recovery_codes", "keys.add",
        "keys.listing", "keys.revoke", "sessions.listing", "sessions.end", "sessions.end_all",
        "links.listing", "links.revoke", "links.visited", "views.save", "views.get", "views.change", "views.remove",
        "notifying.mark_read", "notifying.try_inbox", "notifying.try_email", "preferences.choose_notifications",
    }
)  # fmt: skip


def right_of(name: str) -> Right:
    """The permission table: which right each service asks for."""
    return "administer" if name in ADMINISTERS else "work" if name in WRITES else "read"


class GrantedError(Exception):
    """The service asked for the right that the table says, and it was granted."""


@dataclass(frozen=True)
class Gate(Context):
    """Lets a service go no further than to the right that is expected of it."""

    expected: Right = "read"

    def require(self, right: Right) -> None:
        super().require(right)
        if right == self.expected:
            raise GrantedError


def services() -> dict[str, Callable[..., Any]]:
    """Every public function of the services that is called with a context."""
    found = {}
    for module_info in pkgutil.iter_modules(pfd_panel.services.__path__):
        module = importlib.import_module(f"pfd_panel.services.{module_info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            public = function.__module__ == module.__name__ and not name.startswith("_")
            if public and next(iter(inspect.signature(function).parameters), "") == "context":
                found[f"{module_info.name}.{name}"] = function
    return found


def contents(context: Context) -> dict[str, int]:
    with context.catalog.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def unchanged(filled: Context) -> Iterator[Context]:
    before = contents(filled)
    yield filled
    assert contents(filled) == before


def test_every_service_is_tried_here(calls: dict[str, Arguments]) -> None:
    assert set(services()) == set(calls)
    assert set(calls) >= WRITES | ADMINISTERS | OWN


@pytest.mark.parametrize("role", sorted(RIGHTS))
def test_every_cell_of_the_permission_table_is_as_it_says(
    role: Role, unchanged: Context, calls: dict[str, Arguments]
) -> None:
    asked = User("eve", role)
    found = {}
    for name, (given, named) in calls.items():
        gate = Gate(unchanged.catalog, asked, unchanged.cluster, right_of(name))
        try:
            services()[name](gate, *given, **named)
        except GrantedError:
            found[name] = True
        except NotAllowedError:
            found[name] = False
    assert found == {name: right_of(name) in RIGHTS[role] for name in calls}


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_only_an_administrator_sees_and_changes_the_accounts_of_others(
    role: Role, unchanged: Context, calls: dict[str, Arguments]
) -> None:
    other = unchanged.acting_as(User("eve", role))
    asked: dict[str, Arguments] = {name: calls[name] for name in ADMINISTERS} | {
        "keys.add": (("x",), {"user": "ada"}),
        "keys.listing": (("ada",), {}),
        "sessions.listing": (("ada",), {}),
        "sessions.end_all": (("ada",), {}),
        "auditing.page": ((), {"user": "ada"}),
    }
    for name, (given, named) in asked.items():
        with pytest.raises(NotAllowedError, match=f"eve has the role {role}, which may not manage people and settings"):
            services()[name](other, *given, **named)


@pytest.mark.parametrize("name", sorted(WRITES))
def test_someone_who_may_only_read_changes_nothing(name: str, unchanged: Context, calls: dict[str, Arguments]) -> None:
    given, named = calls[name]
    with pytest.raises(NotAllowedError, match="eve has the role viewer, which may not change anything"):
        services()[name](unchanged.acting_as(User("eve", "viewer")), *given, **named)


def test_someone_who_may_not_even_read_is_told_nothing(
    unchanged: Context, calls: dict[str, Arguments], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(contexts.RIGHTS, "viewer", frozenset())
    stranger = unchanged.acting_as(User("mallory", "viewer"))
    served = []
    for name, (given, named) in calls.items():
        try:
            services()[name](stranger, *given, **named)
        except NotAllowedError:
            continue
        served.append(name)
    assert served == []


def test_a_reader_reads(filled: Context, calls: dict[str, Arguments]) -> None:
    reader = filled.acting_as(User("eve", "viewer"))
    heavy = {"exporting.export", "exporting.write_to", "diagnosing.of_signal", "work.finish", "freezing.freeze"}
    for name in sorted(set(calls) - WRITES - ADMINISTERS - OWN - heavy):
        given, named = calls[name]
        services()[name](reader, *given, **named)


def test_only_an_administrator_repairs(filled: Context) -> None:
    bench = Workbench.__new__(Workbench)
    for role in ("viewer", "operator"):
        bench.context = filled.acting_as(User("eve", role))
        with pytest.raises(NotAllowedError, match="manage people and settings"):
            bench.doctor(repair=True)
