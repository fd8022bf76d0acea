"""The exchange's own systems: asked with a signature, believed within limits."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import httpx
import pytest

from appeals.demo.standins.exchange import Exchange
from complaints import exchange
from complaints.exchange import COLUMNS, ExchangeDown, ask
from tests.complaints.channels.bounds import dripping

KEY = "a key of the exchange"
UNTIL = datetime.now(UTC).date() - timedelta(days=1)
SINCE = UNTIL - timedelta(days=29)


@pytest.fixture
def theirs(settings: Any) -> Iterator[Exchange]:
    server = Exchange(KEY)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    settings.EXCHANGE_URL, settings.EXCHANGE_KEY = server.url, KEY
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asked(kind: str = "trades", **more: Any) -> exchange.Answer:
    return ask("40000001", kind, since=SINCE, until=UNTIL, **more)


@pytest.mark.parametrize("kind", COLUMNS)
def test_rows_of_an_account_in_the_period(theirs: Exchange, kind: str) -> None:
    answer = asked(kind)
    assert answer.rows == [
        {name: str(value) for name, value in row.items()}
        for row in json.loads(answer.raw)["rows"]
    ]
    assert len(answer.rows) > 5
    days = [row["at"][:10] for row in answer.rows]
    assert days == sorted(days, reverse=True)
    assert str(SINCE) <= days[-1] <= days[0] <= str(UNTIL)
    for row in answer.rows:
        assert set(COLUMNS[kind]) <= set(row)
    assert asked(kind).raw == answer.raw


def test_wrong_key_old_time_and_second_use_are_refused(
    theirs: Exchange, settings: Any
) -> None:
    target = "/v1/accounts/1/trades?since=2026-11-01&until=2026-11-30&limit=5"
    headers = exchange._headers(target)

    def code(path: str = target, **changed: str) -> int:
        given = {**headers, **changed}
        return httpx.get(theirs.url + path, headers=given).status_code

    assert code(**{"X-Recourse-Time": "1"}) == 401
    assert code(target.replace("accounts/1", "accounts/2")) == 401
    assert [code(), code()] == [200, 401]
    settings.EXCHANGE_KEY = "another"
    with pytest.raises(ExchangeDown, match="status 401"):
        asked()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((302, b""), "status 302"),
        ((500, b"{}"), "status 500"),
        ((200, b"x" * (exchange.LIMIT + 1)), "larger than"),
        ((200, b"<html>"), "no JSON"),
        ((200, b"[" * 100_000), "no JSON"),
        ((200, b"[]"), "no object"),
        ((200, b'{"account": "2", "kind": "trades", "rows": []}'), "another question"),
        ((200, b'{"account": "40000001", "kind": "trades"}'), "no rows"),
        ((200, b'{"account": "40000001", "kind": "trades", "rows": [1]}'), "is none"),
    ],
)
def test_whatever_is_no_answer_is_none(
    theirs: Exchange, said: tuple[int, bytes], reason: str
) -> None:
    theirs.answer = said
    with pytest.raises(ExchangeDown, match=re.escape(reason)):
        asked()


def test_it_goes_nowhere_else(settings: Any) -> None:
    settings.EXCHANGE_KEY = KEY
    for base in ("http://exchange.example", "ftp://127.0.0.1", "http://127.0.0.1:1"):
        settings.EXCHANGE_URL = base
        with pytest.raises(ExchangeDown):
            asked(seconds=1.0)


def test_it_is_not_waited_for_however_slowly_it_drips(settings: Any) -> None:
    settings.EXCHANGE_KEY = KEY
    with dripping(200) as settings.EXCHANGE_URL:
        began = time.monotonic()
        with pytest.raises(ExchangeDown, match="too slow"):
            asked(seconds=1.0)
        assert time.monotonic() - began < 7
