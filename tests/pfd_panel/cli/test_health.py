"""`pfd health` and `pfd alerts`: what is measured, and rules from a shell."""

from pathlib import Path

import pytest

from data_catalog import Catalog
from pfd_panel.monitoring import CHORES
from pfd_panel.workbench import Workbench
from tests.pfd_panel.monitoring.conftest import Receiver, allowed, receiver
from tests.pfd_panel.shell import pfd, spoken

__all__ = ["allowed", "receiver"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Catalog.open(tmp_path / "home") as catalog:
        return catalog.home


def test_health_tells_programs_every_measure(home: Path) -> None:
    told = pfd(home, "health").told
    assert {part["name"] for part in told["parts"]} >= {"Coordinator", "Workers", "Catalog", "Disk", "GPU", "CPU"}
    assert 0 < told["machine"]["memory_percent"] < 100
    assert told["database"]["revision"] == told["database"]["head"]
    assert told["coordinator"]["alive"] is False


def test_health_tells_people_what_to_do(home: Path) -> None:
    status, said = spoken(home, "health")
    assert status == 0
    assert "pfd serve" in said


def test_a_coordinator_that_was_started_here_monitors(tmp_path: Path) -> None:
    with Workbench(tmp_path / "home") as bench:
        assert bench.context.cluster.chores == CHORES
        assert "pfd_panel.monitoring.watch:Watch" in bench.context.cluster.environment()["PFD_CHORES"]


def test_a_rule_is_added_changed_switched_off_and_removed(home: Path) -> None:
    assert len(pfd(home, "alerts").told["rules"]) == 4
    made = pfd(home, "alerts", "add", "Long queue", "queued_jobs", "above", "50", "--for", "300").told
    assert made["words"] == "Waiting jobs above 50 for 5 min"
    changed = pfd(home, "alerts", "set", "Long queue", "--threshold", "20", "--off").told
    assert (changed["threshold"], changed["enabled"], changed["for_s"]) == (20.0, False, 300.0)
    assert pfd(home, "alerts", "remove", "Long queue").status == 0
    assert len(pfd(home, "alerts").told["rules"]) == 4


def test_mistakes_are_answered_in_words(home: Path) -> None:
    assert "cpu_percent" in pfd(home, "alerts", "add", "X", "cpu", "above", "5").refusal
    assert "already" in pfd(home, "alerts", "add", "CPU busy", "cpu_percent", "above", "5").refusal
    assert "no alert rule" in pfd(home, "alerts", "set", "Nothing", "--off").refusal
    assert "no e-mail address" in pfd(home, "alerts", "try", "email").refusal


def test_a_test_message_comes_into_the_inbox_and_is_marked(home: Path) -> None:
    pfd(home, "alerts", "try", "inbox")
    assert [one["read"] for one in pfd(home, "alerts", "inbox", "--mark").told["messages"]] == [False]
    assert pfd(home, "alerts", "inbox", "--unread").told["messages"] == []


def test_a_webhook_is_added_tried_and_removed(home: Path, receiver: Receiver, allowed: None) -> None:
    made = pfd(home, "alerts", "add-webhook", "Operations", receiver.url).told
    assert made["secret"].startswith("whsec_")
    assert "secret" not in pfd(home, "alerts", "webhooks").told["webhooks"][0]
    assert pfd(home, "alerts", "try", "Operations").status == 0
    assert len(receiver.requests) == 1
    assert pfd(home, "alerts", "remove-webhook", "Operations").status == 0
    assert pfd(home, "alerts", "webhooks").told == {"webhooks": []}
