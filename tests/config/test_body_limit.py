"""No stranger fills the disk with one request."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory

from complaints.channels.email.hook import LIMIT as LARGEST_MAIL
from complaints.services.evidence import FILE_LIMIT
from config import wsgi
from config.asgi import application
from config.body_limit import LIMIT, BodyLimit, WSGIBodyLimit

Sent = list[dict[str, Any]]


async def taking(scope: Any, receive: Any, send: Any) -> None:
    """Reads all of the body, as Django does, and answers how much it was."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def asked(app: Any, parts: list[bytes], **headers: str) -> tuple[Sent, int]:
    """What was sent, and how many parts of the body were read."""
    sent: Sent = []
    left = list(parts)

    async def receive() -> dict[str, Any]:
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/chat/",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in named.items()],
    }
    asyncio.run(app(scope, receive, send))
    return sent, len(parts) - len(left)


def test_what_fits_is_read_to_its_last_byte() -> None:
    sent, _read = asked(BodyLimit(taking, 6), [b"123", b"456"], content_length="6")
    assert [sent[0]["status"], sent[1]["body"]] == [200, b"6"]


def test_what_says_that_it_is_larger_is_refused_unread() -> None:
    sent, read = asked(BodyLimit(taking, 6), [b"1234567"], content_length="7")
    assert (sent[0]["status"], read) == (413, 0)


@pytest.mark.parametrize("said", [{}, {"content_length": "3"}, {"content_length": "x"}])
def test_what_turns_out_to_be_larger_is_read_no_further(said: dict[str, str]) -> None:
    parts = [b"1234", b"5678", b"90", b"12"]
    sent, read = asked(BodyLimit(taking, 6), parts, **said)
    assert ([message.get("status") for message in sent], read) == ([413, None], 2)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("6", "200 OK"),
        ("", "200 OK"),
        ("x", "200 OK"),
        ("7", "413 Content Too Large"),
        ("9" * 30, "413 Content Too Large"),
    ],
)
def test_under_wsgi_what_says_that_it_is_larger_is_refused_unread(
    said: str, status: str
) -> None:
    told: list[str] = []

    def page(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [environ["wsgi.input"].read()]

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.append(status)

    body = BytesIO(b"123456")
    asked = {"CONTENT_LENGTH": said, "wsgi.input": body}
    list(WSGIBodyLimit(page, 6)(asked, start))
    assert told == [status]
    assert bool(body.tell()) is (status == "200 OK")


@pytest.mark.django_db
def test_the_wsgi_desk_has_the_limit_and_believes_no_silence() -> None:
    """What says nothing of its length is empty to Django there, whatever follows."""
    body = BytesIO(b"username=" + b"a" * 50)
    quiet = RequestFactory().post("/accounts/login/").environ | {"wsgi.input": body}
    del quiet["CONTENT_LENGTH"]
    told: list[str] = []

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.append(status)

    list(wsgi.application(quiet, start))
    large = RequestFactory().post("/").environ | {"CONTENT_LENGTH": str(LIMIT + 1)}
    list(wsgi.application(large, start))
    assert (body.tell(), told[-1]) == (0, "413 Content Too Large")


def test_every_address_of_the_desk_has_the_limit() -> None:
    sent, read = asked(application, [b""], content_length=str(LIMIT + 1))
    assert (sent[0]["status"], read) == (413, 0)


def test_it_is_above_whatever_we_take() -> None:
    assert LIMIT > LARGEST_MAIL > FILE_LIMIT
