"""The public pages in Chromium: accessible, no wider than the window, and printed."""

from itertools import product

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from complaints.public import demo
from config.messages import compile_messages
from tests.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    *("/procedure/", "/procedure/rules/", "/rules/", "/rules/fees/", "/security/"),
    *("/notices/", "/notices/false-app/", "/learn/", "/learn/liquidation/"),
    *("/learn/?q=fee", "/figures/", "/privacy/", "/contact/", "/accessibility/"),
    *("/pages/rules/versions/", "/pages/rules/versions/1/", "/procedure/template/"),
    *("/notices/subscribe/sent/", "/notices/unsubscribe/x/"),
)

SUITE = (("en", "dark", 1280),)
"""What every run looks at; the drills look at all eight."""


@pytest.mark.drill
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        case if case in SUITE else pytest.param(*case, marks=pytest.mark.drill)
        for case in product(["en", "zh-hans"], ["light", "dark"], [360, 1280])
    ],
)
def test_public_pages_are_accessible_at_every_width(
    live_server: LiveServer, browser: Browser, language: str, scheme: str, width: int
) -> None:
    compile_messages()
    demo.notices(timezone.now())
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )
    context.add_cookies(
        [{"name": "django_language", "value": language, "url": live_server.url}]
    )
    page, faults = context.new_page(), {}
    for address in PAGES:
        page.goto(f"{live_server.url}{address}")
        found = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth") - width
        if found or wide:
            faults[address] = (found, wide)
    page.goto(f"{live_server.url}/notices/")
    page.fill("#id_email", "nobody")
    page.click("main form button")
    if found := violations(page):
        faults["error"] = (found, 0)
    context.close()

    assert faults == {}


def test_reader_votes_and_subscribes_without_scripts(
    live_server: LiveServer, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/learn/")
    page.fill("#q", "liquidated")
    page.click("search button")
    page.click("main li a >> nth=0")
    page.click("text=Yes")
    assert page.get_attribute("button[value=yes]", "aria-pressed") == "true"

    page.goto(f"{live_server.url}/notices/")
    page.fill("#id_email", "reader@people.example")
    page.click("main form button")

    assert page.url == f"{live_server.url}/notices/subscribe/sent/"
    context.close()
