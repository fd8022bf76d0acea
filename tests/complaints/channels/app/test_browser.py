"""The frame in Chromium: a token is handed over by a site that may, and by no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from complaints.models import Complaint
from tests.complaints.channels.app import keys

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = """<!doctype html><title>App</title><iframe src="{url}"></iframe><script>
addEventListener("message", (event) => {{
  if (event.data.type !== "recourse.ready") return;
  event.source.postMessage({{type: "recourse.token", token: "{token}"}}, "*");
}});</script>"""


@contextmanager
def hosted(page: list[str]) -> Iterator[str]:
    """A site of somebody else that frames ours; its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page[0].encode())

        def log_message(self, *_about: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_site_that_may_frame_it_hands_the_token_over(
    exchange: Any, live_server: Any, page: Any
) -> None:
    url = f"{live_server.url}/embed/feedback/"
    text = [PAGE.format(url=url, token=keys.signed("EX-3"))]
    with hosted(text) as origin:
        exchange.EMBED_ORIGINS = [origin]
        page.goto(origin)
        frame = page.frame_locator("iframe")
        frame.get_by_text("You file as account EX-3.").wait_for()
        frame.get_by_label("What happened?").fill("It is gone.")
        frame.get_by_role("button", name="Send the complaint").click()
        frame.get_by_text("We have your complaint").wait_for()

    case = Complaint.objects.get()
    assert case.customer.user is not None
    assert case.customer.user.account_id == "EX-3"


def test_another_site_sees_nothing_of_it(
    exchange: Any, live_server: Any, browser: Any
) -> None:
    url = f"{live_server.url}/embed/feedback/"
    context = browser.new_context()
    with hosted([PAGE.format(url=url, token="x.y.z")]) as origin:
        exchange.EMBED_ORIGINS = ["https://app.exchange.test"]
        visitor = context.new_page()
        visitor.goto(origin)
        visitor.wait_for_load_state("networkidle")
        shown = visitor.frame_locator("iframe").get_by_label("What happened?")
        assert shown.count() == 0
    context.close()
