"""Pages at two widths and in two themes: nothing sticks out, nothing is blocked, nothing comes from elsewhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.scenes import SCENES, addresses, show
from tests.e2e.site import Site, Visit

# a walk through every page takes minutes; until it passes on a quiet machine it belongs to the long suite
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

# widest thing in the page's scrolling area against the area itself, through the shadow roots
STICKS_OUT = """() => {
  const found = []
  const walk = (root) => { for (const one of root.querySelectorAll('*')) {
    if (one.matches('.main-content') && one.scrollWidth > one.clientWidth) found.push(one.scrollWidth - one.clientWidth)
    if (one.shadowRoot) walk(one.shadowRoot) } }
  walk(document)
  const wide = document.documentElement.scrollWidth - window.innerWidth
  return wide > 0 ? [...found, wide] : found
}"""


@pytest.fixture(scope="module", params=[(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")], ids=str)
def look(request: pytest.FixtureRequest, browser: Any, site: Site) -> Iterator[tuple[Visit, str]]:
    width, theme = request.param
    opened = Visit(browser, site, width=width, height=900, color_scheme=theme)
    yield opened, theme
    opened.context.close()


@pytest.mark.parametrize("scene", SCENES)
def test_a_page_fits_and_stays_at_home(look: tuple[Visit, str], scene: str) -> None:
    visit, theme = look
    visit.complaints.clear()
    visit.site.log.forget()
    show(visit, scene)
    visit.until(lambda: visit.page.locator(f".mui-{theme}").count(), f"the {theme} theme")
    assert visit.page.evaluate(STICKS_OUT) == []
    assert visit.complaints == []
    assert visit.site.log.errors == []


def test_the_login_cookie_stays_out_of_the_page(look: tuple[Visit, str]) -> None:
    visit, _ = look
    secrets = [one["value"] for one in visit.context.cookies() if one["httpOnly"]]
    assert secrets
    answer = visit.context.request.get(visit.site.base + addresses(visit.site)["home"])
    document = answer.text()
    decoded = "".join(_decoded(token) for token in re.findall(r"[\w-]{40,}", document))
    for secret in secrets:
        assert secret not in document
        assert secret not in decoded


def _decoded(token: str) -> str:
    """What a token in the page carries: Bokeh puts base64, and within it compressed JSON."""
    import base64
    import zlib

    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) % 4 != 1 else b""
    said = raw.decode("latin-1")
    for part in re.findall(r'"__bk__zlib_":\s*"([^"]+)"', said):
        said += zlib.decompress(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).decode("utf-8", "replace")
    return said
