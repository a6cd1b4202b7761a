"""Who acted, what they changed, how they are known, and settings kept with the data."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class User(Base):
    """Someone who may act; a server without accounts has one, `local`.

    The names in other tables are no foreign keys: what someone did stays when the person is removed.
    """

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    display_name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str | None]
    totp_secret: Mapped[str | None]  # base32; none: no second factor
    totp_step: Mapped[int | None]  # of the last code that was accepted, so that none is accepted twice
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class LoginSession(Base):
    """One signed-in browser, until it signs out, is thrown out or expires."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user: Mapped[str] = mapped_column(index=True)
    sha256: Mapped[str]  # of the secret in the cookie
    address: Mapped[str]
    agent: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class ApiKey(Base):
    """A key by which a program acts for a user; `scopes` empty means everything that the role may."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    uses: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """Stands in once for a lost second factor."""

    __tablename__ = "recovery_codes"

    user: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class OneTimeToken(Base):
    """Lets someone choose a password once: an invitation, or a reset by an administrator."""

    __tablename__ = "one_time_tokens"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # 'invite' or 'reset'
    user: Mapped[str] = mapped_column(index=True)
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ExternalIdentity(Base):
    """A person as another sign-in service knows them; outlives the account, so that it is not made again."""

    __tablename__ = "external_identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Failed attempts under one name, known or not, so that a lock-out does not tell which names exist.

    An address from which the name has signed in before has a row of its own, so that strangers cannot lock it out.
    """

    __tablename__ = "sign_in_failures"

    name: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)  # '' for every address that is not known
    failed: Mapped[int]
    locked_until: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class AuditEntry(Base):
    """One change by one person; rows are only ever added, which triggers of the database see to."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    user: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Setting(Base):
    """A value kept with the data directory, such as its format number."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
