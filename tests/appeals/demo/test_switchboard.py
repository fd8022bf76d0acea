"""The providers of a running desk: played, or put through to whoever asks."""

import json
from pathlib import Path

import httpx
import pytest

from appeals.demo.standins import switchboard
from appeals.demo.standins.server import Call, Said, StandIn
from appeals.demo.standins.switchboard import PLAIN, Line
from appeals.demo.way import Walk
from config.stand_ins import ADDRESSES, PROVIDERS


def own(call: Call) -> Said:
    return Said(body=b"own " + call.body)


def others(call: Call) -> Said:
    if call.path == "/moved":
        return Said(307, headers={"Location": "/kept/1"})
    return Said(201, f"{call.method} {call.headers['x-name']}".encode(), "text/plain")


def test_calls_are_put_through_until_they_are_taken_back() -> None:
    with StandIn(Line(own).answer) as board, StandIn(others) as other:
        assert httpx.post(board.url + "/a", content=b"first").content == b"own first"

        assert switchboard.ask(board.url, other.url)
        found = httpx.post(board.url + "/a?b=1", headers={"X-Name": "Ada"})
        assert (found.status_code, found.text) == (201, "POST Ada")
        assert found.headers["content-type"] == "text/plain"
        assert other.calls[-1].path == "/a?b=1"
        moved = httpx.get(board.url + "/moved")
        assert (moved.status_code, moved.headers["location"]) == (307, "/kept/1")

        assert switchboard.ask(board.url, "")
        assert httpx.post(board.url + "/a", content=b"last").content == b"own last"


def test_whoever_ended_without_a_word_is_asked_no_more() -> None:
    with StandIn(Line(own).answer) as board:
        with StandIn(others) as other:
            switchboard.ask(board.url, other.url)
        assert httpx.post(board.url + "/a", content=b"1").content == b"own 1"


def test_walk_takes_the_calls_of_a_desk_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    with StandIn(Line(own).answer) as board, StandIn(others) as mine:
        direct, walk = mine.url, Walk({})
        assert walk.reached("x", mine) == direct  # no desk was ever here

        (tmp_path / ADDRESSES).write_text(json.dumps({"x": "http://127.0.0.1:1"}))
        assert walk.reached("x", mine) == direct  # it has ended

        (tmp_path / ADDRESSES).write_text(json.dumps({"x": board.url}))
        assert walk.reached("x", mine) == mine.url == board.url
        answer = httpx.get(board.url, headers={"X-Name": "Ada"})
        assert answer.text == "GET Ada"

        walk.meanwhile.close()
        assert httpx.get(board.url).content == b"own "


def test_every_provider_is_played() -> None:
    assert PLAIN.keys() == PROVIDERS.keys()
