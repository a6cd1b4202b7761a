"""What Prometheus and load balancers are told: well-formed, true, and without secrets."""

import asyncio
import re

import httpx
import pytest
from fastapi import FastAPI

from data_catalog import jobs, leases
from pfd_panel.monitoring.exposition import Gauge, exposition, gauges
from pfd_panel.monitoring.readiness import health as readiness
from pfd_panel.monitoring.routes import build_router
from pfd_panel.server.user import User, user_headers
from pfd_panel.services import context as contexts
from pfd_panel.services import health
from pfd_panel.services.context import Context

LINE = re.compile(r'[a-z_]+(\{[a-z]+="(\\.|[^"\\])*"(,[a-z]+="(\\.|[^"\\])*")*\})? -?[0-9.e+-]+')


def test_every_line_is_a_comment_or_a_measure(bare: Context) -> None:
    text = exposition(gauges(health.report(bare)))
    measures = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in measures)
    names = [line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names)) > 15
    assert text.endswith("\n")


def test_the_numbers_follow_the_system(bare: Context) -> None:
    assert "pfd_coordinator_up 0.0" in exposition(gauges(health.report(bare)))
    with bare.catalog.write() as session:
        leases.acquire(session, jobs.COORDINATOR, "x", 60.0)
        jobs.insert(session, "selftest", "Check", {}, "ada", "signal")
    text = exposition(gauges(health.report(bare)))
    assert "pfd_coordinator_up 1.0" in text
    assert 'pfd_jobs{state="queued"} 1.0' in text
    assert str(bare.catalog.home) not in text


def test_labels_and_helps_are_escaped() -> None:
    text = exposition([Gauge("pfd_x", "a\nb\\c", {(("l", 'q"\n\\'),): 1.5})])
    assert text == '# HELP pfd_x a\\nb\\\\c\n# TYPE pfd_x gauge\npfd_x{l="q\\"\\n\\\\"} 1.5\n'


def test_metrics_are_for_those_who_may_read(bare: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()
    app.include_router(build_router(lambda user: bare.acting_as(contexts.User(user.id, user.role))))  # type: ignore[arg-type]

    async def get(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get(path, headers=headers)

    headers = {key.decode(): value.decode() for key, value in user_headers(User("eve", "Eve", "viewer", "s"))}
    for path in ("/metrics", "/api/metrics"):
        answer = asyncio.run(get(path))
        assert (answer.status_code, "pfd_database_migrations_current 1.0" in answer.text) == (200, True)
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    monkeypatch.setitem(contexts.RIGHTS, "viewer", frozenset())
    assert asyncio.run(get("/metrics")).status_code == 403


def test_readiness_says_little_and_follows_the_lease_and_the_schema(bare: Context) -> None:
    assert readiness(bare.catalog) == {
        "ready": True,
        "database": "ok",
        "migrations": "current",
        "coordinator": "absent",
    }
    with bare.catalog.write() as session:
        leases.acquire(session, jobs.COORDINATOR, "x", 60.0, detail={"host": "secret-host"})
    assert readiness(bare.catalog)["coordinator"] == "running"
    from sqlalchemy import text

    with bare.catalog.database.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    assert (readiness(bare.catalog)["ready"], readiness(bare.catalog)["migrations"]) == (False, "behind")


def test_a_database_that_is_gone_is_not_ready_but_alive(bare: Context) -> None:
    bare.catalog.close()
    for file in bare.catalog.home.glob("catalog.sqlite*"):
        file.unlink()
    (bare.catalog.home / "catalog.sqlite").mkdir()
    assert readiness(bare.catalog)["ready"] is False
    assert readiness(bare.catalog)["database"] == "unreachable"
