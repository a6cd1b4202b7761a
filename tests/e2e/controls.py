"""Using every control of a page and noticing whether anything comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

from tests.e2e.site import Visit

SCRIPT = (Path(__file__).parent / "controls.js").read_text(encoding="utf-8")
SAME_KIND = 3
"""So many of one repeated control (rows of a table, pages, facet values) are used; all are looked at."""
EFFECT_S = 15.0
REDRAWN = 10
"""So often the page may have been drawn anew between finding a control and using it."""
GONE = ("not attached", "context was destroyed")
"""What Playwright says of a control that was drawn anew, and of a page that was left meanwhile."""
DESTRUCTIVE = ("delete", "cancel", "ask")
TEXTS = {"text", "search", "", "number", "url"}


@dataclass(frozen=True)
class Control:
    """One control as it was found; `number` points into the page's own list."""

    number: int
    found: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.found[name]

    @property
    def kind(self) -> str:
        """What it is for a person."""
        if self.tag == "a":
            return "link"
        if self.tag == "input" and self.type in ("checkbox", "radio"):
            return "checkbox"
        if self.tag in ("select", "textarea", "summary"):
            return str(self.tag)
        if self.tag == "input":
            return "file" if self.type == "file" else "input"
        return "button"

    @property
    def group(self) -> tuple[str, ...]:
        """Controls that share a handler: a value tells rows apart, the part before a colon tells what is done."""
        return (self.kind, self.send, self.value.partition(":")[0] if ":" in self.value else "")

    @property
    def identity(self) -> tuple[str, ...]:
        """What stays the same when the page draws it anew."""
        return (self.kind, self.send, self.value, self.name if not self.send else "")

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r} (send={self.send!r}, value={self.value!r})"


@dataclass
class Used:
    """What was seen on one page."""

    names: dict[tuple[str, ...], str] = field(default_factory=dict)
    acted: set[tuple[str, ...]] = field(default_factory=set)
    by_group: dict[tuple[str, ...], int] = field(default_factory=dict)
    links: dict[str, Control] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


