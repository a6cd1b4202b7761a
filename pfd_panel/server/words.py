"""Answers in words: the pages a person sees when something is not there, not allowed or went wrong."""

import html
import json
from dataclasses import dataclass

from pfd_panel.theme.tokens import css_variables


@dataclass(frozen=True)
class Answer:
    """An answer that is not a page of the product: status, one sentence, and what to do next."""

    status: int
    title: str
    sentence: str
    advice: str


LOGIN_NEEDED = Answer(
    401,
    "Please open the login link",
    "This server answers only browsers that opened its login link.",
    "The link is printed in the terminal where the server was started. It works once; "
    "stop and start the server, or run <code>pfd serve</code> again, for a new one.",
)
LINK_SPENT = Answer(
    403,
    "This login link no longer works",
    "A login link works once and only for a short time.",
    "Start the server again for a new link; a browser that is already logged in can simply open "
    '<a href="/">the home page</a>.',
)
WRONG_HOST = Answer(
    403,
    "This address is not served",
    "The server answers only under a loopback name such as localhost or 127.0.0.1.",
    "To reach it from another machine use an SSH tunnel: <code>ssh -L 5006:127.0.0.1:5006 this-machine</code>, "
    "then open the link on your own machine.",
)
WRONG_ORIGIN = Answer(
    403,
    "The request came from another site",
    "Changes and live connections are accepted only from this server's own pages.",
    'Open <a href="/">the home page</a> and try again from there.',
)
NOT_FOUND = Answer(
    404,
    "There is no such page",
    "Nothing is served under this address.",
    'Check the address, or go to <a href="/">the home page</a>.',
)
FORBIDDEN = Answer(403, "Not allowed", "Your login does not allow this.", 'Go back to <a href="/">the home page</a>.')
FAILED = Answer(
    500,
    "Something went wrong here",
    "The server could not finish this request. Nothing was changed.",
    "Reload the page. If it happens again, the log holds the details under the number shown below.",
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
    if status >= 500:
        return Answer(status, FAILED.title, FAILED.sentence, FAILED.advice)
    return Answer(status, "This request cannot be answered", "The server did not understand it.", NOT_FOUND.advice)


def _declarations(theme: str) -> str:
    return ";".join(f"{name}:{value}" for name, value in css_variables("dark" if theme == "dark" else "light").items())


def as_html(answer: Answer, reference: str = "") -> bytes:
    """The answer as a small page of its own: no script, no other file, both themes."""
    number = f'<p class="n">Number {html.escape(reference)}</p>' if reference else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(answer.title)} · PFD Panel</title><style>
:root{{color-scheme:light dark;{_declarations("light")}}}
@media (prefers-color-scheme:dark){{:root{{{_declarations("dark")}}}}}
body{{margin:0;background:var(--p-canvas);color:var(--p-text);font:13px/20px Roboto,Arial,sans-serif}}
main{{max-width:440px;margin:18vh auto 0;padding:24px;background:var(--p-surface);border:1px solid var(--p-line);
border-radius:8px}}
h1{{font-size:20px;line-height:28px;margin:0 0 8px}}p{{margin:0 0 8px;color:var(--p-text2)}}a{{color:var(--p-accent)}}
code{{font-family:'Liberation Mono',monospace;background:var(--p-sunken);padding:1px 4px;border-radius:4px}}
.n{{font-size:12px;color:var(--p-text3)}}
</style></head><body><main><h1>{html.escape(answer.title)}</h1><p>{html.escape(answer.sentence)}</p>
<p>{answer.advice}</p>{number}</main></body></html>""".encode()


def as_json(answer: Answer, reference: str = "") -> bytes:
    """The answer for programs."""
    body = {"error": answer.title, "detail": answer.sentence}
    if reference:
        body["reference"] = reference
    return json.dumps(body).encode()
