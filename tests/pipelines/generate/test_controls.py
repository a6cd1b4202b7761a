"""Every control of a configuration changes what is generated; controls are found from the declarations."""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from pipelines.errors import InputError
from pipelines.generate import JournalConfig, RollingConfig, generate, plan

# the folded tone is made common, so that a few records are enough to meet it
OFTEN = {"aliasing_probability": 0.5}
SMALL = {
    "journal": {"per_class": 12, "duration_s": 0.25, "noise": OFTEN},
    "rolling": {"per_class": 8, "duration_s": 0.25, "noise": OFTEN},
}
BUILD = {"journal": JournalConfig, "rolling": RollingConfig}


def controls(
    model: type[BaseModel], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any, dict[str, Any]]]:
    """Path, pydantic field and declaration of every leaf."""
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from controls(type(field.default), (*path, name))
        elif name != "kind":
            yield (*path, name), field, field.json_schema_extra


def alternatives(field: Any, declared: dict[str, Any]) -> list[Any]:
    """Other values to try, most harmless first."""
    value = field.default
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, tuple):
        return [value[:-1]]
    if isinstance(value, str):
        return [choice for choice in get_args(field.annotation) if choice != value] or [f"not {value}"]
    if isinstance(value, int):
        return [value + 1, value - 1]
    return [value * 0.6, value * 1.3, value + 0.1, value + 10.0] if value else [0.1, 0.01, 5.0]


def nested(path: tuple[str, ...], value: Any, into: dict[str, Any]) -> dict[str, Any]:
    head, *rest = path
    return into | {head: nested(tuple(rest), value, into.get(head, {})) if rest else value}


ALL = [
    pytest.param(kind, path, field, declared, id=f"{kind}.{'.'.join(path)}")
    for kind, model in BUILD.items()
    for path, field, declared in controls(model)
]


@cache
def output(config: JournalConfig | RollingConfig, *, labels: bool) -> str:
    digest = hashlib.sha256()
    for spec in plan(config):
        signal = generate(config, spec)
        digest.update(json.dumps([spec.class_id, spec.severity_slot, spec.augmentation, spec.bearing]).encode())
        digest.update(signal.samples.tobytes())
        if labels:
            digest.update(json.dumps(signal.metadata).encode())
    return digest.hexdigest()


@pytest.mark.parametrize(("kind", "path", "field", "declared"), ALL)
def test_every_control_changes_the_output(kind, path, field, declared):
    base = SMALL[kind]
    if declared["needs"]:
        siblings = dict(controls_by_name(BUILD[kind], path))
        needed = siblings[declared["needs"]]
        if not needed.default:
            on = True if isinstance(needed.default, bool) else 0.1
            base = nested((*path[:-1], declared["needs"]), on, base)
    current = BUILD[kind](**base)
    for value in alternatives(field, declared):
        try:
            changed = BUILD[kind](**nested(path, value, base))
        except InputError:
            continue
        if changed != current:
            break
    else:
        pytest.fail(f"no other value of {path} is accepted")
    labels = declared["label_only"]
    assert output(changed, labels=labels) != output(current, labels=labels)


def controls_by_name(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for other, field, _ in controls(model):
        if other[:-1] == path[:-1]:
            yield other[-1], field


@pytest.mark.parametrize(("kind", "path", "field", "declared"), ALL)
def test_every_control_declares_what_a_form_needs(kind, path, field, declared):
    assert field.description
    assert set(declared) == {"unit", "needs", "label_only", "choices"}
    if isinstance(field.default, (int, float)) and not isinstance(field.default, bool):
        assert field.metadata, "a number without a range"
    if isinstance(field.default, tuple):
        assert tuple(declared["choices"]) == field.default
    if path[-1].endswith("_hz"):
        assert declared["unit"] == "Hz"
    if path[-1].endswith("_s"):
        assert declared["unit"] == "s"


@pytest.mark.parametrize("build", [JournalConfig, RollingConfig])
def test_a_schema_for_forms_can_be_made(build):
    schema = build.model_json_schema()
    assert schema["properties"]["rate_hz"]["unit"] == "Hz"
    assert schema["properties"]["rate_hz"]["minimum"] == 1000
