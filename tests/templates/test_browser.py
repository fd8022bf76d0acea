"""The page of examples in Chromium: accessible, no wider than the window, unblocked."""

from itertools import product

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.axe import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.templates.pages"),
    pytest.mark.django_db(transaction=True),
]


SUITE = (("zh-CN", "light", 320), ("en-GB", "dark", 1280))
"""What every run looks at; the drills look at all eight."""


@pytest.mark.drill
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        case if case in SUITE else pytest.param(*case, marks=pytest.mark.drill)
        for case in product(["en-GB", "zh-CN"], ["light", "dark"], [320, 1280])
    ],
)
def test_page_of_examples_is_accessible_at_every_width(
    live_server: LiveServer, browser: Browser, language: str, scheme: str, width: int
) -> None:
    page = browser.new_page(
        locale=language,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )
    page.goto(f"{live_server.url}/dev/components/")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_page_of_examples_keeps_to_the_policy(
    live_server: LiveServer, page: Page
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{live_server.url}/dev/components/")
    page.wait_for_load_state("networkidle")
    assert said == []
