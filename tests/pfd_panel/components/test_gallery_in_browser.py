"""Every component in a real browser: nothing is blocked, nothing overflows, and the controls act."""

import pytest
from playwright import sync_api

pytestmark = pytest.mark.browser
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


class Visit:
    """A page and everything the browser complained about."""

    def __init__(self, browser, running, **options):
        self.context = browser.new_context(viewport={"width": 1440, "height": 2600}, **options)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.expose_binding("reportPolicy", lambda _source, text: self.complaints.append(text))
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => "
            "reportPolicy(e.violatedDirective + ' ' + e.blockedURI))"
        )
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda r: None if r.url.startswith((running.base, "data:", "blob:")) else self.complaints.append(r.url),
        )
        self.page.goto(f"{running.base}/login?token={running.app.state.keeper.links.issue()}")
        self.shown()

    def shown(self):
        self.page.locator("main h1, main [role=alert]").first.wait_for(timeout=60_000)

    def until(self, check, what):
        for _ in range(300):
            if check():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never: {what}")


@pytest.fixture
def visit(browser, running):
    opened = []

    def open_page(**options):
        opened.append(Visit(browser, running, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()


def test_the_controls_of_the_gallery_act(visit, running, tmp_path):
    one = visit()
    page = one.page
    # table: sorting and paging come from Python
    page.get_by_role("button", name="Kurtosis").click()
    one.until(lambda: page.locator("th[aria-sort=ascending]").count() == 1, "the table turns round")
    page.get_by_role("button", name="Page 2", exact=True).click()
    one.until(lambda: page.get_by_text("11–20 of 59").count() == 1, "the second page")
    # state goes to the address bar and comes back from it
    page.get_by_role("button", name="RMS (g)").click()
    one.until(lambda: "sort=rms" in page.url, "the address follows")
    # a control, a facet and its reset
    page.get_by_role("button", name="Count").click()
    page.get_by_role("button", name="Counted 1").wait_for()
    box = page.locator(".facet label", has_text="Ball").locator("input")
    box.check()
    one.until(box.is_checked, "the facet is marked")
    page.get_by_role("button", name="Clear").click()
    one.until(lambda: not box.is_checked(), "the facet is cleared")
    # messages, and what a failing callback says
    page.get_by_role("button", name="Say").click()
    page.get_by_text("Features computed for 59 signals").wait_for()
    page.get_by_role("button", name="Fail").click()
    page.get_by_text("That did not work").first.wait_for()
    assert page.get_by_text("division by zero").count() == 0
    # upload over HTTP, reported to Python
    sample = tmp_path / "105_0.mat"
    sample.write_bytes(b"x" * 5000)
    page.locator("input[type=file]").set_input_files(str(sample))
    page.get_by_text("stored").wait_for()
    assert [path.name for path in running.app.state.settings.uploads.rglob("105_0.mat")] == ["105_0.mat"]
    # download
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download the data").click()
    assert fetched.value.suggested_filename == "balance.csv"
    # search acts
    page.keyboard.press("/")
    page.keyboard.type("plai")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plain")
    one.shown()
    # the breadcrumb says where this is, and leads back
    trail = page.get_by_role("navigation", name="Breadcrumb")
    assert trail.inner_text().split() == ["/", "Plain", "/", "Gallery", "/", "Here"]
    assert [link.get_attribute("href") for link in trail.get_by_role("link").all()] == ["/plain", "/"]
    trail.get_by_role("link", name="Gallery").click()
    page.wait_for_url(running.base + "/")
    one.shown()
    assert one.complaints == []


def test_what_is_being_typed_outlives_a_redraw(visit):
    one = visit()
    field = one.page.locator("input.draft")
    field.click()
    one.page.keyboard.type("48 kHz")
    one.page.keyboard.press("ArrowLeft")
    one.page.evaluate(
        "() => { const m = [...Bokeh.documents[0].all_models].find(m => (m.html || '').includes('class=\"draft\"'));"
        " m.setv({html: m.html + '<p class=\"again\">Inspected again</p>'}) }"
    )
    one.page.locator("p.again").wait_for()
    assert field.input_value() == "48 kHz"
    # the cursor stays where it was
    one.page.keyboard.type("000 ")
    assert field.input_value() == "48 kH000 z"
    assert one.complaints == []


def test_zooming_fetches_detail_for_what_is_shown(visit):
    one = visit()
    look = (
        "() => { const d = Bokeh.documents[0]; "
        "const f = [...d.all_models].find(m => m.name && m.name.startsWith('line-'));"
        " const r = f.renderers.filter(r => r.glyph && r.data_source.data.x && r.data_source.data.y); "
        " const x = r[r.length - 1].data_source.data.x; return [x[0], x[x.length - 1], x.length] }"
    )
    before = one.page.evaluate(look)
    one.page.evaluate(
        "() => { const d = Bokeh.documents[0]; "
        "const f = [...d.all_models].find(m => m.name && m.name.startsWith('line-'));"
        " f.x_range.setv({start: 3.0, end: 3.01}) }"
    )
    one.until(lambda: one.page.evaluate(look)[1] > 3.0, "detail of the new range")
    after = one.page.evaluate(look)
    assert before[1] < 2.5
    assert 2.98 < after[0] <= 3.0
    assert after[1] < 3.03
    assert one.complaints == []


def test_the_theme_follows_the_system_first_and_then_the_reader(visit, running):
    one = visit(color_scheme="dark")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    assert one.page.locator(".mui-dark").count() >= 1
    one.page.get_by_role("button", name="Toggle theme").click()
    one.until(
        lambda: one.page.locator("main").count() and "pfd_theme=light" in one.page.evaluate("document.cookie"), "cookie"
    )
    one.page.goto(f"{running.base}/plain")
    one.shown()
    one.until(lambda: one.page.locator(".mui-light").count() >= 1, "the chosen theme on the next page")
    assert one.page.evaluate(ground)
    assert one.complaints == []


@pytest.mark.slow
def test_a_phone_sees_no_sideways_scroll_and_a_closed_drawer(visit):
    one = visit(color_scheme="light")
    one.context.close()
    phone = visit()
    phone.page.set_viewport_size({"width": 390, "height": 844})
    phone.page.reload()
    phone.shown()
    phone.until(lambda: not phone.page.get_by_role("link", name="Plain").is_visible(), "the drawer is closed")
    assert phone.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    wide = phone.page.evaluate(
        "() => { const m = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)"
        ".map(r => r.querySelector('.main-content')).find(Boolean); return m ? m.scrollWidth - m.clientWidth : -1 }"
    )
    assert wide == 0
    phone.page.get_by_role("combobox", name="Search").fill("plain")
    phone.page.get_by_role("option").first.wait_for()
    box = phone.page.locator(".hits").bounding_box()
    assert box["x"] >= 0
    assert 300 < box["width"] <= 390 - box["x"]
    phone.page.keyboard.press("Escape")
    phone.page.get_by_role("button", name="Open drawer").click()
    phone.page.get_by_role("link", name="Plain").click()
    phone.page.wait_for_url("**/plain")


@pytest.mark.parametrize(
    ("scheme", "ink"),
    [("light", "rgb(22, 25, 29)"), pytest.param("dark", "rgb(230, 233, 237)", marks=pytest.mark.slow)],
)
def test_a_broken_page_keeps_its_frame_and_offers_a_way_on(visit, running, scheme, ink):
    one = visit(color_scheme=scheme)
    one.page.goto(f"{running.base}/broken")
    one.page.get_by_text("This page could not be put together.").wait_for()
    assert one.page.get_by_text("SECRET").count() == 0
    # readable in both themes: no style of the framework's own reaches it
    told = one.page.locator("main [role=alert]")
    style = "(one, name) => getComputedStyle(one)[name]"
    assert told.locator("b").evaluate(style, "color") == ink
    assert told.evaluate(style, "backgroundColor") == "rgba(0, 0, 0, 0)"
    one.page.get_by_role("link", name="Home").first.click()
    one.page.wait_for_url(running.base + "/")


def test_logging_out_cuts_the_open_page(visit, running):
    one = visit()
    closed = []
    one.page.on("websocket", lambda ws: ws.on("close", lambda _: closed.append(True)))
    one.page.goto(f"{running.base}/plain")
    one.shown()
    one.page.evaluate("fetch('/logout', {method: 'POST'})")
    one.until(lambda: closed, "the websocket is cut")
    assert one.page.goto(f"{running.base}/plain").status == 401


# a browser without a screen shows every tab, so the page is told otherwise
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden})
  document.dispatchEvent(new Event('visibilitychange'))
}"""


def looks_in(page, gallery):
    before = len(gallery.looks)
    page.wait_for_timeout(500)
    return len(gallery.looks) - before


def test_nothing_is_looked_up_for_a_hidden_tab_or_while_its_reader_paused(visit, running, gallery):
    one = visit()
    page, told = one.page, []
    page.on("websocket", lambda socket: told.append(socket))
    page.goto(f"{running.base}/followed")
    one.shown()
    assert looks_in(page, gallery) > 2
    sent = []
    told[0].on("framesent", lambda frame: sent.append(frame))
    page.evaluate(HIDE, True)
    page.wait_for_timeout(300)
    assert looks_in(page, gallery) == 0
    assert sum('"hidden",true' in str(frame) for frame in sent) == 1, "told once"
    page.evaluate(HIDE, False)
    one.until(lambda: looks_in(page, gallery) > 2, "it looks again")
    page.get_by_role("button", name="Pause updates").click()
    page.get_by_role("button", name="Updates paused. Resume").wait_for()
    page.wait_for_timeout(300)
    assert looks_in(page, gallery) == 0
    # the tab keeps it: on the next page nothing moves either, and says so
    page.reload()
    one.shown()
    page.get_by_role("button", name="Updates paused. Resume").wait_for()
    page.wait_for_timeout(500)
    assert looks_in(page, gallery) == 0
    page.get_by_role("button", name="Updates paused. Resume").click()
    one.until(lambda: looks_in(page, gallery) > 2, "it looks again")
    assert one.complaints == []


def test_a_page_whose_websocket_does_not_come_is_loaded_again(visit, running):
    one = visit()
    page, let_through = one.page, []

    def connect(socket):
        if let_through:
            socket.connect_to_server()
        else:
            socket.close()

    page.route_web_socket("**/ws*", connect)
    page.clock.install()
    page.goto(f"{running.base}/plain")
    page.clock.run_for(21_000)
    page.get_by_text("It is loaded again as soon as the server answers.").wait_for()
    page.evaluate("window.first = true")
    let_through.append(True)
    for _ in range(40):
        page.clock.run_for(500)
        if page.locator("main h1").count():
            assert page.evaluate("window.first === undefined")
            return
        page.wait_for_timeout(100)
    raise AssertionError("it was not loaded again")
