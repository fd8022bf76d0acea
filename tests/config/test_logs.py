"""Logs as JSON lines."""

import io
import json
import logging
import sys

import pytest
from django.test import Client

from config.logs import JsonFormatter, WithoutTokens


def test_json_formatter_keeps_hostile_text_on_one_line() -> None:
    record = logging.LogRecord(
        "x.y", logging.WARNING, "", 0, "said %s", ('a\n{"level":"INFO"}',), None
    )

    line = JsonFormatter().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == 'said a\n{"level":"INFO"}'
    assert json.loads(line)["level"] == "WARNING"


@pytest.mark.parametrize("sign", "\x1b\x7f\x9b\u2028\u202e\u2066")
def test_json_formatter_lets_no_text_move_the_readers_screen(sign: str) -> None:
    said = (f"/{sign}31m提现",)
    record = logging.LogRecord("x", logging.WARNING, "", 0, "at %s", said, None)

    line = JsonFormatter().format(record)

    assert sign not in line
    assert "提现" in line
    assert json.loads(line)["message"] == f"at /{sign}31m提现"


def test_json_formatter_holds_the_traceback() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "no", (), sys.exc_info())

    found = json.loads(JsonFormatter().format(record))

    assert found["traceback"].endswith("ValueError: broken")


TOKEN = "Zk3-x_9" * 6


@pytest.mark.parametrize(
    "door", ["/arbitration/", "/track/", "/complaints/new/resume/"]
)
def test_address_that_opens_something_is_not_written_down(
    door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    for handler in logging.getLogger().handlers:
        if handler.get_name() == "stderr":
            monkeypatch.setattr(handler, "stream", out)

    answer = Client(enforce_csrf_checks=True).post(f"{door}{TOKEN}/")

    assert answer.status_code == 403
    assert f"Forbidden (CSRF cookie not set.): {door}…" in out.getvalue()
    assert TOKEN not in out.getvalue()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"at /notices/unsubscribe/{TOKEN}:1abc:x/", "at /notices/unsubscribe/…/"),
        (
            f"at /embed/chat/files/{TOKEN}:1abc:x/picture/",
            "at /embed/chat/files/…/picture/",
        ),
        (
            "at /complaints/RC-7K2M-9QXD/files/3/",
            "at /complaints/RC-7K2M-9QXD/files/3/",
        ),
    ],
)
def test_only_the_token_is_left_out(said: str, kept: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "%s", (said,), None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == kept
