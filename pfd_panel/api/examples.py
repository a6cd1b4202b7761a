"""Examples for the documentation: one value for every name, so that all of them tell the same story."""

from collections.abc import Iterable, Mapping
from typing import Any

JOB = "6f1d0c8e5b2a4e7f9c3d1a2b3c4d5e6f"
SIGNAL = "b1946ac92492d2347c6235b4d2611184"
MOMENT = "2026-11-21T09:30:00Z"

GLOSSARY: Mapping[str, Any] = {
    "abstained": 1, "accuracy": 0.92, "add": ["checked"], "after": 0, "agree": 17, "amplitude": [0.0021, 0.0154],
    "angle_deg": 0.0, "approximate": False, "artifact_id": "9d5ed678fe57bcca610140957afab571", "asset": "motor 3",
    "attempt": 1, "attributes_hash": "77d1b2aa", "ball_mm": 7.94, "band_hz": [2800.0, 3400.0],
    "bands_hz": [[2800.0, 3400.0]], "bearing": "6205-2RS", "body_id": "1", "buckets": 1200, "bytes": 240512,
    "channel": "DE", "choices": ["rolling", "journal"], "citation": "Breiman, L. (2001). Random forests.",
    "clipped_fraction": 0.0, "completed_at": MOMENT, "computed": 18, "confidence": 0.97, "config_key": "4be1",
    "correct": True, "count": 18, "counted": True, "created_at": MOMENT, "crest_factor": 5.1,
    "current_version": 2, "D_mm": 39.04, "d_mm": 7.94, "dataset": "Test rig", "dataset_id": JOB, "dataset_version": 2,
    "default": 20, "definition": "ball pass frequency of the outer race", "deleted_at": MOMENT,
    "depth_gate": 0.02, "descending": False, "designation": "6205-2RS", "detail": {}, "disagree": 0,
    "domain": "time", "done_units": 4, "envelope": [0.1, 0.4], "envelope_step": 0.5, "environment": {"python": "3.12"},
    "error": None, "eta_s": 3.5, "evidence": [], "expected_hz": 107.4, "explained": [0.61, 0.2],
    "fault": "outer_race", "fault_size": 0.007, "feature": "rms", "feature_set_id": JOB, "fence": 3,
    "finished_at": MOMENT, "formula": r"\sqrt{\frac{1}{N}\sum x_i^2}", "found_hz": 107.3, "freq_hz": [0.0, 1.46],
    "frequency_hz": 107.4, "gate": 6.1, "gates": None, "groups": ["bearing"], "harmonic": 1, "heartbeat_at": MOMENT,
    "high": [0.31, 0.42], "hint": "Check the name.", "href": "/datasets?name=Test+rig", "id": JOB, "job": JOB,
    "job_id": JOB, "kind": "import_signals", "kurtosis": 3.4, "label": "outer_race", "labels": {"hall": "4"},
    "left_out": [], "length": 30000, "level": "info", "level_db": [-60.2, -41.7], "load": 2.0, "locator": {},
    "low": [-0.35, -0.4], "maker": "SKF", "manifest_hash": "5f70bf18", "margin": 0.4, "mean": 0.001,
    "mean_level": 0.02, "meaning": "Level of the vibration.", "median": 0.2, "member": "", "member_id": 12,
    "message": "4 of 9 files", "method": "Welch, Hann, 50 % overlap", "method_version": "1", "metrics": {},
    "model": "CWRU forest:1", "modulation_depth": 0.11, "multiple": 1, "n": 9, "n_nan": 0, "name": "Test rig",
    "nan_count": 0, "needs": "", "next": None, "notes": "Recorded after the overhaul.", "number": 1, "order": 3.585,
    "other": "CWRU forest:2", "outliers": [], "overlap": 0.0, "overlaps": [], "owner": "ada", "params": {},
    "path": "run0.mat", "peak": 0.9, "peers": 9, "pitch_mm": 39.04, "points": [], "position": "6 o'clock",
    "possible": 18, "preset": "cwru", "presets_offered": ["cwru"], "preview": {"low": [-0.3], "high": [0.3]},
    "previous": None, "probability": 0.91, "problems": [], "prominence": 14.2, "published_orders": None, "q1": 0.1,
    "q3": 0.3, "rank": 0.8, "rate_hz": 12000.0, "rate_source": "said in the file (fs)", "rates_hz": [12000.0],
    "reason": "The shaft speed was typed wrongly.", "received": 240512, "record_accuracy": 0.92,
    "recording": "OR/007/130",
    "recording_count": 9, "recording_id": JOB, "recordings": 9, "refusal": "", "requested": "run",
    "resolution_hz": 1.46, "result": {"added": 18, "needs": []}, "right": 17, "rms": 0.21, "role": "operator",
    "root": "run0.mat", "row": 3, "samples": [0.012, -0.034], "score": 12.5, "seconds": 22.5, "section": "",
    "seed": 7, "segment_id": "2f6a", "segments": 6, "severity": "slight", "sha256": None, "shape": "number",
    "shared": 3, "shortened": False, "sidebands": [], "signal": SIGNAL, "signal_count": 18, "signal_id": SIGNAL,
    "signal_ids": [SIGNAL], "signals": 18, "slip": 0.004, "source": "Randall (2011), section 3.1",
    "source_dtype": "float32", "spacing": "shaft", "spectrum": [0.001, 0.02], "spectrum_step": 1.46,
    "speed_rpm": 1797.0, "speed_source": "said in the file (rpm)", "split": "recording", "split_id": JOB,
    "squared": True, "start": 0, "started_at": MOMENT, "state": "running", "step": 25, "subject": SIGNAL,
    "summary": "Many trees, each on a random part of the data.", "synthetic": False, "tags": ["checked"],
    "target": "fault", "test": 2, "tested": 9, "text": "Both were tested on the same recordings.", "time_s": [0.01],
    "title": "Import run0.mat", "too_small": {}, "total": 1, "total_units": 9, "train": 7, "truth": "outer_race",
    "unit": "g", "updated_at": MOMENT, "upload": JOB, "uploads": [JOB], "used_at": MOMENT, "value": 0.21,
    "verdict": "fault", "version": 2, "warnings": [], "what": "rate_hz", "with_findings": 1, "without_label": 0,
    "without_speed": 0, "without_unit": 0, "word": "suspicious", "x0": 0,
    "experiment": JOB, "experiments": [JOB], "folder": "hall 4/motors", "visibility": "team",
    "data": {"signal_id": [SIGNAL], "rms": [0.21]},
    "at": MOMENT, "classes": {"outer_race": 4, "healthy": 2}, "channels": ["DE"], "config": {}, "metadata": {},
    "action": "create", "agent": "Firefox", "address": "192.0.2.7", "code": "492039", "codes": ["k7f3-9qmd"],
    "display_name": "Ada L.", "expires_at": MOMENT, "keys": 1, "new": "a long new pass phrase",
    "password": "a long pass phrase", "present": "a long pass phrase", "recovery_codes": 10, "revoked_at": None,
    "scopes": ["read"], "second_factor": True, "secret": "JBSWY3DPEHPK3PXP", "seen_at": MOMENT, "session": JOB,
    "sessions": 1, "subject_kind": "dataset", "token": "pfd_3hV0…", "user": "ada", "uses": 12, "valid": True,
    "findings": [], "explanations": [], "repaired": False, "repairable": True, "subject_id": SIGNAL,
    "last_import": MOMENT, "page": "/signal", "query": "dataset=Test+rig", "part": "spectrum",
    "ancestors": ["https://reports.example"], "days": 30.0, "opened": 12, "opened_at": MOMENT, "link": JOB, "view": JOB,
    "annotation": JOB, "annotations": 3, "author": "ada", "changed_by": "ada", "changed_at": MOMENT, "start_s": 0.25,
    "stop_s": None, "perplexity": 30.0, "neighbours": 15, "min_distance": 0.1, "trustworthiness": 0.94, "only": [],
    "quantiles": [[-0.2, -0.1]], "places": [0.002, 0.004], "stop": None,
}  # fmt: skip
"""What stands for a field of that name wherever its type allows."""


