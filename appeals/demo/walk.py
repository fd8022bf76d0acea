"""One complaint through all ten steps, by the doors that people use."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from appeals.demo.course import CLOSING, STEPS, mail
from appeals.demo.course_appeal import APPEAL
from appeals.demo.outside import STEPS as OUTSIDE
from appeals.demo.visitor import DoorClosed
from appeals.demo.way import DEFAULT, Line, Step, Walk
from complaints.states import Channel


def walk(subject: Walk, *, appeal: bool) -> Iterator[Line]:
    """Every step in turn; yields the line of each after it is done."""
    by_channel: dict[str, tuple[str, Step]] = {
        Channel.PORTAL: STEPS[0],
        Channel.EMAIL: ("1 mailed, receipt sent", mail),
    }
    first = by_channel.get(subject.channel) or _by_channel(subject.channel)
    with subject.meanwhile:
        rest = (*APPEAL, *OUTSIDE) if appeal else CLOSING
        for name, step in (first, *STEPS[1:], *rest):
            yield subject.line(name, step(subject))


def _by_channel(name: str) -> tuple[str, Step]:
    """The first step by a channel that has a module of its own."""
    module = import_module(f"appeals.demo.by_channel.{name}")
    return f"1 filed by {name}, receipt sent", module.file


def read_filing(path: Path) -> dict[str, Any]:
    """Fields of the portal's form from a JSON file; what is missing is built in."""
    given = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(given, dict):
        raise DoorClosed(f"{path} does not hold an object")
    return {**DEFAULT, **given}
