"""What pages say in the corner of the window, without a browser."""

from typing import NamedTuple

import panel as pn
import pytest


class Toast(NamedTuple):
    """One message."""

    text: str
    kind: str


class _Area:
    """Takes the place of Panel's notification area."""

    def __init__(self) -> None:
        self.sent: list[Toast] = []

    def send(self, text: str, duration_ms: int, kind: str) -> None:
        assert 1000 <= duration_ms <= 20_000
        self.sent.append(Toast(text, kind))


@pytest.fixture
def toasts(monkeypatch: pytest.MonkeyPatch) -> list[Toast]:
    """Every message that pages have sent so far."""
    area = _Area()
    monkeypatch.setattr(type(pn.state), "notifications", property(lambda _: area))
    return area.sent
