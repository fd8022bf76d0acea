"""Every page of a customer in Chromium: with axe, at every width, by day and by night.

One drill walks them all and brings up what is wrong on each form besides.
"""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.conf import settings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from config.paths import BASE_DIR
from tests.customer_pages import GUARDED, NEWCOMER, OPEN, OTHER, Town, build, signed_in
from tests.looking import LANGUAGES, WIDTHS, Looker, Mode
from tests.people import everybody

pytestmark = [
    pytest.mark.browser,
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
]
ZOOMED = 320
"""CSS pixels of a window of 1280 at 400 %."""

MODES = [
    *(Mode(*one) for one in product(LANGUAGES, WIDTHS, (False, True))),
    *(Mode(language, ZOOMED, False) for language in LANGUAGES),
]
ONCE = Mode("en", 1280, False)
BUTTON = "main form .btn.main"

USED = """() => [...new Set([...document.querySelectorAll('[class]')]
  .flatMap((one) => [...one.classList]))]"""
HELD = """() => [...document.styleSheets].flatMap(function all(sheet) {
  return [...sheet.cssRules].flatMap((rule) =>
    rule.cssRules?.length ? all(rule) : rule.selectorText || []);
}).join(' ')"""


def named(text: str) -> set[str]:
    return set(re.findall(r"\.([A-Za-z][\w-]*)", text))


def ruled() -> set[str]:
    """The classes that some sheet of ours has a rule for."""
    sheets = (BASE_DIR / "static/css").glob("*.css")
    texts = [sheet.read_text(encoding="utf-8") for sheet in sheets]
    bare = [re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) for text in texts]
    return set().union(*(named(re.sub(r"\{[^{}]*\}", "{}", text)) for text in bare))


class Walker(Looker):
    """Goes through the town as each of its visitors."""

    def become(self, who: str) -> None:
        self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        if who:
            client = signed_in(who, self.mode.language)
            name = settings.SESSION_COOKIE_NAME
            self._cookie(name, client.cookies[name].value)

    def walk(self, town: Town) -> None:
        for who in dict.fromkeys(visit.who for visit in town.visits):
            self.become(who)
            for visit in town.visits:
                if visit.who == who:
                    self.at(visit.url, visit.status)
                    if visit.holds:
                        self.page.locator(BUTTON).first.click()
            self.make_mistakes(town, who)

    def make_mistakes(self, town: Town, who: str) -> None:
        for url, answers, button in mistakes(town, who):
            self.page.goto(f"{self.server.url}{url}")
            for name, text in answers.items():
                self.page.locator(f"main [name={name}]:not([type=radio])").first.fill(
                    text
                )
            self.press(f"{url}, wrong", button)
            if not self.page.locator(".summary, .err").count():
                self.faults[f"{url}, wrong"] = "says nothing"

    def look(self, name: str) -> None:
        super().look(name)
        if self.mode == ONCE:
            held = named(self.page.evaluate(HELD))
            used = set(self.page.evaluate(USED))
            if bare := (used & ruled()) - held - UNSTYLED:
                self.faults[f"{name}, no sheet for"] = bare


UNSTYLED = frozenset({"limit"})
"""Classes that mean something on another page alone."""

Mistake = tuple[str, dict[str, str], str]


def mistakes(town: Town, who: str) -> Iterator[Mistake]:
    """A page with a form, what is filled in there, and the button that sends it."""
    urls = [visit.url for visit in town.visits if visit.who == who]

    def pages(ending: str) -> list[str]:
        return [url for url in urls if url.endswith(ending)][:1]

    wrong: dict[str, list[tuple[str, dict[str, str], str]]] = {
        OPEN: [
            ("/track/", {}, BUTTON),
            ("/complaints/new/", {}, BUTTON),
            ("/complaints/new/template/", {}, BUTTON),
            ("/saved/", {"email": "no address"}, BUTTON),
            ("/who/", {}, BUTTON),
            ("/customer/", {}, BUTTON),
            ("/mandate/", {}, BUTTON),
            ("/accounts/login/", {}, "form[action='/accounts/login/'] .btn.main"),
            ("/accounts/signup/", {}, "form[action='/accounts/signup/'] .btn.main"),
            ("/notices/", {"email": "nobody"}, "main form .btn"),
            ("/chat/", {}, "main form .btn.main"),
            ("/embed/chat/", {}, "form .btn.main"),
            ("/embed/feedback/", {}, "form .btn.main"),
        ],
        GUARDED: [
            ("/message/", {}, BUTTON),
            ("/answer/", {}, BUTTON),
            ("/evidence/new/", {}, BUTTON),
            ("/complete/", {}, BUTTON),
            ("/rating/", {}, BUTTON),
            ("/paper/", {}, BUTTON),
            ("/appeal/", {}, BUTTON),
            ("/refer/", {}, "main form .btn"),
            ("/accounts/email/", {"email": "x"}, "main [name=action_add]"),
            ("/accounts/password/change/", {}, BUTTON),
            ("/community/new/", {}, BUTTON),
            ("/edit/", {"text": ""}, BUTTON),
        ],
        OTHER: [("/totp/activate/", {}, BUTTON)],
        NEWCOMER: [("/community/join/", {}, BUTTON)],
    }
    for ending, answers, button in wrong.get(who, []):
        for url in pages(ending):
            yield url, answers, button


@pytest.mark.parametrize("mode", MODES, ids=lambda m: "-".join(map(str, m)))
def test_nobody_is_shut_out_of_any_page(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    town = build(everybody())
    with Walker(browser, live_server, mode) as walker:
        walker.walk(town)
