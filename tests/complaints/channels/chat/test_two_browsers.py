"""Two browsers over a real server: a customer and an agent, by socket and without."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from complaints.channels.chat import desk
from complaints.channels.chat.models import ChatFile, Conversation
from complaints.models import Complaint
from tests.complaints.channels.chat.talks import a_picture, client_of
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 8_000
PHONE = {"width": 360, "height": 700}


@contextmanager
def another_site(body: str) -> Iterator[str]:
    """A site of its own with one page; its port makes it another origin."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_words: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    site.server_close()


def page_of(browser: Browser, server: str, user: Any = None, **options: Any) -> Page:
    """A visitor of their own, signed in as ``user`` where one is given."""
    context = browser.new_context(**options)
    if user is not None:
        for name, cookie in client_of(user).cookies.items():
            context.add_cookies([{"name": name, "value": cookie.value, "url": server}])
    page = context.new_page()
    page.set_default_timeout(SOON)
    return page


def elsewhere(function: Any, *args: Any) -> Any:
    """Call it in a thread of its own: the browser's loop is in the way of bells."""

    def call() -> Any:
        try:
            return function(*args)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def test_a_customer_and_an_agent(browser: Browser, server: str) -> None:
    agent = page_of(browser, server, everybody().support)
    agent.goto(f"{server}/admin/chat/conversation/")
    agent.check("[name=on]")
    agent.click("form.duty button")
    ada = page_of(browser, server, locale="zh-CN", viewport=PHONE)
    ada.goto(f"{server}/chat/")
    ada.fill("[name=name]", "Ada")
    ada.fill("[name=text]", "我的提现没有到账")
    ada.click("form.begin button.main")

    agent.click("td >> text=Ada")
    agent.click("[data-key=a]")
    expect(ada.locator(".said.system")).to_have_count(1)
    agent.fill("[name=text]", "您好")
    agent.press("[name=text]", "Enter")
    expect(ada.locator(".said.theirs")).to_contain_text("您好")
    ada.locator("[name=text]").press_sequentially("<i>")
    expect(agent.locator("[data-words]")).to_contain_text("is writing")
    ada.press("[name=text]", "Enter")
    expect(agent.locator(".said.theirs").last).to_contain_text("<i>")
    ada.set_input_files(
        "[name=file]",
        {"name": "a.png", "mimeType": "image/png", "buffer": a_picture()},
    )
    ada.click("[data-send]")
    expect(agent.locator(".said img")).to_be_visible()
    agent.click("form[action$='/do/keep/'] button")
    agent.wait_for_selector(".notices")
    reference = Complaint.objects.get().reference
    expect(ada.locator(".said.system").last).to_contain_text(reference)

    assert ada.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for page in (agent, ada):
        page.context.close()


@pytest.mark.drill
def test_queue_capacity_canned_words_voice_and_hand_over(
    browser: Browser, server: str
) -> None:
    """Two guests, an agent who takes one at a time, and the lead who goes on."""
    people = everybody()
    agent, lead = (
        page_of(browser, server, user) for user in (people.support, people.support_lead)
    )
    for page in (agent, lead):
        page.goto(f"{server}/admin/chat/conversation/")
        page.check("[name=on]")
        page.fill("[name=capacity]", "1")
        page.click("form.duty button")
    ada, bob = (page_of(browser, server, viewport=PHONE) for _guest in range(2))
    for page, name in ((ada, "Ada"), (bob, "Bob")):
        page.goto(f"{server}/chat/")
        page.fill("[name=name]", name)
        page.fill("[name=text]", f"I am {name}.")
        page.click("form.begin button.main")
        page.wait_for_selector(".said.mine")
    expect(ada.locator("[data-words]")).to_contain_text("You are next.")
    expect(bob.locator("[data-words]")).to_contain_text("You are number 2 in the queue")

    agent.click("td >> text=Ada")
    agent.click("[data-key=a]")
    expect(ada.locator("[data-words]")).to_contain_text("You are talking to")
    expect(bob.locator("[data-words]")).to_contain_text("You are next.")
    expect(agent.locator("[data-words]")).to_contain_text("Ada is there.")
    _is_full(agent, server)

    agent.click("[data-canned] >> nth=0")
    words = agent.input_value("[name=text]")
    agent.click("[data-send]")
    expect(ada.locator(".said.theirs")).to_contain_text(words[:10])
    _records(ada)
    expect(agent.locator(".said.theirs audio")).to_have_count(1)
    kept = elsewhere(ChatFile.objects.get)
    assert (kept.name, kept.content_type) == ("voice.webm", "audio/webm")
    assert kept.size > 500

    agent.select_option("[name=to]", str(people.support_lead.pk))
    agent.click("form[action$='/do/hand/'] button")
    lead.click("td >> text=Ada")
    expect(ada.locator(".said.system").last).to_contain_text("goes on with")
    lead.locator("form[data-say] [name=text]").press_sequentially("Let me see")
    expect(ada.locator("[data-words]")).to_contain_text("is writing")
    lead.press("[name=text]", "Enter")
    expect(ada.locator(".said.theirs").last).to_contain_text("Let me see")
    ada.context.close()
    lead.click("form[action$='/do/end/'] button")
    for page in (agent, lead, bob):
        page.context.close()


