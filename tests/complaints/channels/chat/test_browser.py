"""The chat in Chromium: the customer's page, the widget, the desk."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from complaints.channels.chat import files, talk
from complaints.channels.chat.models import Author
from tests.complaints.channels.chat.talks import a_picture, a_talk, on_duty, taken
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/admin/chat/conversation/"


@pytest.mark.parametrize("mode", modes(NARROW))
def test_customer_talks_on_the_page(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.customer)
        looker.at("/chat/")
        made = taken(people, "Where is my money?", user=people.customer)
        picture = files.check("shot.png", a_picture())
        talk.say(made, "Here.", author=Author.CUSTOMER, file=picture)
        talk.say(made, "I look.", author=Author.AGENT, user=people.support)
        looker.at("/chat/")
        talk.end(made)
        looker.at("/chat/")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_guest_talks_in_the_frame(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    on_duty(everybody().support)
    with Looker(browser, live_server, mode) as looker:
        page = looker.at("/embed/chat/")
        page.locator("[name=text]").fill("Where is my money?")
        looker.press("the talk in the frame", "form .btn.main")


@pytest.mark.parametrize("mode", modes(WIDE))
def test_agent_answers(live_server: LiveServer, browser: Browser, mode: Mode) -> None:
    people = everybody()
    made = taken(people, "Where is my money?", user=people.customer)
    a_talk("I wait as well.", name="Ada")
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.support)
        looker.at(DESK)
        looker.at(f"{DESK}{made.pk}/change/")
