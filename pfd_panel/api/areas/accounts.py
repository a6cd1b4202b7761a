"""Accounts: people and their roles, one's own password and second factor, sign-ins, API keys, who changed what."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from pfd_panel.api.cursors import newest_first
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Count, Limit, Nothing, Paged, Word
from pfd_panel.api.wire import Answer, Page
from pfd_panel.services import account, auditing, keys, people, sessions
from pfd_panel.services.account import Enrolment
from pfd_panel.services.auditing import Entry
from pfd_panel.services.context import Context, Right, Role
from pfd_panel.services.keys import Key, MintedKey
from pfd_panel.services.people import Issued, Person
from pfd_panel.services.sessions import Browser

Password = Annotated[str, Field(min_length=1, max_length=1000, json_schema_extra={"format": "password"})]
DisplayName = Annotated[str, Field(max_length=200)]


class OfUser(Asked):
    """Which account."""

    user: Word = Field(description="Name of an account.")


class NewUser(Asked):
    """An account with a password."""

    name: Word
    role: Role
    password: Password
    display_name: DisplayName = ""


class Invitation(Asked):
    """An account whose user chooses the password."""

    name: Word
    role: Role
    display_name: DisplayName = ""


class RoleChange(OfUser):
    """Which role."""

    role: Role


class Rename(Asked):
    """How one is shown to people."""

    display_name: DisplayName


class PasswordChange(Asked):
    """The present password, and a new one."""

    present: Password
    new: Password


class Confirmed(Asked):
    """The password, once more."""

    password: Password


class SecondFactor(Confirmed):
    """A secret that an authenticator app holds, and what it shows now."""

    secret: Word
    code: Annotated[str, Field(min_length=1, max_length=20)]


class Identity(Asked):
    """By whom someone is known at another sign-in service."""

    user: Word
    issuer: Annotated[str, Field(min_length=1, max_length=500, description="Address of the service.")]
    subject: Annotated[str, Field(min_length=1, max_length=255, description="What it calls the person (`sub`).")]


class WhoseSessions(Asked):
    """Whose sign-ins; one's own without."""

    user: Word | None = None


class OfSession(Asked):
    """Which sign-in."""

    session: Word = Field(description="Id of a sign-in.")


class KeyList(Asked):
    """Whose keys; one's own without."""

    user: Word | None = None
    everyone: bool = Field(False, description="The keys of all users.")


class NewKey(Asked):
    """What a key is for and may."""

    name: Word
    scopes: list[Right] = Field(default=[], max_length=3, description="Everything that the role may without.")
    days: float | None = Field(keys.DEFAULT_DAYS, gt=0, le=36_500, description="null: until somebody revokes it.")
    user: Word | None = Field(None, description="Whose key; one's own without.")


class OfKey(Asked):
    """Which key."""

    key: Word = Field(description="Id of a key.")


class AuditList(Paged):
    """Which changes."""

    limit: Limit = 100
    offset: Count = Field(0, description="Entries to skip; without a cursor.")
    user: Word | None = None
    action: Word | None = None
    subject_kind: Word | None = None
    subject_id: Word | None = None
    since: datetime | None = None
    until: datetime | None = None


class Ended(Answer):
    """How many sign-ins ended."""

    count: int


class RecoveryCodes(Answer):
    """Each stands in for the second factor once; they are shown here once."""

    codes: list[str]


@operation("GET", "/users", right="administer", offers=people.listing)
def list_users(context: Context, asked: Nothing) -> list[Person]:
    """Everyone with an account, by name."""
    return people.listing(context)


@operation("GET", "/users/{user}", right="administer", offers=people.get)
def get_user(context: Context, asked: OfUser) -> Person:
    """One account."""
    return people.get(context, asked.user)


@operation("POST", "/users", right="administer", offers=people.add, secret=True, example={"name": "eve"})
def add_user(context: Context, asked: NewUser) -> Person:
    """Make an account with a password; the first one is an administrator's."""
    return people.add(context, asked.name, asked.role, asked.password, display_name=asked.display_name)


@operation("POST", "/invitations", right="administer", offers=people.invite, secret=True, example={"name": "eve"})
def invite_user(context: Context, asked: Invitation) -> Issued:
    """Make an account whose user chooses a password with the token, which is shown here once."""
    return people.invite(context, asked.name, asked.role, display_name=asked.display_name)


@operation("POST", "/users/{user}/reset", right="administer", offers=people.reset, secret=True)
def reset_user(context: Context, asked: OfUser) -> Issued:
    """A token with which someone chooses a new password; it is shown here once."""
    return people.reset(context, asked.user)


@operation("POST", "/users/{user}/unlock", right="administer", offers=people.unlock)
def unlock_user(context: Context, asked: OfUser) -> None:
    """Forget the failed attempts under a name."""
    people.unlock(context, asked.user)


@operation("PATCH", "/users/{user}", right="administer", offers=people.set_role)
def set_role(context: Context, asked: RoleChange) -> Person:
    """Give someone another role; a lower one ends sign-ins and keys."""
    return people.set_role(context, asked.user, asked.role)


@operation("POST", "/users/{user}/disable", right="administer", offers=people.disable)
def disable_user(context: Context, asked: OfUser) -> Person:
    """Shut an account at once."""
    return people.disable(context, asked.user)


@operation("POST", "/users/{user}/enable", right="administer", offers=people.enable)
def enable_user(context: Context, asked: OfUser) -> Person:
    """Open a disabled account again."""
    return people.enable(context, asked.user)


