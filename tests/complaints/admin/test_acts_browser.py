"""Every act's page in Chromium: accessible, and no wider than the window."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from complaints.admin.acts import open_acts
from complaints.permissions import viewer_of
from tests import cases
from tests.complaints.admin.test_acts import one_of_each
from tests.looking import NARROW, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/admin/complaints/complaint/"


@pytest.mark.parametrize("mode", modes(NARROW))
def test_pages_of_acts(live_server: LiveServer, browser: Browser, mode: Mode) -> None:
    people = everybody()
    case = cases.at(people, "investigating", funds_at_risk=True)
    one_of_each(people, case)
    seen: set[str] = set()
    with Looker(browser, live_server, mode) as looker:
        for user in (people.security, people.security_lead, people.head, people.risk):
            looker.be(user)
            for name in set(open_acts(case, viewer_of(user))) - seen:
                seen.add(name)
                looker.at(f"{DESK}{case.pk}/act/{name.replace('_', '-')}/")

    assert {"answer", "minutes", "hand_over_read", "lift_hold", "consult"} <= seen
