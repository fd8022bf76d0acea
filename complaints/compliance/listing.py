"""The cases behind a figure: pages by key of rows that the reviewer may see."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet

from complaints.compliance import rows
from complaints.compliance.asked import Asked
from complaints.models import Category, Complaint
from complaints.permissions import Viewer

FILTERS = ("show", "topic", "outcome", "step", "after")
SIZE = 50


@dataclass(frozen=True)
class Listing:
    """Some cases, newest first, and the cursor of the next ones ("" at the end)."""

    cases: list[Complaint]
    after: str


def list_cases(asked: Asked, viewer: Viewer, now: datetime) -> Listing:
    """One page; what stands behind a barrier is on none. Raises ``BadRequest``."""
    return page_of(
        Complaint.objects.using(settings.READ_DATABASE)
        .visible_to(viewer)
        .filter(rows.OPEN_TO_REVIEW, condition(asked, now))
        .select_related("category", "team")
        .order_by("-received_at", "-pk"),
        asked.others.get("after", ""),
    )


def page_of(found: "QuerySet[Complaint]", cursor: str) -> Listing:
    """One page of cases, newest first; ``cursor`` is where the page before ended."""
    if cursor:
        at, pk = _read(cursor)
        found = found.filter(
            Q(received_at__lte=at), Q(received_at__lt=at) | Q(pk__lt=pk)
        )
    page = list(found[: SIZE + 1])
    more = len(page) > SIZE
    return Listing(page[:SIZE], _cursor(page[SIZE - 1]) if more else "")


def condition(asked: Asked, now: datetime) -> Q:
    """The rows of the figure that ``asked`` names; only known names are taken."""
    others = asked.others
    shown = {
        "received": rows.received(asked.since, asked.until),
        "open": rows.working(),
        "overdue": rows.overdue(now),
        "late": _late(asked, now),
        "outcome": _outcome(asked),
    }
    name = others.get("show", "received")
    if name not in shown:
        raise BadRequest("unknown figure")
    wanted = shown[name]
    if topic := others.get("topic"):
        wanted &= rows.of_topic(_topic(topic))
    return wanted


def _late(asked: Asked, now: datetime) -> Q:
    step = asked.others.get("step", rows.STEPS[0])
    if step not in rows.STEPS:
        raise BadRequest("unknown step")
    return rows.missed(step, asked.since, asked.until, now)


def _outcome(asked: Asked) -> Q:
    code = asked.others.get("outcome", rows.OUTCOMES[0])
    if code not in rows.OUTCOMES:
        raise BadRequest("unknown outcome")
    return rows.of_outcome(code, asked.since, asked.until)


def _topic(code: str) -> str:
    mains = Category.objects.filter(parent=None, code=code)
    if code != rows.NO_TOPIC and not mains.exists():
        raise BadRequest("unknown topic")
    return code


def _cursor(case: Complaint) -> str:
    mark = f"{case.received_at.isoformat()}~{case.pk}"
    return base64.urlsafe_b64encode(mark.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        raw = base64.urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode())
        moment, _tilde, pk = raw.decode("ascii").partition("~")
        return datetime.fromisoformat(moment).astimezone(UTC), int(pk[:18])
    except (ValueError, OverflowError, binascii.Error) as error:
        raise BadRequest("a cursor that is none of ours") from error
