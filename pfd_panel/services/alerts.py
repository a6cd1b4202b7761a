"""Alert rules: what is watched, and where it stands."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data_catalog.alerts import rules
from data_catalog.schema import AlertRule, AlertStanding
from pfd_panel.errors import RequestError
from pfd_panel.monitoring.messages import limit_words
from pfd_panel.monitoring.metrics import METRICS, Metric, metric
from pfd_panel.services.context import Context

SEVERITIES = ("watch", "alarm")
LONGEST_S = 24 * 3600.0


@dataclass(frozen=True)
class Rule:
    """One rule and where it stands; `state` is None until the coordinator has looked at it."""

    id: str
    name: str
    metric: str
    above: bool
    threshold: float
    for_s: float
    severity: str
    enabled: bool
    words: str
    state: str | None
    since: datetime | None
    value: float | None


def metrics() -> tuple[Metric, ...]:
    """What can be watched."""
    return tuple(METRICS.values())


def page(context: Context) -> list[Rule]:
    """Every rule, by name."""
    context.require("read")
    with context.read() as session:
        return [_rule(rule, standing) for rule, standing in rules.page(session)]


def add(
    context: Context,
    name: str,
    metric: str,
    threshold: float,
    *,
    above: bool = True,
    for_s: float = 0.0,
    severity: str = "watch",
) -> Rule:
    """Watch a measure.

    Parameters
    ----------
    name : str
        What the rule is called, and its messages.
    metric : str
        One of `metrics`.
    threshold : float
        In the unit of the measure.
    above : bool
        Whether more than that is wrong; else less.
    for_s : float
        How long it must be wrong (s).
    severity : {"watch", "alarm"}
        How much it matters.

    Raises
    ------
    RequestError, ConflictError
        A value does not fit; the name is taken.
    """
    context.require("administer")
    fields = {"name": name, "metric": metric, "threshold": threshold, "above": above, "for_s": for_s}
    checked = _checked(fields | {"severity": severity})
    with context.write() as session:
        return _rule(rules.add(session, checked, owner=context.user.name), None)


def change(context: Context, rule: str, **fields: Any) -> Rule:
    """Change a rule, named by id or name; `enabled` switches it on or off, the others are those of `add`.

    Raises
    ------
    RequestError, NotFoundError, ConflictError
        A value does not fit; there is no such rule; the new name is taken.
    """
    context.require("administer")
    known = {"name", "metric", "threshold", "above", "for_s", "severity", "enabled"}
    if set(fields) - known:
        raise RequestError(
            f"a rule has no {', '.join(sorted(set(fields) - known))}", hint=f"It has {', '.join(sorted(known))}."
        )
    checked = _checked(fields)
    with context.write() as session:
        return _rule(rules.change(session, rule, checked, owner=context.user.name), None)


def remove(context: Context, rule: str) -> None:
    """Delete a rule, named by id or name; what it told stays in the inbox.

    Raises
    ------
    NotFoundError
        There is no such rule.
    """
    context.require("administer")
    with context.write() as session:
        rules.remove(session, rule, owner=context.user.name)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "name" in checked:
        checked["name"] = " ".join(str(checked["name"]).split())
        if not 1 <= len(checked["name"]) <= 80:
            raise RequestError("a rule needs a name of at most 80 characters", hint="Say in a few words what is wrong.")
    if "metric" in checked:
        metric(str(checked["metric"]))
    for name, most in (("threshold", 1e12), ("for_s", LONGEST_S)):
        if name in checked:
            checked[name] = _number(name, checked[name], most)
    if checked.get("severity", "watch") not in SEVERITIES:
        raise RequestError(f"there is no severity {checked['severity']!r}", hint="Choose watch or alarm.")
    return checked


def _number(name: str, value: Any, most: float) -> float:
    words = {"threshold": "the threshold", "for_s": "the duration in seconds"}[name]
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise RequestError(f"{words} is no number: {value!r}", hint="Write digits, as 90.") from error
    if not math.isfinite(number) or not 0 <= number <= most:
        raise RequestError(f"{words} must be between 0 and {most:g}, got {number:g}", hint="Correct it and try again.")
    return number


def _rule(rule: AlertRule, standing: AlertStanding | None) -> Rule:
    return Rule(
        id=rule.id,
        name=rule.name,
        metric=rule.metric,
        above=rule.above,
        threshold=rule.threshold,
        for_s=rule.for_s,
        severity=rule.severity,
        enabled=rule.enabled,
        words=limit_words(rule),
        state=standing.state if standing is not None else None,
        since=standing.since if standing is not None else None,
        value=standing.value if standing is not None else None,
    )
