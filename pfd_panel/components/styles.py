"""The one style sheet of all components, written in the custom properties of the theme.

It is handed to every component as the same string, which Panel sends to the browser once a page.
"""

from pathlib import Path

STYLE = (Path(__file__).parent / "components.css").read_text(encoding="utf-8")
