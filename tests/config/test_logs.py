"""Logs as JSON lines."""

import json
import logging
import sys

import pytest

from config.logs import JsonFormatter


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
