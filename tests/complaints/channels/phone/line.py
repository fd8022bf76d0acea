"""Twilio as it calls us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from appeals.demo.standins import twilio
from complaints.models import RawMessage

HOOK = "/hooks/phone/"
URL = "https://recourse.test/hooks/phone/"


@pytest.fixture
def line(settings: Any) -> Iterator[twilio.Twilio]:
    """Our account, which reaches the stand-in."""
    told = twilio.Twilio()
    settings.TWILIO_ACCOUNT_SID = twilio.ACCOUNT
    settings.TWILIO_AUTH_TOKEN = twilio.TOKEN
    settings.TWILIO_FROM = twilio.NUMBER
    with told.server() as server:
        settings.TWILIO_API_URL = server.url
        yield told


def deliver(fields: dict[str, str], url: str = URL, token: str = twilio.TOKEN) -> Any:
    """The request as Twilio signs and posts it; the response."""
    return Client().post(HOOK, **twilio.signed(fields, url, token))


def take(fields: dict[str, str]) -> RawMessage:
    assert deliver(fields).status_code == 200
    return RawMessage.objects.latest("pk")
