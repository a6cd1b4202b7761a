"""What browsers are told to allow: content security policy and the other protective headers."""

import html
import re
import secrets
from collections.abc import Iterable

# Bokeh's own scripts come without a version, which would make browsers ask for them again on every page
_UNVERSIONED = re.compile(rb'(src|href)="(?:/embed/[\w.-]+)?/?((?:\./)?static/js/[\w.-]+\.js)"')
# WebGL is blocked by the policy below, and pages import modules natively
_UNUSED = re.compile(rb"\s*<script[^>]*(bokeh-gl|es-module-shims)\.min\.js[^>]*></script>")
_HEAD = re.compile(rb"<head(\s[^>]*)?>", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script(?=[\s>])", re.IGNORECASE)

# no unsafe-eval and no unsafe-inline script; Bokeh and Material UI write inline styles, ES modules arrive as blobs
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://{host} wss://{host} blob:; "
    "media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors {ancestors}"
)

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

_SHARED = {
    b"referrer-policy": b"no-referrer",  # the address of a shared view is its key
    b"cross-origin-resource-policy": b"cross-origin",
}
_UNSHARED = (b"x-frame-options", b"cross-origin-opener-policy")
SHARED_HEADERS = tuple((name, _SHARED.get(name, value)) for name, value in HEADERS if name not in _UNSHARED)
"""The same for a view that is shown in pages of other origins; the policy says in which."""

TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
"""Sent over TLS: this host is never asked without it again."""


def new_nonce() -> str:
    """A fresh nonce for one page."""
    return secrets.token_urlsafe(16)


def ancestors(origins: Iterable[str] | None) -> str:
    """Who may frame an answer: nobody, unless origins are named."""
    return " ".join(origins or ()) or "'none'"


def content_security_policy(nonce: str, host: str, origins: Iterable[str] | None = None) -> bytes:
    """The policy header of one page; `origins` may frame it."""
    return _POLICY.format(nonce=nonce, host=host, ancestors=ancestors(origins)).encode()


def form_policy(nonce: str) -> bytes:
    """The policy header of the log-in pages, which load nothing and send their form here."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ).encode()


def with_versions(page: bytes, version: str, root: str = "") -> bytes:
    """The page, served below `root`, with a version in the address of every script, and without unused scripts."""
    found = rb'\1="' + root.encode() + rb"/\2?v=" + version.encode() + rb'"'
    return _UNVERSIONED.sub(found, _UNUSED.sub(b"", page))


def with_nonce(page: bytes, nonce: str) -> bytes:
    """The page with the nonce written into each of its script tags."""
    return _SCRIPT.sub(f'<script nonce="{nonce}"'.encode(), page)


def with_token(page: bytes, token: str) -> bytes:
    """The page with the token in its head that its scripts send with every change."""
    if not token:
        return page
    tag = f'<meta name="pfd-csrf" content="{html.escape(token)}">'.encode()
    return _HEAD.sub(lambda found: found.group() + tag, page, count=1)
