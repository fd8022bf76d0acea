"""Pictures of every page with demo data, in ``var/screenshots``: ``make screenshots``.

Looks, asserts nothing but that each page is there. What is drawn comes from the table
of addresses, so a new page has its picture as soon as it has its rule of access.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from appeals.models import Appeal
from complaints.models import Complaint, Draft, RawMessage, Remedy
from complaints.permissions import viewer_of
from complaints.portal.questions import PAGES
from complaints.services import drafts
from complaints.states import Intake, State
from complaints.workflow import available_transitions
from config.paths import BASE_DIR, private_dir
from tests.access_matrix import ACCESS, Who
from tests.url_walk import Route, Victim, routes, url_of

FOLDER = BASE_DIR / "var" / "screenshots"
LANGUAGES = ("en", "zh-hans")
WIDTHS = (360, 1280)
ROLES = {"reviewer": "compliance"}
"""What the demo calls a person of ``tests.people`` otherwise."""

NO_PAGE = (
    "api:",
    "appeals-api:",
    "api-",
    "health-",
    "metrics",
    "hook-",
    "admin:jsi18n",
)
SHOWN_STATES = (
    State.RECEIVED,
    State.INADMISSIBLE,
    State.AWAITING_CUSTOMER,
    State.INVESTIGATING,
    State.REMEDYING,
    State.ANSWERED,
    State.APPEALED,
    State.CLOSED,
)

pytestmark = [pytest.mark.screenshots, pytest.mark.django_db(transaction=True)]


class Page(NamedTuple):
    """Who looks at what, and what its picture is called."""

    name: str
    who: str
    path: str


@pytest.fixture
def site(live_server: Any) -> str:
    call_command("seed_demo", verbosity=0)
    call_command("rebuild_figures", verbosity=0)
    return str(live_server.url)


def _pages() -> list[Page]:
    return [
        Page("home", "", "/"),
        Page("nothing", "", "/nothing/"),
        *_of_routes(),
        *_of_a_filing(),
        *_of_states(),
        *_of_moves(),
    ]


def _of_routes() -> Iterator[Page]:
    """Every address that opens for somebody, with the keys of a case of the demo."""
    keys = _keys()
    for route in routes():
        rule = ACCESS.get(route.name)
        if rule is None or route.name.startswith(NO_PAGE) or route.name == "-":
            continue
        name, who = route.name.replace(":", "-"), rule.insider
        if rule.who in (Who.PUBLIC, Who.SELF) or who:
            own = {Who.PUBLIC: "", Who.SELF: "customer"}.get(rule.who, who)
            yield Page(name, _demo_name(who or own, keys), _path(route, keys))


def _path(route: Route, keys: Victim) -> str:
    return url_of(route, keys)


def _demo_name(role: str, keys: Victim) -> str:
    """Staff of the team that has the case see it; else the person of that name."""
    if role in ("security", "security_lead") and keys.case.handler:
        return str(keys.case.handler.username)
    return ROLES.get(role, role.replace("_", "-"))


def _keys() -> Victim:
    """A case of the demo customer with as much of everything as there is."""
    mine = Complaint.objects.filter(customer__user__username="customer")
    case = mine.filter(state=State.ANSWERED).latest("pk")
    raw = RawMessage.objects.filter(outcome=Intake.HELD).first()
    remedy = Remedy.objects.filter(complaint=case).first() or Remedy.objects.first()
    appeal = Appeal.objects.first()
    letter, evidence = case.letters.first(), case.evidence.first()
    return Victim(case, letter, raw, appeal, remedy, evidence)  # type: ignore[arg-type]


def _of_a_filing() -> Iterator[Page]:
    """Every question of a draft that was begun."""
    customer = get_user_model().objects.get(username="customer")
    story = {"subject": "Withdrawal I did not make", "description": "At 02:14 …"}
    draft = drafts.begin(user=customer, language="en", answers={"story": story})
    Draft.objects.filter(pk=draft.pk).update(key="shown")
    for name in (*(page.name for page in PAGES), "check", "saved"):
        path = f"/complaints/new/shown/{name}/"
        yield Page(f"question-{name}", "customer", path)


def _of_states() -> Iterator[Page]:
    """The case page of the customer and that of its handler, in each state."""
    for state in SHOWN_STATES:
        rows = Complaint.objects.filter(state=state, handler__isnull=False)
        own = Complaint.objects.filter(state=state, customer__user__isnull=False)
        for case in own.select_related("customer__user")[:1]:
            user = case.customer.user
            yield Page(f"mine-{state}", user.username, f"/complaints/{case.reference}/")
        for case in rows.select_related("handler")[:1]:
            path = f"/admin/complaints/complaint/{case.pk}/change/"
            yield Page(f"desk-{state}", str(case.handler.username), path)


def _of_moves() -> Iterator[Page]:
    """Each form that a transition asks for, as whoever is offered it."""
    seen: set[str] = set()
    for case in Complaint.objects.exclude(handler=None).select_related("handler"):
        for offer in available_transitions(case, viewer_of(case.handler)):
            if offer.name not in seen:
                seen.add(offer.name)
                path = f"/admin/complaints/complaint/{case.pk}/do/{offer.name}/"
                yield Page(f"move-{offer.name}", case.handler.username, path)


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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_draw_every_page(browser: Any, site: str, dark: bool) -> None:
    """Files, such as a PDF, are passed over; what falls over is named."""
    folder = private_dir(FOLDER)
    scheme, fallen = "dark" if dark else "light", []
    contexts: dict[tuple[str, str], Any] = {}
    for name, who, path in _pages():
        for language in LANGUAGES:
            key = (who, language)
            if key not in contexts:
                contexts[key] = visitor(browser, site, who, language, dark)
            page = contexts[key].new_page()
            status = _open(page, f"{site}{path}")
            if status >= 500:
                fallen.append((name, who, path, status))
            for width in WIDTHS if status else ():
                page.set_viewport_size({"width": width, "height": 900})
                file = folder / f"{name}-{language}-{width}-{scheme}.png"
                page.screenshot(path=file, full_page=True)
            page.close()
    assert fallen == []


def _open(page: Any, address: str) -> int:
    """The status of the page; 0 where it is a file to keep."""
    from playwright.sync_api import Error

    try:
        answer = page.goto(address)
    except Error:
        return 0
    return answer.status if answer else 0
