"""Letting in who signed in elsewhere: which account that is, whether one is made, and which role it has."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from data_catalog.accounts import identities, users
from data_catalog.catalog import Catalog
from data_catalog.errors import ConflictError, NotFoundError
from pfd_panel.accounts.names import new_name
from pfd_panel.accounts.sign_in import LIFETIME_DAYS, SignedIn, open_session
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services.context import RIGHTS, Role, as_role

log = logging.getLogger(__name__)

RANKS: tuple[Role, ...] = ("viewer", "operator", "admin")


@dataclass(frozen=True)
class Admission:
    """Whom another service may send us.

    Attributes
    ----------
    new_accounts : bool
        Whether someone without an account gets one.
    role : Role
        Of a new account, unless `roles` say otherwise.
    role_claim : str
        The claim that holds words from which a role follows, as ``groups`` or ``realm_access.roles``.
    roles : mapping
        Word → role; the highest counts, at every sign-in. Without any, roles are given here.
    domains : tuple of str
        Only people whose verified e-mail address ends with one of these are let in; empty: everyone.
    """

    new_accounts: bool = False
    role: Role = "viewer"
    role_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    domains: tuple[str, ...] = ()


def admit(
    catalog: Catalog,
    issuer: str,
    claims: Mapping[str, Any],
    admission: Admission,
    *,
    address: str = "",
    agent: str = "",
    days: float = LIFETIME_DAYS,
) -> SignedIn:
    """Sign a browser in for whom another service vouches, by claims that were verified.

    People are known by issuer and subject alone: a name or an address that is the same as one here opens nothing.

    Raises
    ------
    NotAllowedError
        They have no account and none is made for them; or their account is disabled or was removed.
    """
    _require_domain(claims, admission.domains)
    subject = str(claims["sub"])
    with catalog.write() as session:
        name = identities.user_of(session, issuer, subject)
        if name is None:
            name = _made(session, issuer, subject, claims, admission)
        elif users.find(session, name) is None:
            raise NotAllowedError("your account here was removed", hint="Ask an administrator.")
        elif admission.roles:
            _give(session, name, role_of(claims, admission))
        identities.touch(session, issuer, subject)
    return open_session(catalog, name, address=address, agent=agent, days=days)


def role_of(claims: Mapping[str, Any], admission: Admission) -> Role:
    """The highest role that follows from the claims, else the role of new accounts."""
    found: Any = claims
    for part in admission.role_claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    words = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    given = {admission.roles[word] for word in words if isinstance(word, str) and word in admission.roles}
    return max(given, key=RANKS.index) if given else admission.role


def _require_domain(claims: Mapping[str, Any], domains: tuple[str, ...]) -> None:
    if not domains:
        return
    mail = claims.get("email")
    name, _, domain = mail.rpartition("@") if isinstance(mail, str) else ("", "", "")
    if not (name and domain.lower() in domains and claims.get("email_verified") is True):
        raise NotAllowedError(
            "your e-mail address is not one of those that are let in here", hint="Ask an administrator."
        )


def _made(session: Session, issuer: str, subject: str, claims: Mapping[str, Any], admission: Admission) -> str:
    if not admission.new_accounts:
        raise NotAllowedError("you have no account here", hint="Ask an administrator for one.")
    offered = next((claims[one] for one in ("preferred_username", "email") if isinstance(claims.get(one), str)), "")
    try:
        name = new_name(offered)
        users.add(session, name, role_of(claims, admission), owner=name, display_name=_shown(claims))
    except RequestError as unusable:
        raise NotAllowedError(f"{offered!r} cannot be a name here", hint="Ask an administrator.") from unusable
    except ConflictError as taken:
        raise NotAllowedError(
            f"someone else is called {offered!r} here",
            hint="If that is you, ask an administrator to link your account.",
        ) from taken
    identities.add(session, issuer, subject, name, owner=name)
    return name


def _give(session: Session, name: str, role: Role) -> None:
    before = as_role(users.get(session, name).role)
    if role == before:
        return
    try:
        users.set_role(session, name, role, owner=name, demoted=not RIGHTS[role] >= RIGHTS[before])
    except (ConflictError, NotFoundError) as kept:
        log.warning("%s keeps the role %s: %s", name, before, kept)


def _shown(claims: Mapping[str, Any]) -> str:
    told = claims.get("name")
    cleaned = " ".join(told.split()) if isinstance(told, str) else ""
    return cleaned[:100] if cleaned.isprintable() else ""
