"""Requests made up from the OpenAPI document, valid and not: never a defect, every refusal a problem."""

import copy
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from data_catalog import Catalog
from pfd_panel.api import openapi
from pfd_panel.services import collections, work
from pfd_panel.services.context import Context
from tests.pfd_panel.api.doors import WHO, application, serving
from tests.pfd_panel.conftest import MODEL, RIG

EXAMPLES = 4
"""Requests of each operation."""


def document(known: dict[str, list[str]]) -> dict[str, Any]:
    """The document, with names that exist among those that are tried in paths."""
    told = copy.deepcopy(openapi.document())
    for methods in told["paths"].values():
        for one in methods.values():
            for parameter in one.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] in known:
                    parameter["schema"] = {"anyOf": [{"enum": known[parameter["name"]]}, {"type": "string"}]}
    del told["paths"]["/api/v1/jobs/{job}/events"]  # a stream goes on until its job ends
    return told


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, filled: Context) -> Iterator[str]:
    home = tmp_path_factory.mktemp("fuzzed") / "home"
    shutil.copytree(filled.catalog.home, home)
    with Catalog.open(home) as catalog, serving(application(Context(catalog, filled.user))) as address:
        yield address


KNOWN = {
    "dataset": [RIG],
    "model": [MODEL],
    "kind": ["rolling", "signal"],
    "signal": ["A"],
    "subject": ["A"],
    "job": ["B"],
}
schema = schemathesis.openapi.from_dict(document(KNOWN))


@pytest.fixture(scope="module")
def existing(filled: Context) -> dict[str, str]:
    """What the placeholders of `KNOWN` stand for."""
    return {"A": collections.choose(filled, RIG, ["*"])[0].signal_id, "B": work.page(filled)[0][0].id}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_is_a_defect(case: Case, served: str, existing: dict[str, str]) -> None:
    case.path_parameters = {name: existing.get(one, one) for name, one in (case.path_parameters or {}).items()}
    answer = case.call(base_url=served, headers={WHO: "ada operator"}, timeout=20)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"], (case.method, answer.text)
        assert answer.json()["status"] == answer.status_code
