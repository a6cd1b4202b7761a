"""What one person wants to be told, and how."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from data_catalog.schema import AlertEvent

KEY = "notifications"
"""Heading of these choices among a person's preferences."""

_ADDRESS = re.compile(r"[^@\s<>,;:\"\\()\[\]]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


class Choices(BaseModel):
    """How a person is told of alerts; the inbox holds all of them in any case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    toast: bool = True
    browser: bool = False
    email: bool = False
    address: str = Field("", json_schema_extra={"example": "ada@example.com"})
    least: Literal["watch", "alarm"] = "watch"
    muted: tuple[str, ...] = ()

    @field_validator("address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        text = value.strip()
        if text and not _ADDRESS.fullmatch(text):
            raise ValueError(f"{text!r} is no e-mail address: expected name@example.com")
        return text

    def wants(self, event: AlertEvent) -> bool:
        """Whether the person wants to be told of a message beyond finding it in the inbox."""
        if event.kind == "test":
            return True
        return event.rule_id not in self.muted and (self.least == "watch" or event.severity != "watch")
