"""The one style sheet of all components, written in the custom properties of the theme.

Browsers fetch it once, under an address that changes with its content, and share it between all components of a page.
"""

from hashlib import blake2b
from pathlib import Path

STYLE = (Path(__file__).parent / "components.css").read_text(encoding="utf-8")
STYLE_ADDRESS = f"assets/{blake2b(STYLE.encode(), digest_size=8).hexdigest()}/components.css"
"""Relative to the page, because a view that is shown to others lives below its link."""
