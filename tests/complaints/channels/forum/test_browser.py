"""The board in Chromium: read, written, and looked after by the desk."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.complaints.channels.forum import board
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/admin/forum/post/"


@pytest.mark.parametrize("mode", modes(NARROW))
def test_member_reads_and_asks(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    ada = board.member(people.customer, "nordlicht")
    ben = board.member(people.other_customer, "late shift")
    text = "Since **Tuesday**:\n\n    0x52908400098527886E0F7030069857D2E4169EE7\n"
    topic = board.asked(ada, text=text).topic
    board.answered(ben, topic)
    board.officially(people, topic)
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.customer)
        looker.at("/community/")
        looker.at("/community/parts/trading-fees/")
        looker.at(f"/community/topics/{topic.pk}/")
        looker.at("/community/new/")
        looker.press("nothing asked")
        looker.be(people.outsider)
        looker.at("/community/join/")


@pytest.mark.parametrize("mode", modes(WIDE))
def test_desk_moderates(live_server: LiveServer, browser: Browser, mode: Mode) -> None:
    people = everybody()
    ada = board.member(people.customer, "nordlicht", trusted=False)
    post = board.asked(ada)
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.support)
        looker.at(DESK)
        looker.at(f"{DESK}{post.pk}/change/")
