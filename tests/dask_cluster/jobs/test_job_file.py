"""Job files of batch systems."""

from pathlib import Path

import pytest

from dask_cluster.errors import ParamsError, UnknownKindError
from dask_cluster.jobs import load_job_file


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "job.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_kind_and_parameters_are_read_and_completed(tmp_path: Path) -> None:
    kind, params = load_job_file(written(tmp_path, "kind: selftest\nparams:\n  blocks: 7\n"))
    assert kind == "selftest"
    assert (params["blocks"], params["signals"]) == (7, 8)
    assert load_job_file(written(tmp_path, '{"kind": "selftest"}'))[1]["blocks"] == 4


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "names no kind"),
        ("- 1\n- 2\n", "names no kind"),
        ("kind: [selftest]", "names no kind"),
        ("kind: selftest\nparms: {}\n", "unknown entry 'parms'"),
        ("kind: selftest\nparams: [1]\n", "params is a list"),
        ("kind: selftest\nparams: {blocks: soon}\n", "blocks: "),
        ("kind: {a: ", "not YAML"),
        (b"kind: \xff\xfe\n", "not YAML"),
        ("!!python/object/apply:os.system ['true']", "not YAML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    with pytest.raises(ParamsError, match=complaint):
        load_job_file(written(tmp_path, text))


def test_a_missing_file_and_an_unknown_kind_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="cannot be read"):
        load_job_file(tmp_path / "none.yaml")
    with pytest.raises(UnknownKindError, match="did you mean 'selftest'"):
        load_job_file(written(tmp_path, "kind: self-test"))
