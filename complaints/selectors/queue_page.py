"""One page of a queue: its rows in their order, in keyset pages.

Two rules make it flat at any size: the order is that of the partial indexes on
``(next_due_at, id)``, and no page is reached by counting what lies before it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.models import Complaint
from complaints.moments import read_moment
from complaints.permissions import Viewer
from complaints.selectors.queue import MOST_ROWS, QueueFilters, Sought, named, sought
from complaints.worded import MOST_WORDED, Worded
from teams.wording import Value

PAGE_SIZE = 50
NO_DATE = "-"

SHOWN_WITH = ("category", "team", "handler")
SHOWN = (
    "version",
    "reference",
    "state",
    "channel",
    "language",
    "subject",
    "received_at",
    "severity",
    "next_due_at",
    "next_due_step",
    "last_message_at",
    "last_message_from",
    "category__code",
    "category__names",
    "team__code",
    "team__name",
    "handler__username",
    "handler__first_name",
    "handler__last_name",
)
"""What a list shows of a case and of what it points at; the rest of a row is read when
it is asked for."""


@dataclass(frozen=True)
class Cursor:
    """The place after one row: its due date (None sorts last) and its key."""

    due_at: datetime | None
    pk: int

    def __str__(self) -> str:
        due = self.due_at.isoformat() if self.due_at else NO_DATE
        return f"{due}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The inverse of ``str``. Raises ``InvalidInput`` for anything else."""
        due, _tilde, pk = text.partition("~")
        number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0
        at = read_moment(due)
        if not number or (at is None and due != NO_DATE):
            raise InvalidInput(_("There is no such page."), field="after")
        return cls(at, number)


@dataclass(frozen=True)
class Page:
    """``rows`` need no further query for what ``SHOWN_WITH`` names."""

    rows: tuple[Complaint, ...]
    next_cursor: str | None


def queue(
    viewer: Viewer,
    filters: QueueFilters,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """One page of what ``filters`` name, first due first, undated ones last.

    At most two queries. Raises ``InvalidInput`` for an unknown view or a cursor
    that never was one.
    """
    size = max(1, min(size, MOST_ROWS))
    cursor = Cursor.parse(after) if after else None
    found = _slice(_Reader(viewer, filters, size + 1), cursor, size + 1)
    more = len(found) > size
    last = found[size - 1] if more else None
    return Page(
        rows=tuple(found[:size]),
        next_cursor=str(Cursor(last.next_due_at, last.pk)) if last else None,
    )


def _slice(read: "_Reader", after: Cursor | None, size: int) -> list[Complaint]:
    """Dated rows, then undated ones: each part walks its own range of the index."""
    found: list[Complaint] = []
    dated = after is None or after.due_at is not None
    if dated:
        found = read(True, after)
    if len(found) < size:
        found += read(False, None if dated else after)[: size - len(found)]
    return found


def _dated(rows: QuerySet[Complaint], after: Cursor | None) -> QuerySet[Complaint]:
    rows = rows.filter(next_due_at__isnull=False)
    if after is not None:
        later = Q(next_due_at__gt=after.due_at) | Q(pk__gt=after.pk)
        rows = rows.filter(later, next_due_at__gte=after.due_at)
    return rows.order_by("next_due_at", "pk")


def _undated(rows: QuerySet[Complaint], after: Cursor | None) -> QuerySet[Complaint]:
    rows = rows.filter(next_due_at__isnull=True)
    return (rows.filter(pk__gt=after.pk) if after else rows).order_by("pk")


class _Reader:
    """Reads parts of a page of ``filters``: dated rows or undated ones, from the start
    or after a place. What is looked for and the place are put in, all else is worded
    once."""

    def __init__(self, viewer: Viewer, filters: QueueFilters, size: int) -> None:
        text = filters.text.strip()
        self.words = sought(text)
        self.filters = replace(filters, text="?" if text else "")
        self.viewer, self.size = viewer, size

    def __call__(self, dated: bool, after: Cursor | None) -> list[Complaint]:
        values: dict[str, Value | None] = {**self.words.values()}
        if after is not None:
            values["after_key"] = after.pk
        if after is not None and dated:
            values["after_due"] = after.due_at
        like = self.words.like()
        part = _part(self.filters, like, dated, after is not None, self.size)
        return part.rows(self.viewer, **values)


@lru_cache(maxsize=MOST_WORDED)
def _part(
    filters: QueueFilters, like: Sought, dated: bool, later: bool, size: int
) -> Worded:
    order = _dated if dated else _undated

    def rows(viewer: Viewer, **values: Any) -> QuerySet[Complaint]:
        found = named(viewer, filters, like.of(values))
        found = found.select_related(*SHOWN_WITH).only(*SHOWN)
        after = Cursor(values.get("after_due"), values["after_key"]) if later else None
        return order(found, after)[:size]

    # How many cases hold a word says which way is short, so each is planned anew.
    return Worded(rows, planned=not filters.text)
