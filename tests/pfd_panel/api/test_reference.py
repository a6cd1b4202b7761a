"""The reference at /docs in a real browser, behind the guard: complete, from this server only, nothing blocked."""

from pathlib import Path

import httpx
import pytest
from playwright import sync_api

from pfd_panel.api.operations import OPERATIONS
from tests.pfd_panel.api.server_process import logged_in, server_process

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
BESIDES = {"append_to_upload", "watch_job"}


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, pytest.param(390, marks=pytest.mark.slow)])
def test_every_operation_is_shown_and_found_and_can_be_asked(chromium: str, tmp_path: Path, width: int) -> None:
    home = tmp_path / "home"
    complaints: list[str] = []
    with server_process(home) as base, logged_in(base, home) as client, sync_api.sync_playwright() as play:
        assert httpx.get(f"{base}/docs").status_code == 401
        assert httpx.get(f"{base}/openapi.json").status_code == 401
        answer = client.get("/docs")
        assert "unsafe-eval" not in answer.headers["content-security-policy"]
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.add_cookies([{"name": one.name, "value": one.value or "", "url": base} for one in client.cookies.jar])
        page = context.new_page()
        page.expose_binding("reportPolicy", lambda _source, text: complaints.append(text))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => "
            "reportPolicy(e.violatedDirective + ' ' + e.blockedURI))"
        )
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(base) else complaints.append(r.url))
        page.goto(f"{base}/docs#get_spectrum")
        page.locator("section#get_spectrum").wait_for(timeout=60_000)
        shown = {one.get_attribute("id") for one in page.locator("main section").all()}
        assert shown == OPERATIONS.keys() | BESIDES
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        curl = page.locator("section#get_spectrum pre").first.inner_text()
        assert curl.startswith(f'curl -H "Authorization: Bearer $PFD_KEY" \'{base}/api/v1/datasets/Test%20rig/signals/')
        page.get_by_label("Find").fill("upload append")
        assert page.locator("main section:visible").count() == 1
        page.get_by_label("Find").fill("")
        page.locator("section#get_counts button").click()
        told = page.locator("section#get_counts pre").last
        told.get_by_text('"datasets":0').wait_for(timeout=30_000)
        assert told.inner_text().startswith("200")
        browser.close()
    assert complaints == []
