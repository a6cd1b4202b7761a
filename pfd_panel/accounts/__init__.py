"""Who someone is: passwords, second factors, sign-ins, keys. What they may do is said by `pfd_panel.services.context`.

These functions take a `Catalog` and are for doors, before there is a user. What a user does to accounts, his own or
others', goes through `pfd_panel.services` (people, sessions, keys) with a context. The three calls doors use:

- ``sign_in(catalog, name, password, code=…)``: a signed-in browser, or why not and for how long;
- ``session_user(catalog, session_id, secret)``: the user of a cookie, at every request;
- ``key_user(catalog, token)``: the user of an API key.
"""

from pfd_panel.accounts.bearer import KeyUser, count_uses, key_user
from pfd_panel.accounts.sign_in import (
    Refused,
    SignedIn,
    end_session,
    end_sessions,
    ended_since,
    has_people,
    open_session,
    session_user,
    sign_in,
)
from pfd_panel.accounts.tokens_once import Invited, invited, redeem, register

__all__ = [
    "Invited",
    "KeyUser",
    "Refused",
    "SignedIn",
    "count_uses",
    "end_session",
    "end_sessions",
    "ended_since",
    "has_people",
    "invited",
    "key_user",
    "open_session",
    "redeem",
    "register",
    "session_user",
    "sign_in",
]
