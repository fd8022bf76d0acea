"""The cases behind a number of a board: those of its marks that the viewer may see."""

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, Q, QuerySet

from complaints.compliance import rows
from complaints.compliance.asked import Asked
from complaints.compliance.boards.ageing import AGES, age_days
from complaints.compliance.boards.promises import last_due
from complaints.compliance.days import Days
from complaints.compliance.models import Mark, Measure
from complaints.compliance.rollup.read import NOW_ONLY
from complaints.models import Complaint
from complaints.permissions import Viewer

FILTERS = (
    *("fig", "kind", "sub", "topic", "channel", "decider"),
    *("age", "team", "after"),
)
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,48}")
_PLAIN = ("kind", "sub", "topic", "channel")
BACK = "back"
"""Stands for every way a case came in again."""


def marks_of(asked: Asked, today: date, team: int | None) -> "QuerySet[Mark]":
    """The marks that ``asked`` names. Raises ``BadRequest`` for what is no filter."""
    others = asked.others
    measure = others.get("fig", Measure.IN)
    if measure not in Measure.values or measure == Measure.GROUP:
        raise BadRequest("unknown figure")
    wanted = Q(measure=measure)
    for name in _PLAIN:
        if value := others.get(name):
            wanted &= _named(name, _word(value))
    if decider := others.get("decider"):
        wanted &= Q(team=_number(decider, 10**9))
    elif team is not None:
        wanted &= Q(team=team)
    found = Mark.objects.using(settings.READ_DATABASE).filter(wanted)
    return found.filter(_when(asked, measure, today))


def _named(name: str, value: str) -> Q:
    if name == "kind" and value == BACK:
        return ~Q(kind="received")
    return Q(**{name: value})


def _when(asked: Asked, measure: str, today: date) -> Q:
    """What stands now has no period, but an age; the rest lies in the period."""
    age = asked.others.get("age", "")
    place = _number(age, len(AGES) - 1) if age else None
    if measure == Measure.DUE:
        return _within(Days(asked.first, last_due(asked.last, today)))
    if measure not in NOW_ONLY:
        return _within(asked)
    if place is not None:
        return _within(age_days(place, today))
    return Q(day__lte=today)


def _within(days: Days) -> Q:
    return Q(day__gte=days.first, day__lte=days.last)


def cases(viewer: Viewer, marks: "QuerySet[Mark]") -> "QuerySet[Complaint]":
    """Visible ones, newest first; what stands behind a barrier is none of them."""
    of_case: Any = marks.filter(complaint_id=OuterRef("pk"))
    return (
        Complaint.objects.using(settings.READ_DATABASE)
        .visible_to(viewer)
        .filter(rows.OPEN_TO_REVIEW, Exists(of_case))
        .select_related("category", "team")
        .order_by("-received_at", "-pk")
    )


def _word(text: str) -> str:
    if not _WORD.fullmatch(text):
        raise BadRequest("no such filter")
    return text


def _number(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:12]) > most:
        raise BadRequest("no such filter")
    return int(text[:12])
