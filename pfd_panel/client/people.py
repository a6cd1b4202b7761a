"""Accounts of a server, keys and the audit log, with the methods of the local workbench."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pfd_panel.client.api import Api
from pfd_panel.services.auditing import AuditPage
from pfd_panel.services.keys import DEFAULT_DAYS, Key, MintedKey
from pfd_panel.services.people import Issued, Person

if TYPE_CHECKING:
    from pfd_panel.services.auditing import Entry


class RemotePeople:
    """The part of `RemoteWorkbench` that administers people."""

    api: Api

    def users(self) -> list[Person]:
        """Everyone with an account."""
        found: list[Person] = self.api.list_users()
        return found

    def user(self, name: str) -> Person:
        """One account."""
        found: Person = self.api.get_user(user=name)
        return found

    def add_user(self, name: str, role: str, password: str, *, display_name: str = "") -> Person:
        """Make an account with a password; the first one is an administrator's."""
        made: Person = self.api.add_user(name=name, role=role, password=password, display_name=display_name)
        return made

    def invite_user(self, name: str, role: str, *, display_name: str = "") -> Issued:
        """Make an account whose user chooses a password with the token."""
        made: Issued = self.api.invite_user(name=name, role=role, display_name=display_name)
        return made

    def reset_user(self, name: str) -> Issued:
        """A token with which someone chooses a new password; lifts a lock-out."""
        made: Issued = self.api.reset_user(user=name)
        return made

    def unlock_user(self, name: str) -> None:
        """Forget the failed attempts under a name."""
        self.api.unlock_user(user=name)

    def set_role(self, name: str, role: str) -> Person:
        """Give someone another role; a lower one ends sign-ins and keys."""
        changed: Person = self.api.set_role(user=name, role=role)
        return changed

    def disable_user(self, name: str) -> Person:
        """Shut an account at once."""
        changed: Person = self.api.disable_user(user=name)
        return changed

    def enable_user(self, name: str) -> Person:
        """Open a disabled account again."""
        changed: Person = self.api.enable_user(user=name)
        return changed

    def link_user(self, name: str, issuer: str, subject: str) -> Person:
        """Let someone sign in by another service too, which knows the person by `subject`."""
        found: Person = self.api.link_user(user=name, issuer=issuer, subject=subject)
        return found

    def unlink_user(self, name: str) -> Person:
        """Let nobody sign in as someone by another service any more."""
        found: Person = self.api.unlink_user(user=name)
        return found

    def remove_user(self, name: str) -> None:
        """Remove an account for good."""
        self.api.remove_user(user=name)

    def drop_second_factor(self, name: str) -> Person:
        """Let someone who lost the second factor sign in with the password alone."""
        changed: Person = self.api.drop_users_second_factor(user=name)
        return changed

    def keys(self, user: str | None = None) -> list[Key]:
        """The keys of someone, or of everyone."""
        found: list[Key] = self.api.list_keys(everyone=True) if user is None else self.api.list_keys(user=user)
        return found

    def add_key(
        self,
        name: str,
        *,
        scopes: Sequence[str] = (),
        days: float | None = DEFAULT_DAYS,
        user: str | None = None,
    ) -> MintedKey:
        """Mint an API key, one's own unless another user is named; its token is shown here once."""
        made: MintedKey = self.api.add_key(name=name, scopes=list(scopes), days=days, user=user)
        return made

    def revoke_key(self, key_id: str) -> Key:
        """Make a key useless, at once."""
        revoked: Key = self.api.revoke_key(key=key_id)
        return revoked

    def audit(self, **asked: Any) -> AuditPage:
        """Who changed what, newest first; filters are those of `pfd_panel.services.auditing.page`."""
        wanted = int(asked.pop("limit", 100))
        rows: list[Entry] = []
        while True:
            page = self.api.list_audit(limit=max(1, min(wanted, 1000)), **asked)
            rows += page.items
            if page.next is None or len(rows) >= wanted:
                return AuditPage(rows[:wanted], page.total)
            asked = {**asked, "cursor": page.next}
