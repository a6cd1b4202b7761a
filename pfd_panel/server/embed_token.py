"""Addresses of shared links: ``/embed/<token>/…``, where the token is signed and names one link and its secret."""

from dataclasses import dataclass

from pfd_panel.server.signing import Signer

EMBED_PATH = "/embed/"
_PURPOSE = "shared link"
_LONGEST = 300


@dataclass(frozen=True)
class EmbedAddress:
    """A path below `EMBED_PATH` taken apart: the token, and the rest with its leading slash (``""`` without one)."""

    token: str
    rest: str

    @property
    def root(self) -> str:
        """Everything before the rest."""
        return EMBED_PATH + self.token


def embed_token(key: bytes, link_id: str, secret: str) -> str:
    """The token of a link, signed with the server's key."""
    return Signer(key, _PURPOSE).seal(f"{link_id}.{secret}")


def read_token(key: bytes, token: str) -> tuple[str, str] | None:
    """Id and secret of a link; None if the token is not signed by this server."""
    told = Signer(key, _PURPOSE).unseal(token) if len(token) <= _LONGEST and token.isascii() else None
    link_id, dot, secret = (told or "").partition(".")
    return (link_id, secret) if dot else None


def without_secret(path: str) -> str:
    """A path as it may be written down: of a shared link only the id is told."""
    found = embed_address(path)
    return path if found is None else f"{EMBED_PATH}{found.token.partition('.')[0][:32]}{found.rest}"


def embed_address(path: str) -> EmbedAddress | None:
    """The parts of a path below `EMBED_PATH`; None for any other path."""
    if not path.startswith(EMBED_PATH):
        return None
    token, slash, rest = path.removeprefix(EMBED_PATH).partition("/")
    return EmbedAddress(token, slash + rest)
