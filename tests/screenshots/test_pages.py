"""Pictures of every page with demo data, in ``var/screenshots``: ``make screenshots``.

Looks, asserts nothing but that each page is there.
"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from complaints.models import Complaint
from complaints.states import State
from config.paths import BASE_DIR, private_dir

FOLDER = BASE_DIR / "var" / "screenshots"
LANGUAGES = ("en", "zh-hans")
WIDTHS = (390, 1280)
# Who looks, and at what; {reference} and {pk} are of a complaint of the customer's.
PAGES = (
    ("", "/"),
    ("", "/complaints/new/"),
    ("", "/track/"),
    ("", "/procedure/"),
    ("", "/procedure/rules/"),
    ("", "/rules/"),
    ("", "/rules/fees/"),
    ("", "/security/"),
    ("", "/notices/"),
    ("", "/notices/false-app/"),
    ("", "/learn/"),
    ("", "/learn/liquidation/"),
    ("", "/pages/rules/versions/"),
    ("", "/figures/"),
    ("", "/privacy/"),
    ("", "/accessibility/"),
    ("", "/contact/"),
    ("", "/accounts/login/"),
    ("", "/accounts/signup/"),
    ("", "/nothing/"),
    ("customer", "/complaints/"),
    ("customer", "/complaints/{reference}/"),
    ("customer", "/complaints/{reference}/appeal/"),
    ("support", "/admin/"),
    ("support", "/admin/complaints/complaint/"),
    ("support", "/admin/complaints/complaint/{pk}/change/"),
    ("compliance", "/compliance/"),
    ("compliance-officer", "/admin/public/document/"),
)

pytestmark = [pytest.mark.screenshots, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: Any) -> str:
    call_command("seed_demo", verbosity=0)
    return str(live_server.url)


def visitor(browser: Any, site: str, who: str, language: str, dark: bool) -> Any:
    """A browser that ``who`` is signed in to."""
    context = browser.new_context(color_scheme="dark" if dark else "light")
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if who:
        client = Client()
        client.force_login(get_user_model().objects.get(username=who))
        name = settings.SESSION_COOKIE_NAME
        cookies[name] = client.cookies[name].value
    context.add_cookies(
        [{"name": name, "value": value, "url": site} for name, value in cookies.items()]
    )
    return context


def picture(who: str, path: str, *details: object) -> Path:
    path = path.replace("{", "").replace("}", "")
    parts = [who or "anyone", *filter(None, path.split("/")), *map(str, details)]
    return private_dir(FOLDER) / f"{'-'.join(parts)}.png"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_draw_every_page(browser: Any, site: str, dark: bool) -> None:
    mine = Complaint.objects.filter(customer__user__username="customer")
    case = mine.filter(state=State.ANSWERED).latest("pk")
    missing = []
    for who, path in PAGES:
        for language in LANGUAGES:
            context = visitor(browser, site, who, language, dark)
            page = context.new_page()
            address = path.format(reference=case.reference, pk=case.pk)
            answer = page.goto(f"{site}{address}")
            if answer.status != (404 if path == "/nothing/" else 200):
                missing.append((who, path, answer.status))
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                scheme = "dark" if dark else "light"
                file = picture(who, path, language, width, scheme)
                page.screenshot(path=file, full_page=True)
            context.close()
    assert missing == []
