"""Every service is an operation or says why not, and every operation asks its right before anything else."""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

import pfd_panel.services
from pfd_panel.api import openapi
from pfd_panel.api.operation import PREFIX, Operation, operation
from pfd_panel.api.operations import NOT_OFFERED, OPERATIONS
from pfd_panel.api.requests import Nothing, OfDataset
from pfd_panel.api.wire import FileAnswer, adapter, mirrored
from pfd_panel.client import Api
from pfd_panel.services import collections
from pfd_panel.services.context import RIGHTS, Context

ROLES = ("viewer", "operator", "admin")


def services() -> dict[str, Callable[..., Any]]:
    """Every public function of the services."""
    found = {}
    for info in pkgutil.iter_modules(pfd_panel.services.__path__):
        module = importlib.import_module(f"pfd_panel.services.{info.name}")
        for name, function in inspect.getmembers(module, lambda one: inspect.isfunction(inspect.unwrap(one))):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{info.name}.{name}"] = function
    return found


OFFERED = {name for one in OPERATIONS.values() for name in one.offers}


def test_every_service_is_offered_or_says_why_not() -> None:
    known = services().keys()
    assert known - OFFERED - NOT_OFFERED.keys() == set()
    assert NOT_OFFERED.keys() - known == set()
    assert OFFERED & NOT_OFFERED.keys() == set()
    assert OFFERED - known == set()
    assert all(len(reason) > 10 for reason in NOT_OFFERED.values())


def test_no_two_operations_share_an_address() -> None:
    addresses = [(one.method, one.path) for one in OPERATIONS.values()]
    assert len(set(addresses)) == len(addresses) == len(OPERATIONS)


def test_a_declaration_whose_path_names_what_is_not_asked_is_refused() -> None:
    def wrong(context: Context, asked: Nothing) -> None:
        """Nothing."""

    with pytest.raises(TypeError, match="dataset"):
        operation("GET", "/x/{dataset}", right="read", offers=collections.get)(wrong)


@pytest.mark.parametrize("one", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_its_example_request_and_answer_are_what_they_show(one: Operation) -> None:
    document = openapi.document()
    asked = one.request.model_validate(openapi.request_example(one))
    placed = one.placed(asked)
    assert placed.path.startswith(PREFIX)
    assert "{" not in placed.path
    told = document["paths"][PREFIX + one.path][one.method.lower()]
    assert told["operationId"] == one.name
    answer = told["responses"][str(one.status)].get("content", {}).get("application/json")
    if answer is not None:
        assert adapter(one.answer).validate_json(json.dumps(answer["example"])) is not ...
        assert "text" not in [answer["example"]]
    else:
        assert one.status == 204 or one.answer is FileAnswer


@pytest.mark.parametrize("one", OPERATIONS.values(), ids=OPERATIONS.keys())
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_served_what_it_may_and_refused_the_rest(
    one: Operation, role: str, doors: dict[str, httpx.Client]
) -> None:
    # a body that is no JSON: whoever may is told so, whoever may not learns nothing about what is expected
    path = one.path.replace("{", "no-").replace("}", "")
    answer = doors[role].request(one.method, path, content=b"{", headers={"content-type": "application/json"})
    if one.right in RIGHTS[role]:
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("#problem-invalid-request")
    else:
        assert (answer.status_code, answer.json()["type"]) == (403, "/docs#problem-not-allowed")


def test_the_client_has_a_method_for_every_operation_with_its_fields() -> None:
    for name, one in OPERATIONS.items():
        if one.answer is FileAnswer:
            continue
        method = getattr(Api, name)
        assert set(inspect.signature(method).parameters) - {"self"} == set(one.request.model_fields)
        assert method.__doc__.startswith(one.summary)


def test_rows_of_tables_with_secrets_cannot_be_answered() -> None:
    from data_catalog.schema import AnsweredRequest, Setting, User

    for table in (User, Setting, AnsweredRequest):
        with pytest.raises(TypeError, match="not shown"):
            mirrored(table)


def test_what_is_unknown_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValidationError):
        OfDataset.model_validate({"dataset": "x", "surprise": 1})


def test_the_document_is_whole(admin: httpx.Client) -> None:
    told = httpx.get(str(admin.base_url).replace("/api/v1/", "/openapi.json"), headers=admin.headers).json()
    assert told == json.loads(json.dumps(openapi.document()))
    text = json.dumps(told)
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in told["components"]["schemas"]
    assert f"{PREFIX}/uploads/{{upload}}" in told["paths"]
    assert "patch" in told["paths"][f"{PREFIX}/uploads/{{upload}}"]
