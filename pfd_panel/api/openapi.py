"""The OpenAPI document, made from the declarations of the operations."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from pfd_panel.api import formats, problems
from pfd_panel.api.examples import GLOSSARY, example_of
from pfd_panel.api.operation import PREFIX, Operation, is_several
from pfd_panel.api.operations import AREAS, OPERATIONS
from pfd_panel.api.wire import FileAnswer, adapter

_REF = "#/components/schemas/{model}"
ABOUT = """Everything the product can do, over HTTP. Send an API key as `Authorization: Bearer pfd_…`.

Lists come in pages: pass `next` as `cursor`. Reads have an `ETag`; send it back as `If-None-Match`. A POST with an
`Idempotency-Key` is done once however often it is sent. Every refusal is a problem as in RFC 9457. Arrays also come as
Arrow (`application/vnd.apache.arrow.stream`) and NPY (`application/x-npy`), whichever `Accept` prefers."""


@cache
def document() -> dict[str, Any]:
    """The whole document; do not change it."""
    schemas, requests, answers = _schemas()
    paths: dict[str, Any] = {}
    for one in OPERATIONS.values():
        paths.setdefault(PREFIX + one.path, {})[one.method.lower()] = _described(
            one, schemas, requests[one.name], answers
        )
    paths[f"{PREFIX}/uploads/{{upload}}"]["patch"] = _part()
    paths[f"{PREFIX}/jobs/{{job}}/events"] = {"get": _events()}
    schemas["Problem"] = TypeAdapter(problems.Problem).json_schema(ref_template=_REF)
    schemas |= schemas["Problem"].pop("$defs", {})
    schemas["Problem"]["properties"].pop("headers")
    return {
        "openapi": "3.1.0",
        "info": {"title": "PFD Panel", "version": _version(), "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": _area(area), "description": inspect.getdoc(area) or ""} for area in AREAS],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, pfd_…"}},
            "responses": {"Problem": _problem()},
        },
    }


def request_example(operation: Operation) -> dict[str, Any]:
    """What a request of an operation may look like: what must be said, and what its declaration adds."""
    schema = operation.request.model_json_schema(ref_template=_REF)
    known, parts_of = schema.get("properties", {}), schema.get("$defs", {})
    made = {name: example_of(known[name], parts_of, name) for name in schema.get("required", ())}
    if "uploads" in known:
        made["uploads"] = GLOSSARY["uploads"]
    return made | operation.example


def _version() -> str:
    try:
        return version("pfd-panel")
    except PackageNotFoundError:
        return "0"


def _area(module: Any) -> str:
    return str(module.__name__.rpartition(".")[2])


def _schemas() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The named schemas of everything, and those of each operation's request and answer."""
    wanted: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = []
    for one in OPERATIONS.values():
        wanted.append((one.name, "validation", TypeAdapter(one.request)))
        if one.status != 204 and one.answer is not FileAnswer:
            wanted.append((one.name, "serialization", adapter(one.answer)))
    found, rest = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    schemas = dict(rest["$defs"])
    answers = {name: schema for (name, mode), schema in found.items() if mode == "serialization"}
    requests = {name: _whole(schema, schemas) for (name, mode), schema in found.items() if mode == "validation"}
    return schemas, requests, answers