def example_of(schema: Mapping[str, Any], parts: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """An example of a JSON schema; `parts` are the schemas that it refers to, `name` the field it describes."""
    if "$ref" in schema:
        return example_of(parts[schema["$ref"].rpartition("/")[2]], parts, name, depth + 1)
    if "example" in schema:
        return schema["example"]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return GLOSSARY[name] if GLOSSARY.get(name) in schema["enum"] else schema["enum"][0]
    if name in GLOSSARY and _fits(GLOSSARY[name], schema):
        return GLOSSARY[name]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return example_of(choices[0], parts, name, depth + 1)
    return _by_type(schema, parts, name, depth)


def _by_type(schema: Mapping[str, Any], parts: Mapping[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        known = schema.get("properties", {})
        if known:
            return {key: example_of(one, parts, key, depth + 1) for key, one in known.items()}
        inner = schema.get("additionalProperties")
        return {"OR/007/130": example_of(inner, parts, "", depth + 1)} if isinstance(inner, dict) and depth < 6 else {}
    if kind == "array":
        if "prefixItems" in schema:
            return [example_of(one, parts, "", depth + 1) for one in schema["prefixItems"]]
        return [example_of(schema.get("items", {}), parts, name.removesuffix("s"), depth + 1)] if depth < 8 else []
    plain = {"string": MOMENT if schema.get("format") == "date-time" else "text", "integer": 1, "number": 0.5}
    return {**plain, "boolean": False, "null": None}.get(str(kind), {})


_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value of the glossary can stand for a schema, judged by its types."""
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return any(_fits(value, one) for one in choices)
    kind: Any = schema.get("type")
    if isinstance(kind, list):
        return any(_fits(value, {**schema, "type": one}) for one in kind)
    if not _is_of(value, kind):
        return False
    if kind == "array":
        inner: Any = schema.get("items", {})
        return _all_fit(value, inner) if value and "prefixItems" not in schema else "$ref" not in inner
    if kind == "object":
        inner = schema.get("additionalProperties")
        return "properties" not in schema and (not isinstance(inner, dict) or _all_fit(value.values(), inner))
    return True


def _is_of(value: Any, kind: Any) -> bool:
    return isinstance(value, _TYPES.get(kind, ())) and (kind == "boolean" or not isinstance(value, bool))


def _all_fit(values: Iterable[Any], schema: Mapping[str, Any]) -> bool:
    return all(_fits(one, schema) for one in values)
