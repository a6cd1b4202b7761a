"""A report is a step a file: the same facts give the same artifact."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from dask_cluster.jobs import WorkerContext
from dask_cluster.kinds.make_report import MakeReport, ReportParams, file_stem
from tests.pipelines.reports.conftest import build_facts


def test_each_format_is_an_artifact_of_its_own_and_always_the_same(tmp_path: Path) -> None:
    told = [build_facts().model_dump(mode="json")]
    worker = WorkerContext(home=tmp_path)
    made = {}
    for form, beginning in (("pdf", b"%PDF-"), ("html", b"<!doctype html>")):
        payload = {"models": told, "format": form, "name": f"report.{form}"}
        made[form] = MakeReport.run(payload, worker)
        assert MakeReport.run(payload, worker) == made[form]
        assert worker.artifacts.read(made[form]["artifact"].id).startswith(beginning)
    assert made["pdf"]["artifact"].id != made["html"]["artifact"].id
    assert made["pdf"]["title"] == "Rig forest:1"


def test_two_models_make_a_comparison(tmp_path: Path) -> None:
    told = [build_facts(name=name).model_dump(mode="json") for name in ("a", "b")]
    made = MakeReport.run({"models": told, "format": "html", "name": "c.html"}, WorkerContext(home=tmp_path))
    assert made["title"] == "Comparison of 2 models"


@pytest.mark.parametrize(
    ("references", "stem"),
    [
        (["CWRU, by recording:1"], "report-CWRU-by-recording-1"),
        (["../../etc/passwd:2"], "report-etc-passwd-2"),
        (["a:1", "b:1", "c:1"], "comparison-a-1-and-2-more"),
        (["Лес:1"], "report-1"),
        (["x" * 300], f"report-{'x' * 80}"),
    ],
)
def test_a_file_is_named_by_what_any_disk_takes(references: list[str], stem: str) -> None:
    assert file_stem(references) == stem


def test_models_are_named_by_id_and_formats_are_known() -> None:
    assert MakeReport().describe(ReportParams(models=("a" * 32,), about="Rig:1")) == "Report of Rig:1"
    assert MakeReport().describe(ReportParams(models=("a" * 32, "b" * 32))) == "Comparison of 2 models"
    for wrong in ({"models": ["Rig:1"]}, {"models": []}, {"models": ["a" * 32], "formats": ["docx"]}):
        with pytest.raises(ValidationError):
            ReportParams.model_validate(wrong)
