"""The pages of the returns in Chromium, in every mode."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from complaints.compliance.returns import make, orders, reports
from tests import cases
from tests.looking import WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [
    pytest.mark.browser,
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("mode", modes(WIDE))
def test_pages_of_the_returns(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    cases.at(people, "answered")
    given = {"period": "2026", "language": mode.language, "actor": people.head}
    made = orders.order(kind="eu-casp", form="json", **given)
    assert make.make_due() == 1
    waiting = orders.order(kind="register", form="csv", **given)
    report = reports.begin(period="2026-H1", actor=people.head)
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.reviewer)
        looker.at("/compliance/returns/")
        looker.at("/compliance/returns/print/eu-casp/?period=2026")
        looker.at("/compliance/returns/print/uk-disp/?period=2026-H1")
        looker.be(people.head)
        looker.at("/admin/returns/production/")
        looker.at("/admin/returns/production/add/")
        looker.at(f"/admin/returns/production/{made.pk}/change/")
        looker.at(f"/admin/returns/production/{waiting.pk}/change/")
        looker.at("/admin/returns/report/")
        looker.at("/admin/returns/report/add/")
        looker.at(f"/admin/returns/report/{report.pk}/change/")
        looker.at(f"/admin/returns/report/{report.pk}/print/")
