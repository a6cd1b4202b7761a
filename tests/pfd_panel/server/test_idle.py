"""A server that has nothing to do does nothing."""

import asyncio
from typing import Any

import panel as pn


def test_the_busy_clean_up_waits_on_the_event_loop(running: Any) -> None:
    running.client.get("/api/health")
    cleanup = type(pn.state)._busy_cleanup_scheduled
    assert cleanup
    assert isinstance(cleanup._cb, asyncio.Task)