def _is_full(agent: Page, server: str) -> None:
    """The other one has to wait until this one is over."""
    here = agent.url
    agent.goto(f"{server}/admin/chat/conversation/")
    agent.click("td >> text=Bob")
    agent.click("[data-key=a]")
    expect(agent.locator("main")).to_contain_text("as many chats as you take at a time")
    agent.goto(here)


def _records(page: Page) -> None:
    """A second of what the microphone hears, sent as a file."""
    page.click("[data-voice]")
    page.wait_for_selector("[data-voice][data-recording]")
    page.wait_for_timeout(1_000)
    page.click("[data-voice]")
    expect(page.locator(".said.mine audio")).to_have_count(1)


def test_polls_where_sockets_fail(browser: Browser, server: str) -> None:
    agent = desk.staff_viewer(everybody().support)
    elsewhere(_begin_duty)
    page = page_of(browser, server)
    page.add_init_script("window.WebSocket = class { constructor() { throw 1; } };")
    page.goto(f"{server}/chat/")
    page.fill("[name=text]", "Hello")
    page.click("form.begin button.main")
    page.wait_for_selector(".said.mine")
    made = Conversation.objects.get()

    elsewhere(desk.take, made, agent)
    elsewhere(desk.answer, made, agent, "Good day")
    expect(page.locator(".said.theirs")).to_contain_text("Good day")
    page.fill("[name=text]", "And you?")
    page.click("[data-send]")
    expect(page.locator(".said.mine")).to_have_count(2)

    page.context.close()


def test_one_window_too_many_says_so_and_goes_on_by_looking(
    browser: Browser, server: str, settings: Any
) -> None:
    settings.CHAT_SOCKETS_A_TALK = 1
    agent = desk.staff_viewer(everybody().support)
    elsewhere(_begin_duty)
    first = page_of(browser, server, locale="zh-CN", viewport=PHONE)
    first.goto(f"{server}/chat/")
    first.fill("[name=text]", "Hello")
    first.click("form.begin button.main")
    first.wait_for_selector(".said.mine")
    made = Conversation.objects.get()
    elsewhere(desk.take, made, agent)
    expect(first.locator(".said.system")).to_have_count(1)

    second = first.context.new_page()
    second.goto(f"{server}/chat/")
    expect(second.locator("[data-problem]")).to_contain_text("打开的连接过多")
    elsewhere(desk.answer, made, agent, "Good day")
    for page in (first, second):
        expect(page.locator(".said.theirs")).to_contain_text("Good day")
    second.fill("[name=text]", "From here")
    second.click("[data-send]")
    for page in (first, second):
        expect(page.locator(".said.mine").last).to_contain_text("From here")
    expect(second.locator("[data-problem]")).to_contain_text("打开的连接过多")
    expect(first.locator("[data-problem]")).to_be_hidden()
    assert second.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    first.context.close()


@pytest.mark.drill
def test_the_widget_finds_its_way_back(
    browser: Browser, server: str, settings: Any
) -> None:
    """Framed by another site, without a cookie, through a reload of that site."""
    elsewhere(_begin_duty)
    page = page_of(browser, server)
    frame = f'<iframe src="{server}/embed/chat/" width="400" height="600"></iframe>'
    with another_site(frame) as shop:
        settings.EMBED_ORIGINS = [shop]
        page.goto(shop)
        inside = page.frame_locator("iframe")
        inside.locator("[name=text]").fill("From the shop")
        inside.locator("form.begin button.main").click()
        expect(inside.locator(".said.mine")).to_contain_text("From the shop")
        inside.locator("[name=text]").fill("Second")
        inside.locator("[data-send]").click()
        expect(inside.locator(".said.mine")).to_have_count(2)

        page.reload()

        expect(inside.locator(".said.mine")).to_have_count(2)
        assert page.context.cookies(server) == []
        page.context.close()


def _begin_duty() -> None:
    desk.set_duty(desk.staff_viewer(everybody().support), on=True)
