"""Logging in by another sign-in service: there, and back into the browser that asked."""

import hashlib
import logging
import os
import secrets
import time
from pathlib import Path
from urllib.parse import quote, unquote

from pfd_panel.accounts.external import admit
from pfd_panel.accounts.provider import Provider, ProviderError
from pfd_panel.accounts.sign_in import SignedIn
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.server.aside import Aside
from pfd_panel.server.asked import Asked
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.kinds import OIDC_BACK_PATH
from pfd_panel.server.signing import Signer

log = logging.getLogger(__name__)

ASIDE_S = 600
"""How long someone may take to sign in there."""


class RefusedError(Exception):
    """Nobody was signed in; the message is for the person, and says nothing that helps to try again unasked."""


class ByProvider:
    """Sends browsers to the other service and takes them back.

    What a browser is told to bring back, ``state``, lies signed in a cookie of it, so that a link that somebody else
    made opens nothing. The nonce of the statement and the proof of the code follow from it and our key, and are never
    in the browser. A state is used once.

    Parameters
    ----------
    keeper : Keeper
        Its settings name the service; opens sign-ins.
    """

    def __init__(self, keeper: Keeper) -> None:
        settings = keeper.settings
        self._keeper = keeper
        self._provider = Provider(
            settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value()
        )
        key = settings.key()
        self._cookies = Signer(key, "oidc cookie")
        self._nonces = Signer(key, "oidc nonce")
        self._verifiers = Signer(key, "oidc verifier")
        self._admission = settings.admission
        self._spent = settings.run / "oidc"
        # the other service may be slow; pages and passwords must not wait for it
        self._elsewhere = Aside(4, "provider")

    async def begin(self, asked: Asked, target: str) -> tuple[str, str]:
        """Where to send a browser, and what its cookie must hold until it is back.

        Parameters
        ----------
        target
            Where to go afterwards: a path of this server.

        Raises
        ------
        RefusedError
            The service cannot be asked.
        """
        state = secrets.token_urlsafe(32)
        try:
            where = await self._elsewhere(
                self._provider.address,
                _back(asked),
                state=state,
                nonce=self._nonces.sign(state),
                verifier=self._verifiers.sign(state),
            )
        except ProviderError as failure:
            log.error("the other sign-in service: %s", failure)
            raise RefusedError("The other sign-in service does not answer. Try again later.") from failure
        return where, self._cookies.seal(f"{int(time.time())}.{state}.{quote(target, safe='')}")

    async def finish(self, asked: Asked, cookie: str) -> tuple[SignedIn, str]:
        """Sign in whom the service sent back, and where to go.

        Raises
        ------
        RefusedError
            The browser did not begin this here, took too long or brings it a second time; the service refused; its
            statement is not believed; or this person is not let in.
        """
        state, target = self._begun(asked, cookie)
        if asked.argument("error"):
            log.warning("the other sign-in service refused: %r", asked.argument("error")[:100])
            raise RefusedError("The other sign-in service refused, or you cancelled there.")
        agent = asked.headers.get("user-agent", "")
        try:
            claims = await self._elsewhere(self._claims, asked, state)
            signed_in = await self._elsewhere(
                admit,
                self._keeper.catalog,
                self._provider.issuer,
                claims,
                self._admission,
                address=asked.address,
                agent=agent,
                days=self._keeper.settings.session_days,
            )
        except ProviderError as failure:
            log.warning("a sign-in elsewhere from %s is not believed: %s", asked.address, failure)
            raise RefusedError("The answer of the other sign-in service is not accepted. Try again.") from failure
        except EXPECTED_ERRORS as refused:
            log.warning("a sign-in elsewhere from %s is refused: %s", asked.address, refused)
            said = str(refused)
            raise RefusedError(f"{said[:1].upper()}{said[1:]}. {getattr(refused, 'hint', '')}") from refused
        return signed_in, target

    def _claims(self, asked: Asked, state: str) -> dict[str, object]:
        self._provider.require_sender(asked.argument("iss"))
        nonce, verifier = self._nonces.sign(state), self._verifiers.sign(state)
        return self._provider.claims(asked.argument("code"), _back(asked), nonce=nonce, verifier=verifier)

    def _begun(self, asked: Asked, cookie: str) -> tuple[str, str]:
        """State and target of the sign-in that this browser began, which is used up."""
        begun, _, rest = (self._cookies.unseal(cookie) or "").partition(".")
        state, _, target = rest.partition(".")
        told = asked.argument("state")
        if not state or not secrets.compare_digest(state.encode(), told.encode("utf-8", "replace")):
            raise RefusedError("This sign-in was not begun in this browser. Begin it here.")
        if time.time() - int(begun) > ASIDE_S:
            raise RefusedError("This took too long. Begin again.")
        if not (asked.argument("code") or asked.argument("error")) or not self._is_first(state):
            raise RefusedError("This sign-in was used already. Begin again.")
        return state, unquote(target)

    def _is_first(self, state: str) -> bool:
        """Whether a state comes back for the first time, in any process of this data directory."""
        self._spent.mkdir(parents=True, exist_ok=True)
        _forget_old(self._spent)
        mark = hashlib.sha256(state.encode()).hexdigest()
        try:
            os.close(os.open(self._spent / mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        return True


def _back(asked: Asked) -> str:
    # the name by which the browser reached us; the guard answers only under our own
    return f"{asked.origin.scheme}://{asked.host}{OIDC_BACK_PATH}"


def _forget_old(folder: Path) -> None:
    horizon = time.time() - 2 * ASIDE_S
    for mark in folder.iterdir():
        try:
            if mark.stat().st_mtime < horizon:
                mark.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another process forgot it