def _whole(schema: dict[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    return dict(schemas[schema["$ref"].rpartition("/")[2]]) if "$ref" in schema else schema


def _described(
    operation: Operation, schemas: Mapping[str, Any], request: dict[str, Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    example = request_example(operation)
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"{operation.detail}\n\nNeeds the right to {operation.right}.".strip(),
        "tags": [operation.area],
        "x-right": operation.right,
        "parameters": list(_parameters(operation, request, example)),
        "responses": _responses(operation, schemas, answers),
    }
    if operation.in_body:
        schema = _without(request, operation.in_path)
        body = {name: value for name, value in example.items() if name not in operation.in_path}
        told["requestBody"] = {
            "required": bool(schema.get("required")),
            "content": {formats.JSON: {"schema": schema, "example": body}},
        }
    return told


def _without(schema: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    kept = {name: one for name, one in schema.get("properties", {}).items() if name not in names}
    required = [name for name in schema.get("required", ()) if name not in names]
    rest = {key: value for key, value in schema.items() if key not in {"properties", "required"}}
    return rest | {"properties": kept} | ({"required": required} if required else {})


def _parameters(
    operation: Operation, schema: Mapping[str, Any], example: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    for name, one in schema.get("properties", {}).items():
        place = "path" if name in operation.in_path else "query"
        if place == "query" and operation.has_body:
            continue
        given = {"example": example[name]} if name in example else {}
        yield {
            "name": name,
            "in": place,
            "required": place == "path" or name in schema.get("required", ()),
            "description": one.get("description", ""),
            "schema": _plain(one, several=is_several(operation.request.model_fields[name].annotation)),
            **given,
        }
    if operation.method == "POST":
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Sent again with the same key, the request is done once.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }


def _plain(schema: Mapping[str, Any], *, several: bool) -> dict[str, Any]:
    """A schema as it holds for texts in a path or query, where null cannot be written."""
    kept = {key: value for key, value in schema.items() if key not in {"anyOf", "title", "description"}}
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    kept |= choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}
    if kept.get("default", 0) is None:
        kept.pop("default")
    if several and "items" in kept:
        kept["items"] = _plain(kept["items"], several=False)
    return kept


def _responses(operation: Operation, schemas: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary}
    if operation.name in answers:
        schema = answers[operation.name]
        media: dict[str, Any] = {formats.JSON: {"schema": schema, "example": example_of(schema, schemas)}}
        binary = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
        media |= {one: binary for one in formats.ENCODERS if one != formats.JSON} if operation.tabular else {}
        good["content"] = media
    elif operation.answer is FileAnswer:
        good["content"] = {"application/x-hdf5": {"schema": {"type": "string", "format": "binary"}}}
    if operation.location_folder:
        good["headers"] = {"Location": {"schema": {"type": "string"}, "description": "Address of what was made."}}
    told = {str(operation.status): good, "default": {"$ref": "#/components/responses/Problem"}}
    if operation.method == "GET":
        told["304"] = {"description": "You have it: `If-None-Match` names this very answer."}
    return told


def _problem() -> dict[str, Any]:
    example = problems.refusal(404, "not-found", "no dataset is called 'Test rigg'", hint="did you mean 'Test rig'?")
    return {
        "description": "A refusal, RFC 9457.",
        "content": {
            problems.MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": example.to_dict() | {"instance": f"{PREFIX}/datasets/Test%20rigg"},
            }
        },
    }


def _of(name: str, place: str, description: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "description": description, "schema": schema}


def _part() -> dict[str, Any]:
    number = {"type": "string", "pattern": "^[0-9]{1,15}$"}
    return {
        "operationId": "append_to_upload",
        "summary": "Send a part of a file, from where it ends so far.",
        "description": "A part that does not begin there is refused with 409, and `Upload-Offset` says where it is.",
        "tags": ["files"],
        "x-right": "work",
        "parameters": [
            _of("upload", "path", "Id of an upload.", {"type": "string"}) | {"example": GLOSSARY["upload"]},
            _of("Upload-Offset", "header", "First byte of the part.", number) | {"example": "0"},
            _of("Content-Digest", "header", "`sha-256=:…:` of the part.", {"type": "string"}, required=False),
        ],
        "requestBody": {
            "required": True,
            "content": {formats.PART: {"schema": {"type": "string", "format": "binary"}}},
        },
        "responses": {
            "204": {
                "description": "Kept.",
                "headers": {"Upload-Offset": {"schema": {"type": "integer"}, "description": "Where the next begins."}},
            },
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }


def _events() -> dict[str, Any]:
    example = 'id: 41\nevent: log\ndata: {"id": 41, "level": "info", "text": "4 of 9 files"}\n\n'
    return {
        "operationId": "watch_job",
        "summary": "Progress and log of a job as they happen, as server-sent events.",
        "description": (
            "Events are `progress` (the job), `log` (a line) and `end` (the job); the stream ends with `end`, or "
            "after a minute: a browser then goes on by itself. The same events come as JSON messages "
            f'`{{"event", "data", "id"}}` over the websocket `{PREFIX}/jobs/{{job}}/watch`.'
        ),
        "tags": ["jobs"],
        "x-right": "read",
        "parameters": [
            _of("job", "path", "Id of a job.", {"type": "string"}) | {"example": GLOSSARY["job"]},
            _of("Last-Event-ID", "header", "Last line that is known.", {"type": "string"}, required=False),
        ],
        "responses": {
            "200": {"description": "Events.", "content": {"text/event-stream": {"example": example}}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
