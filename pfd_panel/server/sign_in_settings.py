"""How people get in beside name and password: registration, and another sign-in service."""

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pfd_panel.accounts.external import Admission
from pfd_panel.services.context import RIGHTS, Role, as_role

Names = Annotated[tuple[str, ...], NoDecode]
"""Several words in one variable, with commas between them."""


class SignInSettings(BaseSettings):
    """Settings of the door."""

    model_config = SettingsConfigDict(env_prefix="PFD_", extra="ignore", frozen=True)

    registration: bool = Field(False, description="whether anyone may make an account, as viewer, on /register")
    limit_register: int = Field(20, ge=1, description="attempts an hour to make an account, from one address")
    oidc_issuer: str = Field("", description="OpenID Connect provider, as https://login.example/plant; empty: none")
    oidc_client_id: str = Field("", description="by which it knows this server")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="and the secret it gave us")
    oidc_label: str = Field("Company account", max_length=60, description="what its button says on the log-in page")
    oidc_new_accounts: bool = Field(False, description="whether someone it sends, who has no account, gets one")
    oidc_role: Literal["viewer", "operator", "admin"] = Field("viewer", description="role of such an account")
    oidc_role_claim: str = Field("", description="claim from which roles follow, as groups or realm_access.roles")
    oidc_roles: Names = Field((), description="words of that claim and their roles, as plant-admins=admin,rig=operator")
    oidc_domains: Names = Field((), description="let in only people with a verified e-mail address of these domains")

    @field_validator("oidc_roles", "oidc_domains", mode="before")
    @classmethod
    def _split_names(cls, given: Any) -> Any:
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @field_validator("oidc_issuer")
    @classmethod
    def _is_encrypted(cls, given: str) -> str:
        parts = urlsplit(given)
        here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if given and not (here or (parts.scheme == "https" and parts.hostname)):
            raise ValueError(f"{given!r} is no address of a sign-in service, which begins with https://")
        return given

    @field_validator("oidc_roles")
    @classmethod
    def _are_roles(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            word, found, role = one.rpartition("=")
            if not (found and word and role in RIGHTS):
                raise ValueError(f"{one!r} gives no role; expected word=role with one of {', '.join(RIGHTS)}")
        return given

    @model_validator(mode="after")
    def _oidc_is_whole(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret.get_secret_value()):
            raise ValueError("oidc_issuer needs oidc_client_id and oidc_client_secret")
        if self.oidc_roles and not self.oidc_role_claim:
            raise ValueError("oidc_roles needs oidc_role_claim: the claim whose words they are")
        return self

    @property
    def admission(self) -> Admission:
        """Whom the other service may send us."""
        roles: dict[str, Role] = {}
        for one in self.oidc_roles:
            word, _, role = one.rpartition("=")
            roles[word] = as_role(role)
        return Admission(
            new_accounts=self.oidc_new_accounts,
            role=self.oidc_role,
            role_claim=self.oidc_role_claim,
            roles=roles,
            domains=tuple(domain.lower().removeprefix("@") for domain in self.oidc_domains),
        )
