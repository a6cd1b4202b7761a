"""Forms are made from the generator's declarations and from nothing else."""

import pytest
from pydantic import BaseModel

from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context
from pfd_panel.services.generating import config_of, look, size
from pfd_panel.services.generator_fields import CONFIGS, controls, nested, problem_of
from pipelines.generate import plan


def leaves(model: BaseModel, above: str = "") -> set[str]:
    found: set[str] = set()
    for name in type(model).model_fields:
        value = getattr(model, name)
        found |= leaves(value, f"{above}{name}.") if isinstance(value, BaseModel) else {f"{above}{name}"}
    return found


@pytest.mark.parametrize("kind", list(CONFIGS))
def test_every_declared_setting_has_a_control_with_words(kind: str) -> None:
    found = controls(kind)
    assert {one.path for one in found} == leaves(CONFIGS[kind]()) - {"kind"}
    assert all(one.title and one.title != one.path for one in found)


@pytest.mark.parametrize("kind", list(CONFIGS))
def test_defaults_pass_their_own_check_and_make_the_default_configuration(kind: str) -> None:
    values = {one.path: one.default for one in controls(kind)}
    assert not [path for path, value in values.items() if problem_of(kind, path, value)]
    assert config_of({"kind": kind, **nested(values)}) == CONFIGS[kind]()


@pytest.mark.parametrize(
    ("path", "value"),
    [("per_class", 0), ("per_class", 1.5), ("noise.pink", 11), ("noise.pink", "much"), ("severities", ["huge"]),
     ("classes", []), ("d_mm", 0)],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_answered_in_words(path: str, value: object) -> None:
    assert len(problem_of("rolling", path, value)) > 10


def test_limits_and_needs_are_those_of_the_declaration() -> None:
    found = {one.path: one for one in controls("journal")}
    assert (found["noise.aliasing_probability"].low, found["noise.aliasing_probability"].high) == (0, 1)
    assert found["noise.aliasing_probability"].needs == "noise.aliasing"
    assert found["rate_hz"].unit == "Hz"
    assert found["advanced.run_up_kind"].choices == ("random", "up", "down", "both")


@pytest.mark.parametrize("kind", list(CONFIGS))
def test_the_size_is_counted_as_the_plan_makes_it(kind: str) -> None:
    asked = {"kind": kind, "per_class": 7, "duration_s": 0.5}
    config = config_of(asked)
    assert size(asked).signals == len(plan(config))
    assert size(asked).samples == len(plan(config)) * config.samples


def test_the_look_is_the_record_that_the_job_will_make(bare: Context) -> None:
    from pipelines.generate import generate

    asked = {"kind": "rolling", "per_class": 5, "duration_s": 1.0}
    config = config_of(asked)
    spec = next(one for one in plan(config) if one.class_id == "ball" and one.ordinal == 3)
    found = look(bare, asked, fault="ball", ordinal=3)
    assert (found.samples == generate(config, spec).samples).all()
    assert found.frequencies_hz["1X"] == pytest.approx(found.metadata["speed_rpm"] / 60)
    assert not found.shortened


def test_the_envelope_of_a_look_peaks_at_the_fault_frequency(bare: Context) -> None:
    asked = {"kind": "rolling", "severities": ["severe"], "duration_s": 4.0, "load_min_percent": 80}
    found = look(bare, asked, fault="outer_race")
    peak = (found.envelope[5:].argmax() + 5) * found.envelope_step
    harmonic = round(peak / found.frequencies_hz["BPFO"])
    assert peak == pytest.approx(harmonic * found.frequencies_hz["BPFO"], rel=0.03)


def test_a_class_that_is_not_chosen_is_refused(bare: Context) -> None:
    with pytest.raises(RequestError, match="not among the chosen classes"):
        look(bare, {"kind": "rolling", "classes": ["healthy"]}, fault="cage")
