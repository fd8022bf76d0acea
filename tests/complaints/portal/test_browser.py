"""The customer's way in Chromium: with scripts and without, in both languages."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from complaints.models import Complaint, DraftFile
from complaints.services.protect import impose
from tests.axe import violations
from tests.people import PASSWORD, everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
LANGUAGES = ["en-GB", "zh-CN"]
WIRE = 90_000
MOST_PAGES = 12


@pytest.fixture
def customer(transactional_db: None) -> Any:
    user = everybody().customer
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "shot.png"
    path.write_bytes(PNG)
    return path


def ways(*shown: tuple[bool, str, bool]) -> list[Any]:
    """Guest or not, language, scripts or not; all but ``shown`` are for the drills.

    A few of the eight are enough to hold what differs in kind.
    """
    return [
        pytest.param(
            *way,
            id=f"{'guest' if way[0] else 'own'}-{way[1]}-{'js' if way[2] else 'bare'}",
            marks=() if way in shown else pytest.mark.drill,
        )
        for way in product((True, False), LANGUAGES, (True, False))
    ]


class Filer:
    """Somebody at a browser; counts the pages and what came over the wire."""

    def __init__(self, context: BrowserContext, server: LiveServer) -> None:
        self.server, self.page = server, context.new_page()
        self.pages, self.bytes = 0, 0
        wire = context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def at(self, path: str) -> None:
        self.page.goto(f"{self.server.url}{path}")
        self.pages += 1

    def go(self, **answers: str) -> None:
        """Fill the question in and go on."""
        for name, text in answers.items():
            field = self.page.locator(f"[name={name}]").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)
        self.page.locator("main form .btn.main").first.click()
        self.pages += 1

    def ask(self) -> str:
        return self.page.url.rstrip("/").rpartition("/")[2]


def sign_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/")
    page.locator("[name=login]").fill("customer")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect(page.locator("a.door").first).to_be_visible()


@pytest.mark.parametrize(
    ("guest", "language", "scripts"),
    ways((False, "zh-CN", False)),
)
def test_somebody_files(
    live_server: LiveServer,
    browser: Browser,
    customer: Any,
    picture: Path,
    language: str,
    guest: bool,
    scripts: bool,
) -> None:
    context = browser.new_context(locale=language, java_script_enabled=scripts)
    filer = Filer(context, live_server)
    page = filer.page
    if not guest:
        customer.language = "en" if language == "en-GB" else "zh-hans"
        customer.save()
        sign_in(page, live_server)
    filer.at("/")
    page.locator("a.door").nth(1).click()
    filer.pages += 1
    filer.go(category="withdrawals.delayed")
    filer.go(subject="Withdrawal held for nine days", description="Nothing came.")
    filer.go(amount="1,860.50", asset="usdt", network="Tron")
    filer.go(facts_from="2026-11-03")
    filer.go(desired_outcome="Pay it.")
    assert filer.ask() == "files"
    _add(page, picture, scripts=scripts)
    filer.go()
    filer.go()
    if guest:
        filer.go(name="Ada Guest", email="ada@guests.example")
    assert filer.ask() == "check"
    page.locator("main form .btn.main").dblclick()
    filer.pages += 1
    expect(page.locator(".bigref")).to_be_visible()
    case = Complaint.objects.get()
    expect(page.locator(".bigref")).to_contain_text(case.reference)
    assert [row.original_name for row in case.evidence.all()] == ["shot.png"]
    assert case.language == ("en" if language == "en-GB" else "zh-hans")
    assert (case.customer.user is None) is guest
    assert filer.pages <= MOST_PAGES
    context.close()


def _add(page: Page, picture: Path, *, scripts: bool) -> None:
    page.locator("[name=file]").set_input_files(picture)
    if not scripts:
        page.locator("[name=add]").click()
    expect(page.locator("#kept-files .name")).to_contain_text("shot.png")
    if scripts:
        expect(page.locator(".upload")).to_be_hidden()


def test_filing_is_light(live_server: LiveServer, browser: Browser) -> None:
    """The whole flow in a fresh browser, all that came, without any file."""
    context = browser.new_context(locale="en-GB")
    filer = Filer(context, live_server)
    filer.at("/")
    filer.page.locator("a.door").nth(1).click()
    filer.go(category="withdrawals.delayed")
    filer.go(subject="Held for nine days", description="Nothing came.")
    for _page in range(5):
        filer.go()
    filer.go(name="Ada Guest", email="ada@guests.example")
    filer.go()
    expect(filer.page.locator(".bigref")).to_be_visible()
    assert filer.bytes < WIRE
    context.close()


def test_file_is_refused_and_removed_with_scripts(
    live_server: LiveServer, browser: Browser, tmp_path: Path, picture: Path
) -> None:
    context = browser.new_context(locale="en-GB")
    filer = Filer(context, live_server)
    filer.at("/complaints/new/?at_risk=no")
    filer.go()
    filer.page.goto(filer.page.url.replace("/story/", "/files/"))
    bad = tmp_path / "a.png"
    bad.write_bytes(b"<svg onload=alert(1)>")
    filer.page.locator("[name=file]").set_input_files(bad)
    expect(filer.page.locator(".upload [role=status]")).to_contain_text(
        "We cannot take this kind of file"
    )
    _add(filer.page, picture, scripts=True)
    filer.page.get_by_role("button", name="Remove shot.png").click()
    expect(filer.page.locator("#kept-files .name")).to_have_count(0)
    assert DraftFile.objects.count() == 0
    context.close()


def test_protection_shows_itself_live(
    live_server: LiveServer, browser: Browser, transactional_db: None
) -> None:
    context = browser.new_context(locale="en-GB")
    filer = Filer(context, live_server)
    filer.at("/complaints/new/urgent/")
    filer.page.locator("[value=transfer]").check()
    filer.go(name="Ada Guest", email="ada@guests.example")
    state = filer.page.locator("[data-state]")
    expect(state).to_have_attribute("data-state", "waiting")
    guard = everybody().security
    case = Complaint.objects.get()
    impose(complaint=case, kind="withdrawal_lock", reason="", actor=guard)
    expect(state).to_have_attribute("data-state", "done", timeout=10_000)
    filer.go()
    assert filer.ask() == "story"
    context.close()


def test_draft_survives_the_browser(
    live_server: LiveServer, browser: Browser, transactional_db: None
) -> None:
    context = browser.new_context(locale="en-GB")
    filer = Filer(context, live_server)
    filer.at("/complaints/new/?at_risk=no")
    filer.go()
    filer.page.locator("[name=subject]").fill("Kept as it was")
    filer.page.locator("[name=save]").click()
    filer.go()
    link = filer.page.locator("#draft-link").inner_text().partition("/complaints/")[2]
    context.close()
    other = browser.new_context(locale="en-GB", java_script_enabled=False)
    filer = Filer(other, live_server)
    filer.at(f"/complaints/{link}")
    filer.go()
    filer.page.get_by_role("link", name="Back").click()
    expect(filer.page.locator("[name=subject]")).to_have_value("Kept as it was")
    other.close()


def test_keyboard_alone_answers_a_question(
    live_server: LiveServer, browser: Browser, transactional_db: None
) -> None:
    context = browser.new_context(locale="en-GB")
    filer = Filer(context, live_server)
    filer.at("/complaints/new/")
    page = filer.page
    page.locator("#main").focus()
    for key in ("Tab", "Tab", "ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[name=category]")).to_be_visible()
    context.close()


class Hands:
    """Somebody without a mouse: keys alone, and the focus always to be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, selector: str) -> None:
        """Tab until it has the focus; the ring must be drawn around it."""
        self.page.locator(selector).first.wait_for()
        for _key in range(60):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                break
            self.page.keyboard.press("Tab")
        else:
            pytest.fail(f"{selector} is out of reach on {self.page.url}")
        ring = "getComputedStyle(document.activeElement).outlineStyle"
        assert self.page.evaluate(ring) != "none", selector

    def press(self, selector: str, key: str = "Enter") -> None:
        self.reach(selector)
        self.page.keyboard.press(key)

    def type(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.type(text)

    def go(self) -> None:
        with self.page.expect_navigation():
            self.press("main form .btn.main")


@pytest.mark.drill
@pytest.mark.parametrize("language", LANGUAGES)
def test_keyboard_alone_files_and_follows(
    live_server: LiveServer, browser: Browser, transactional_db: None, language: str
) -> None:
    context = browser.new_context(locale=language)
    page = context.new_page()
    hands = Hands(page)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    hands.press("a.door:not(.now)")
    hands.reach("[name=category]")
    page.keyboard.press("ArrowDown")
    hands.go()
    hands.type("[name=subject]", "Held for nine days")
    hands.type("[name=description]", "Nothing came.")
    hands.go()
    hands.type("[name=amount]", "1860.50")
    hands.go()
    for _question in ("when", "wish", "files"):
        hands.go()
    hands.press("[name=behalf]", "Space")
    hands.go()
    hands.type("[name=name]", "Ada Guest")
    hands.type("[name=email]", "ada@guests.example")
    hands.go()
    hands.go()
    expect(page.locator(".bigref")).to_be_visible()
    case = Complaint.objects.get()
    hands.press(f"a[href='/complaints/{case.reference}/']")
    hands.press("a[href$='/message/']")
    hands.type("[name=text]", "One thing more.")
    hands.go()
    expect(page.locator("ol.line").first).to_contain_text("One thing more.")
    context.close()


# Seen by everybody --------------------------------------------------------------------

SUITE = (("zh-CN", 360, True),)
"""What every run looks at; the drills look at all eight."""
CASES = [
    case if case in SUITE else pytest.param(*case, marks=pytest.mark.drill)
    for case in product(LANGUAGES, (360, 1280), (False, True))
]


@pytest.mark.drill
@pytest.mark.parametrize(("language", "width", "dark"), CASES)
def test_every_question_and_its_error_is_accessible(
    live_server: LiveServer, browser: Browser, language: str, width: int, dark: bool
) -> None:
    context = browser.new_context(
        locale=language,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        bypass_csp=True,
    )
    filer = Filer(context, live_server)
    filer.at("/complaints/new/")
    filer.go()
    _look(filer.page, width)
    filer.at("/complaints/new/?at_risk=no")
    _look(filer.page, width)
    filer.go()
    base = filer.page.url.replace("story/", "")
    bad = {
        "story": {},
        "transaction": {"amount": "much", "transactions": "9f"},
        "when": {"facts_from": ""},
        "wish": {},
        "files": {},
        "behalf": {},
    }
    for name, answers in bad.items():
        filer.page.goto(f"{base}{name}/")
        _look(filer.page, width)
        if name == "behalf":
            filer.page.locator("[value=company]").check()
        filer.go(**answers)
        _look(filer.page, width)
    for name in ("customer", "mandate", "who"):
        filer.page.goto(f"{base}{name}/")
        filer.go()
        _look(filer.page, width)
    for name in ("check", "saved"):
        filer.page.goto(f"{base}{name}/")
        _look(filer.page, width)
    filer.at("/complaints/new/urgent/")
    filer.go()
    _look(filer.page, width)
    context.close()


def _look(page: Page, width: int) -> None:
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.drill
@pytest.mark.parametrize("language", LANGUAGES)
def test_open_pages_hold_at_four_hundred_percent(
    live_server: LiveServer, browser: Browser, customer: Any, language: str
) -> None:
    context = browser.new_context(
        locale=language, viewport={"width": 320, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    paths = ("/", "/track/", "/complaints/new/", "/complaints/new/?at_risk=no")
    for path in (*paths, "/complaints/new/template/"):
        page.goto(f"{live_server.url}{path}")
        _look(page, 320)
    context.close()
