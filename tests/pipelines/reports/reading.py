"""Reading reports back, as their readers do."""

import re
from html.parser import HTMLParser
from io import BytesIO

from pypdf import PdfReader

from pipelines.reports import Document


def pdf_text(content: bytes) -> str:
    """The words of a PDF, with single spaces."""
    return squeezed(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def squeezed(text: str) -> str:
    """A text with single spaces, without places where it may be broken."""
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


class Page(HTMLParser):
    """The elements, attributes and text of an HTML file; what is in styles is kept apart."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.style, self.text = "", ""
        self._within: list[str] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "style":
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and tag == "style":
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._within:
            self.style += data
        else:
            self.text += data


def texts(document: Document) -> str:
    """Everything a document says, in order."""
    return "\n".join(document.texts())
