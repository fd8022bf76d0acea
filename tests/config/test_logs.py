"""Logs as JSON lines."""

import json
import logging
import sys

from config.logs import JsonFormatter


def test_json_formatter_keeps_hostile_text_on_one_line() -> None:
    record = logging.LogRecord(
        "x.y", logging.WARNING, "", 0, "said %s", ('a\n{"level":"INFO"}',), None
    )

    line = JsonFormatter().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == 'said a\n{"level":"INFO"}'
    assert json.loads(line)["level"] == "WARNING"


def test_json_formatter_holds_the_traceback() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "no", (), sys.exc_info())

    found = json.loads(JsonFormatter().format(record))

    assert found["traceback"].endswith("ValueError: broken")
