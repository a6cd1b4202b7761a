"""Answers in words: the pages a person sees when something is not there, not allowed or went wrong."""

import json
from dataclasses import dataclass, replace

from markupsafe import Markup

from pfd_panel.api import problems
from pfd_panel.server.plain_page import plain_page


@dataclass(frozen=True)
class Answer:
    """An answer that is not a page of the product: status, one sentence, and what to do next.

    `kind` is what programs tell it by: the end of the ``type`` of a problem.
    """

    status: int
    title: str
    sentence: str
    advice: str
    kind: str


LOGIN_NEEDED = Answer(
    401,
    "Please open the login link",
    "This server answers only browsers that opened its login link.",
    "The link is printed in the terminal where the server was started. It works once; "
    "stop and start the server, or run <code>pfd serve</code> again, for a new one.",
    "not-logged-in",
)
LINK_SPENT = Answer(
    403,
    "This login link no longer works",
    "A login link works once and only for a short time.",
    "Start the server again for a new link; a browser that is already logged in can simply open "
    '<a href="/">the home page</a>.',
    "link-spent",
)
WRONG_HOST = Answer(
    403,
    "This address is not served",
    "The server answers only under a loopback name such as localhost or 127.0.0.1.",
    "To reach it from another machine use an SSH tunnel: <code>ssh -L 5006:127.0.0.1:5006 this-machine</code>, "
    "then open the link on your own machine.",
    "wrong-host",
)
WRONG_ORIGIN = Answer(
    403,
    "The request came from another site",
    "Changes and live connections are accepted only from this server's own pages.",
    'Open <a href="/">the home page</a> and try again from there.',
    "wrong-origin",
)
NOT_FOUND = Answer(
    404,
    "There is no such page",
    "Nothing is served under this address.",
    'Check the address, or go to <a href="/">the home page</a>.',
    "not-found",
)
FORBIDDEN = Answer(
    403,
    "Not allowed",
    "Your login does not allow this.",
    'Go back to <a href="/">the home page</a>.',
    "not-allowed",
)
NOT_UNDERSTOOD = Answer(
    400,
    "This request cannot be answered",
    "The server did not understand it.",
    'Check it, or go to <a href="/">the home page</a>.',
    "not-understood",
)
FAILED = Answer(
    500,
    "Something went wrong here",
    "The server could not finish this request. Nothing was changed.",
    "Reload the page. If it happens again, the log holds the details under the number shown below.",
    "unexpected",
)

SIGN_IN = Answer(
    401,
    "Please log in",
    "This server answers only people who are logged in, and programs with a key.",
    'Open <a href="/login">the log-in page</a>; programs send the header <code>Authorization: Bearer</code> and a key.',
    "not-logged-in",
)
WRONG_KEY = Answer(
    401,
    "This key opens nothing",
    "The API key is not known, has expired or was revoked.",
    "Ask whoever gave you the key for a new one.",
    "wrong-key",
)
NO_TOKEN = Answer(
    403,
    "The request did not come from a page",
    "A change made with a log-in cookie must carry the token of the page it comes from.",
    "Reload the page and try again; programs use an API key, which needs no token.",
    "no-token",
)
LINK_ENDED = Answer(
    403,
    "This view is not shown any more",
    "The link has expired or was withdrawn, or it is not complete.",
    "Ask whoever gave it to you for a new one.",
    "link-ended",
)
TOO_MANY = Answer(
    429,
    "Too many requests",
    "More was asked than is allowed in this time.",
    "Wait a little, then try again.",
    "too-many-requests",
)
TOO_LARGE = Answer(
    413,
    "This is too large",
    "The body of the request has more bytes than are accepted.",
    "Send less at once.",
    "too-large",
)
TOO_SLOW = Answer(
    408,
    "This took too long",
    "The body of the request came too slowly.",
    "Check the connection, then try again.",
    "too-slow",
)
TOKEN_SPENT = Answer(
    403,
    "This link no longer works",
    "An invitation or a password reset works once and only for a time.",
    'Ask an administrator for a new one. If you have a password already, <a href="/login">log in</a>.',
    "token-spent",
)
UNAVAILABLE = Answer(
    503,
    "The server cannot look up who you are",
    "Its database did not answer, so nothing is shown.",
    "Try again in a moment; the log says what is wrong.",
    "unavailable",
)

NO_DASHBOARD = Answer(
    503,
    "Dask's dashboard is not there",
    "No cluster runs, or its dashboard is off.",
    "It is switched on by <code>PFD_DASHBOARD=true</code> when the server starts, and comes with the first job.",
    "unavailable",
)

# tells the first page which theme and width this browser has, so that it need not flash; no address is left behind
WELCOME = b"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>PFD Panel</title><script>
const keep = (name, value) => { document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax` }
keep('pfd_prefers', matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
keep('pfd_narrow', innerWidth < 700 ? 1 : 0)
location.replace('/')
</script></head><body><noscript>PFD Panel needs JavaScript.</noscript></body></html>"""

_BY_STATUS = {401: LOGIN_NEEDED, 403: FORBIDDEN, 404: NOT_FOUND, 500: FAILED}


def for_status(status: int) -> Answer:
    """The answer in words for an HTTP status of 400 and above."""
    known = _BY_STATUS.get(status)
    if known is not None:
        return known
    return replace(FAILED if status >= 500 else NOT_UNDERSTOOD, status=status)


def as_html(answer: Answer, reference: str = "") -> bytes:
    """The answer as a small page of its own: no script, no other file, both themes."""
    number = Markup('<p class="n">Number {}</p>').format(reference) if reference else Markup("")
    advice = Markup(answer.advice)  # noqa: S704 - written above, not by anyone who asks
    body = Markup("<main><h1>{}</h1><p>{}</p>\n<p>{}</p>{}</main>").format(
        answer.title, answer.sentence, advice, number
    )
    return plain_page(answer.title, body)


def as_json(answer: Answer, path: str, reference: str = "") -> bytes:
    """The answer for programs, in the form of the API's own refusals (RFC 9457)."""
    hint = Markup(answer.advice).striptags()  # noqa: S704 - written above, not by anyone who asks
    told = problems.refusal(answer.status, answer.kind, answer.sentence, hint=hint, reference=reference)
    return json.dumps(told.to_dict() | {"instance": path}).encode()
