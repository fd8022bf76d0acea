"""Somebody who looks at pages in one mode: language, width, light or dark.

Each page is to have no finding of axe and to be no wider than its window. What is wrong
is gathered and asserted at the end, so that one run names all of it.
"""

from itertools import product
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from config.messages import compile_messages
from teams.models import User
from tests.axe import violations


class Mode(NamedTuple):
    language: str
    width: int
    dark: bool


LANGUAGES = ("en", "zh-hans")
WIDTHS = (360, 1280)
NARROW = Mode("zh-hans", 360, False)
WIDE = Mode("en", 1280, True)


def modes(shown: Mode) -> list[Any]:
    """All eight; every run looks in ``shown``, the drills in the rest."""
    return [
        pytest.param(
            mode,
            id=f"{mode.language}-{mode.width}-{'dark' if mode.dark else 'light'}",
            marks=() if mode == shown else pytest.mark.drill,
        )
        for mode in (Mode(*one) for one in product(LANGUAGES, WIDTHS, (False, True)))
    ]


class Looker:
    """A browser in one mode; ``with`` asserts at its end that nothing was wrong."""

    def __init__(self, browser: Browser, server: LiveServer, mode: Mode) -> None:
        compile_messages()
        self.server, self.mode = server, mode
        self.faults: dict[str, Any] = {}
        self.context = browser.new_context(
            viewport={"width": mode.width, "height": 900},
            color_scheme="dark" if mode.dark else "light",
            bypass_csp=True,
        )
        self.context.set_default_timeout(10_000)
        self._cookie(settings.LANGUAGE_COOKIE_NAME, mode.language)
        self.page: Page = self.context.new_page()

    def __enter__(self) -> "Looker":
        return self

    def __exit__(self, kind: Any, *_error: object) -> None:
        self.context.close()
        said = [f"{name}: {fault}" for name, fault in self.faults.items()]
        if kind is None:
            assert said == [], "\n".join(said)

    def _cookie(self, name: str, value: str) -> None:
        cookie: Any = {"name": name, "value": value, "url": self.server.url}
        self.context.add_cookies([cookie])

    def be(self, user: User) -> None:
        """Signed in as ``user``, who reads the language of the mode."""
        user.language = self.mode.language
        user.save()
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self._cookie(name, client.cookies[name].value)

    def at(self, path: str, status: int = 200) -> Page:
        """Goes there and looks."""
        answer = self.page.goto(f"{self.server.url}{path}")
        assert answer is not None
        assert answer.status == status, path
        self.look(path)
        return self.page

    def press(self, name: str, selector: str = "main form .btn.main") -> None:
        """Sends a form and looks at what comes, which the faults call ``name``."""
        button = self.page.locator(selector).first
        with self.page.expect_navigation():
            button.click()
        self.look(name)

    def look(self, name: str) -> None:
        root = "document.documentElement"
        wide = self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        if found := violations(self.page):
            self.faults[name] = found
        if wide > 0:
            self.faults[f"{name}, too wide"] = wide
