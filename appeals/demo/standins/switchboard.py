"""The providers of a desk that runs, one port each, for whoever asks for their calls.

The worker of that desk delivers whatever it finds, what a walk beside it wrote too. So
a walk has the calls of a provider put through to a stand-in of its own, which knows the
files that it sent and sees the answers; at other times a plain one answers.
``python -m appeals.demo.standins.switchboard NAME=PORT …`` serves them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from threading import Event
from typing import Final
from urllib.parse import urlsplit

import django
import httpx
from django.utils.module_loading import import_string

from appeals.demo.standins.server import Call, Said, StandIn

PUT_THROUGH: Final = "/put-through"
WAIT: Final = 10.0
"""Seconds for an answer of whom calls are put through to."""

PLAIN: Final = {
    "telegram": "telegram.BotApi",
    "twilio": "twilio.Twilio",
    "x": "x.XApi",
    "facebook": "facebook.Graph",
}
"""Provider -> what plays it; read by name, since it wants Django to be set up."""

Answer = Callable[[Call], Said]


class Line:
    """The calls of one provider: put through while anybody is there, else ``own``."""

    def __init__(self, own: Answer) -> None:
        self._own = own
        self._to = ""

    def answer(self, call: Call) -> Said:
        if call.path == PUT_THROUGH:
            self._to = call.body.decode()
            return Said()
        if self._to:
            try:
                return put_through(self._to, call)
            except (OSError, HTTPException):  # ended without saying so
                self._to = ""
        return self._own(call)


def put_through(url: str, call: Call) -> Said:
    """The answer of ``url``; a redirect is handed on, not followed."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=WAIT)
    try:
        connection.request(call.method, call.path, call.body, call.headers)
        found = connection.getresponse()
        kind = found.getheader("Content-Type") or ""
        location = found.getheader("Location")
        more = {"Location": location} if location else {}
        return Said(found.status, found.read(), kind, more)
    finally:
        connection.close()


def ask(address: str, to: str) -> bool:
    """Have the calls at ``address`` put through to ``to``, "" for no longer; whether
    anybody was there to be asked."""
    try:
        return httpx.post(address + PUT_THROUGH, content=to, timeout=WAIT).is_success
    except httpx.HTTPError:
        return False


def serve(ports: Mapping[str, int]) -> None:
    """All of them, until the process is ended."""
    with ExitStack() as stack:
        for name, port in ports.items():
            own = import_string(f"appeals.demo.standins.{PLAIN[name]}")().server()
            line = StandIn(Line(own.answer).answer, port)
            own.seen_at = line.url
            stack.enter_context(line)
        Event().wait()


if __name__ == "__main__":
    django.setup()
    given = (argument.split("=") for argument in sys.argv[1:])
    serve({name: int(port) for name, port in given})
