"""Requests made up from the OpenAPI document: never a defect, every refusal a problem."""

import copy
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case

from data_catalog import Catalog
from pfd_panel.api import openapi
from pfd_panel.services import collections, work
from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import WHO, application, serving
from tests.pfd_panel.conftest import MODEL, RIG

EXAMPLES = 4
"""Requests of each operation."""

KNOWN = {
    "dataset": [RIG],
    "model": [MODEL],
    "kind": ["rolling", "signal"],
    "signal": ["A"],
    "subject": ["A"],
    "job": ["B"],
}


def document() -> dict[str, Any]:
    """The document, with names that exist among those that are tried in paths."""
    told = copy.deepcopy(openapi.document())
    for methods in told["paths"].values():
        for one in methods.values():
            for parameter in one.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] in KNOWN:
                    parameter["schema"] = {"anyOf": [{"enum": KNOWN[parameter["name"]]}, {"type": "string"}]}
    del told["paths"]["/api/v1/jobs/{job}/events"]  # a stream goes on until its job ends
    del told["paths"]["/api/v1/uploads/{upload}"]["patch"]  # raw bytes, which no schema describes
    return told


OPERATIONS = {one.ok().label: one.ok() for one in schemathesis.openapi.from_dict(document()).get_all_operations()}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, filled: Context) -> Iterator[str]:
    """A copy of the filled catalog, which the requests may change."""
    home = tmp_path_factory.mktemp("fuzzed") / "home"
    shutil.copytree(filled.catalog.home, home)
    with Catalog.open(home) as catalog, serving(application(Context(catalog, filled.user))) as address:
        yield address


@pytest.fixture(scope="module")
def existing(filled: Context) -> dict[str, str]:
    """What the placeholders of `KNOWN` stand for."""
    return {"A": collections.choose(filled, RIG, ["*"])[0].signal_id, "B": work.page(filled)[0][0].id}


def test_every_operation_is_tried() -> None:
    assert len(OPERATIONS) == len(openapi.OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_is_a_defect(label: str, served: str, existing: dict[str, str]) -> None:
    @given(case=OPERATIONS[label].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def is_served_or_refused(case: Case) -> None:
        case.path_parameters = {name: existing.get(one, one) for name, one in (case.path_parameters or {}).items()}
        answer = case.call(base_url=served, headers={WHO: "ada operator"}, timeout=20)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"], answer.text

    is_served_or_refused()
