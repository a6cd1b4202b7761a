"""From the press of the log-in button to a Home that can be used, in Chromium.

    python -m benchmarks.bench_log_in [--rounds 10]

A catalog of generated signals with features is served with accounts by one process, over plain HTTP on loopback. The
server is warm and the browser's cache filled by two log-ins that are not counted; before each one the cookies are
forgotten. Usable is what `benchmarks.bench_pages` calls it: heading, counts and chart are painted, no skeleton is left
and the websocket is open.

The alternative is the same navigation by someone who is logged in already: the difference is what the log-in costs, of
which most is the Argon2id check, made slow on purpose.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.bench_pages import READY
from benchmarks.conditions import say_conditions
from benchmarks.served import PASSWORD, Served, fill, serving
from tests.e2e.site import FLAGS

TARGET_S, PATIENCE_S = 1.5, 60.0


class Counted:
    """A browser page that counts its open websockets."""

    def __init__(self, page: Page) -> None:
        self.page, self.sockets = page, 0
        page.on("websocket", self._opened)

    def _opened(self, _: Any) -> None:
        self.sockets += 1

    def until_usable(self) -> None:
        """Return when Home can be used."""
        end = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < end:
            found = self.page.evaluate(READY)
            if found["heading"] and found["charts"] and found["painted"] and not found["skeletons"] and self.sockets:
                return
            time.sleep(0.01)
        raise RuntimeError(f"Home never became usable: {self.page.url}, {found}")


def logged_in(browser: Counted, served: Served) -> float:
    """Seconds from pressing the button."""
    page = browser.page
    page.context.clear_cookies()
    page.goto(f"{served.base}/login")
    page.fill("input[name=name]", served.people[0])
    page.fill("input[name=password]", PASSWORD)
    browser.sockets = 0
    started = time.perf_counter()
    page.get_by_role("button", name="Log in").click(no_wait_after=True)
    page.wait_for_url(f"{served.base}/", wait_until="commit")
    browser.until_usable()
    return time.perf_counter() - started


def opened(browser: Counted, served: Served) -> float:
    """Seconds of the navigation alone."""
    browser.sockets = 0
    started = time.perf_counter()
    browser.page.goto(f"{served.base}/", wait_until="commit")
    browser.until_usable()
    return time.perf_counter() - started


def main() -> None:
    """Fill, serve, log in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    say_conditions()
    if shutil.which("chromium") is None:
        print("skipped: needs chromium (apt-get install chromium)")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        home = Path(folder) / "home"
        print(f"{fill(home, per_class=24)} signals")
        with serving(home, people=1, processes=1) as served:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            visit = Counted(browser.new_context(viewport={"width": 1440, "height": 1000}).new_page())
            pairs = [(logged_in(visit, served), opened(visit, served)) for _ in range(rounds + 2)][2:]
            browser.close()
    with_log_in, without = (statistics.median(times) for times in zip(*pairs, strict=True))
    worst = max(one for one, _ in pairs)
    print(f"log-in to usable Home: median {with_log_in:.2f} s of {rounds}, worst {worst:.2f} (target ≤ {TARGET_S} s)")
    print(f"alternative, Home without a log-in: median {without:.2f} s; ratio {with_log_in / without:.2f}")


if __name__ == "__main__":
    main()
