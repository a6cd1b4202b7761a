"""What monitoring must be told: the mail server, where webhooks may go, and the address that messages link to."""

from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pfd_panel.errors import RequestError
from pfd_panel.monitoring.addresses import networks


class MonitoringSettings(BaseSettings):
    """Every field is also the variable ``PFD_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="PFD_", extra="ignore", frozen=True)

    smtp_host: str = Field("", description="mail server; empty: no e-mail is sent")
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="how the connection is protected")
    smtp_user: str = Field("", description="name to log in with; empty: no log-in")
    smtp_password: SecretStr = Field(SecretStr(""), description="password to log in with")
    smtp_from: str = Field("", description="sender of the messages; by default pfd-panel at the mail server")
    webhook_networks: str = Field(
        "", description="private networks that webhooks may reach, as 10.1.0.0/16,127.0.0.1; all public ones may"
    )
    public_address: str = Field("", description="address that messages link to, as https://pfd.example.com")

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        networks(value)
        return value

    @classmethod
    def read(cls) -> "MonitoringSettings":
        """Read the environment; a value that does not fit is refused in words.

        Raises
        ------
        RequestError
            A variable does not hold what it must.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = f"PFD_{str(first['loc'][0]).upper()}"
            raise RequestError(
                f"setting {name}: {first['msg']}", hint="Correct the environment variable and start again."
            ) from error

    @property
    def sender(self) -> str:
        """Who messages come from."""
        return self.smtp_from or f"pfd-panel@{self.smtp_host}"