@operation("DELETE", "/users/{user}", right="administer", offers=people.remove)
def remove_user(context: Context, asked: OfUser) -> None:
    """Remove an account for good; its name is not given again."""
    people.remove(context, asked.user)


@operation(
    "POST",
    "/users/{user}/identities",
    right="administer",
    offers=people.link,
    example={"issuer": "https://login.example/plant", "subject": "248289761001"},
)
def link_user(context: Context, asked: Identity) -> Person:
    """Let someone sign in by another service too, which knows the person by `subject`."""
    return people.link(context, asked.user, asked.issuer, asked.subject)


@operation("DELETE", "/users/{user}/identities", right="administer", offers=people.unlink)
def unlink_user(context: Context, asked: OfUser) -> Person:
    """Let nobody sign in as someone by another service any more; the user's sign-ins end."""
    return people.unlink(context, asked.user)


@operation("DELETE", "/users/{user}/second-factor", right="administer", offers=people.drop_second_factor)
def drop_users_second_factor(context: Context, asked: OfUser) -> Person:
    """Let someone who lost the second factor sign in with the password alone."""
    return people.drop_second_factor(context, asked.user)


@operation("GET", "/account", right="read", offers=account.me)
def get_account(context: Context, asked: Nothing) -> Person:
    """The account of whoever asks."""
    return account.me(context)


@operation("PATCH", "/account", right="read", offers=account.rename, example={"display_name": "Ada L."})
def rename_account(context: Context, asked: Rename) -> Person:
    """Change the name shown to people."""
    return account.rename(context, asked.display_name)


@operation("POST", "/account/password", right="read", offers=account.change_password, secret=True)
def change_password(context: Context, asked: PasswordChange) -> None:
    """Replace one's password; every sign-in ends."""
    account.change_password(context, asked.present, asked.new)


@operation("POST", "/account/second-factor/begin", right="read", offers=account.begin_second_factor, secret=True)
def begin_second_factor(context: Context, asked: Nothing) -> Enrolment:
    """A fresh secret for an authenticator app."""
    return account.begin_second_factor(context)


@operation("POST", "/account/second-factor", right="read", offers=account.confirm_second_factor, secret=True)
def confirm_second_factor(context: Context, asked: SecondFactor) -> RecoveryCodes:
    """Set up the second factor; answers recovery codes."""
    made = account.confirm_second_factor(context, asked.password, asked.secret, asked.code)
    return RecoveryCodes(codes=made)


@operation("POST", "/account/second-factor/drop", right="read", offers=account.drop_second_factor, secret=True)
def drop_second_factor(context: Context, asked: Confirmed) -> None:
    """Sign in with the password alone from now on."""
    account.drop_second_factor(context, asked.password)


@operation("POST", "/account/recovery-codes", right="read", offers=account.renew_recovery_codes, secret=True)
def renew_recovery_codes(context: Context, asked: Confirmed) -> RecoveryCodes:
    """Fresh recovery codes; the old ones are void."""
    return RecoveryCodes(codes=account.renew_recovery_codes(context, asked.password))


@operation("GET", "/sessions", right="read", offers=sessions.listing)
def list_sessions(context: Context, asked: WhoseSessions) -> list[Browser]:
    """The browsers someone is signed in with; one's own unless an administrator names another user."""
    return sessions.listing(context, asked.user)


@operation("DELETE", "/sessions/{session}", right="read", offers=sessions.end)
def end_session(context: Context, asked: OfSession) -> None:
    """Sign one browser out, at once."""
    sessions.end(context, asked.session)


@operation("POST", "/sessions/end", right="read", offers=sessions.end_all)
def end_sessions(context: Context, asked: WhoseSessions) -> Ended:
    """Sign every browser of someone out."""
    return Ended(count=sessions.end_all(context, asked.user))


@operation("GET", "/keys", right="read", offers=(keys.listing, keys.everyones))
def list_keys(context: Context, asked: KeyList) -> list[Key]:
    """API keys, newest first, revoked ones too; one's own unless an administrator asks for others."""
    return keys.everyones(context) if asked.everyone else keys.listing(context, asked.user)


@operation(
    "POST", "/keys", right="read", offers=keys.add, secret=True, example={"name": "nightly job", "scopes": ["read"]}
)
def add_key(context: Context, asked: NewKey) -> MintedKey:
    """Mint an API key; its token is shown here once."""
    return keys.add(context, asked.name, scopes=asked.scopes, days=asked.days, user=asked.user)


@operation("DELETE", "/keys/{key}", right="read", offers=keys.revoke)
def revoke_key(context: Context, asked: OfKey) -> Key:
    """Make a key useless, at once."""
    return keys.revoke(context, asked.key)


@operation("GET", "/audit", right="read", offers=auditing.page)
def list_audit(context: Context, asked: AuditList) -> Page[Entry]:
    """Who changed what, newest first: one's own changes, and anyone's for administrators."""
    chosen = asked.model_dump(exclude={"limit", "cursor", "offset"})

    def fetch(offset: int, limit: int) -> tuple[list[Entry], int]:
        found = auditing.page(context, offset=offset, limit=limit, **chosen)
        return found.rows, found.total

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch, start=asked.offset)


@operation("GET", "/audit-choices", right="administer", offers=auditing.choices)
def list_audit_choices(context: Context, asked: Nothing) -> dict[str, list[str]]:
    """Users, actions and kinds of subject that occur in the log."""
    return auditing.choices(context)