class Crawl:
    """Uses the controls of one page, those that appear on the way too, each once.

    Parameters
    ----------
    visit : Visit
        The browser page.
    start : callable
        Brings the page into the state that is explored.
    typed : mapping
        What is written into a text field, by its ``data-send``.
    used : Used
        What was used before: it is not used again.
    frame : bool
        Whether the header and navigation around the page are used too.
    """

    def __init__(
        self, visit: Visit, start: Callable[[], None], typed: Mapping[str, str], used: Used, *, frame: bool = True
    ) -> None:
        self.visit, self.page, self._start, self.typed, self.used = visit, visit.page, start, typed, used
        self.frame, self.redrawn = frame, 0

    def all(self, most: int = 150) -> Used:
        """Use everything; `used.failures` then names what did nothing or has no name."""
        self._restart()
        fresh = True
        for _ in range(most):
            before = self._settled()
            waiting = [one for one in self.look() if self._waits(one)]
            if not waiting:
                if fresh:
                    return self.used
                self._restart()
                fresh = True
                continue
            self._use(min(waiting, key=_turn), before)
            fresh = False
        self.used.failures.append(f"more than {most} actions; still waiting: {[str(one) for one in waiting]}")
        return self.used

    def look(self) -> list[Control]:
        """What can be used now; nameless controls and links without a target are failures."""
        self.page.evaluate(SCRIPT)
        found = [Control(number, one) for number, one in enumerate(self.page.evaluate("pfdCollect()"))]
        for one in found:
            if one.identity not in self.used.names:
                self.used.names[one.identity] = one.name
                if not one.name:
                    self.used.failures.append(f"without an accessible name: {one}")
            if one.kind == "link" and one.href not in self.used.links:
                if not one.href or one.href.startswith("#"):
                    self.used.failures.append(f"leads nowhere: {one}")
                else:
                    self.used.links[one.href] = one
        return found

    def _waits(self, one: Control) -> bool:
        if not (self.frame or one.inMain):
            return False
        if one.disabled or one.here or one.kind in ("link", "file") or one.identity in self.used.acted:
            return False
        if one.kind == "select" and len(one.options) < 2:
            return False
        return not one.send or self.used.by_group.get(one.group, 0) < SAME_KIND

    # ---- using one -------------------------------------------------------------------------------------------------

    def _use(self, one: Control, before: str) -> None:
        self.used.acted.add(one.identity)
        self.used.by_group[one.group] = self.used.by_group.get(one.group, 0) + 1
        if one.send == "clear":
            before = self._mark_something()
        address, sent, choosers = self.page.url, self.visit.sent, self.visit.choosers
        try:
            element = self.page.evaluate_handle("i => window.pfdControls[i]", one.number).as_element()
            self.page.evaluate("pfdWatch()")
            self._operate(one, element)
        except Exception as failure:  # noqa: BLE001 - Playwright's own words tell which control and why
            if any(words in str(failure) for words in GONE) and self.redrawn < REDRAWN:
                self.redrawn += 1
                self.used.acted.discard(one.identity)
                self.used.by_group[one.group] -= 1
                if GONE[1] in str(failure):
                    self.visit.shown()
                    self._restart()
                return
            self.used.failures.append(f"cannot be used: {one}: {str(failure).splitlines()[0]} {_reason(failure)}")
            self._restart()
            return
        quiet = one.kind in ("input", "textarea")

        def acted() -> bool:
            if self.page.url != address or self.visit.choosers > choosers:
                return True
            if quiet and self.visit.sent > sent:
                return True
            return bool(self._print() != before or self._changes())

        try:
            self.visit.until(acted, "", EFFECT_S)
        except AssertionError:
            frames = self.visit.sent - sent
            self.used.failures.append(f"does nothing: {one}, {frames} messages sent")
        if urlparse(self.page.url).path != urlparse(address).path:
            self.visit.shown()
            self._restart()
        elif one.help and element.is_visible():
            element.click()

    def _operate(self, one: Control, element: Any) -> None:
        if one.kind == "select":
            element.select_option(value=next(value for value in one.options if value != one.now), timeout=20_000)
        elif one.kind in ("input", "textarea"):
            element.fill(self._words(one), timeout=20_000)
            if one.send:
                element.press("Tab")
        else:
            element.click(timeout=20_000)

    def _mark_something(self) -> str:
        """Set a filter, so that there is one to take away."""
        box = self.page.locator("main input[data-send=facet]:not(:checked)").first
        sent = self.visit.sent
        box.click()
        self.visit.until(lambda: self.visit.sent > sent, "the filter is sent")
        return self._settled()

    def _words(self, one: Control) -> str:
        if one.send in self.typed:
            # a field that is left as it was found sends nothing
            return self.typed[one.send] + (" " if one.now == self.typed[one.send] else "")
        try:
            return f"{float(one.now) + 1:g}"
        except ValueError:
            return "7" if one.type == "number" or one.mode else "rig"

    # ---- the page --------------------------------------------------------------------------------------------------

    def _print(self) -> str:
        try:
            return str(self.page.evaluate("window.pfdPrint ? pfdPrint() : ''"))
        except Exception as failure:  # noqa: BLE001 - the page is being left
            return str(failure)

    def _changes(self) -> int:
        """How often the page was changed since `pfdWatch`, also where it ended as it was (the same answer again)."""
        try:
            return int(self.page.evaluate("window.pfdChanges || 0"))
        except Exception:  # noqa: BLE001 - the page is being left
            return 1

    def _settled(self) -> str:
        """Wait until the page stands still."""
        last, still = self._print(), 0
        for _ in range(200):
            self.page.wait_for_timeout(60)
            now = self._print()
            still = still + 1 if now == last and not self.visit.unanswered else 0
            last = now
            if still >= 4:
                break
        return last

    def _restart(self) -> None:
        self._start()
        # downloads live as long as their page; those of the new one are found again
        self.used.links = {href: one for href, one in self.used.links.items() if not one.download}
        self.page.evaluate(SCRIPT)


def _turn(one: Control) -> tuple[bool, bool, bool, int]:
    """Fields first, so that buttons have something to work on; what destroys, or closes a dialog, comes last."""
    destroys = one.name == "Close" or one.value.partition(":")[0] in DESTRUCTIVE or one.send in DESTRUCTIVE
    return (destroys, not one.inMain, one.kind == "button" or one.type == "search", one.number)


def _reason(failure: Exception) -> str:
    said = [line.strip() for line in str(failure).splitlines() if "intercepts" in line or "not " in line]
    return said[0] if said else ""


def check_links(visit: Visit, used: Used, known: dict[tuple[str, ...], int]) -> None:
    """Fetch what links lead to: every download, and a page once for each path and set of parameters."""
    for href, one in used.links.items():
        where = urlparse(href)
        if where.netloc or where.scheme:
            used.failures.append(f"leads to another host: {one} {href}")
            continue
        if not one.download:
            kind = (where.path, *sorted(parse_qs(where.query)))
            known[kind] = known.get(kind, 0) + 1
            if known[kind] > 1:
                continue
        answer = visit.context.request.get(visit.site.base + href)
        if answer.status != 200 or not answer.body():
            used.failures.append(f"answers {answer.status}: {one} {href}")
        if one.download and "attachment" not in answer.headers.get("content-disposition", ""):
            used.failures.append(f"downloads nothing: {one} {href}")
