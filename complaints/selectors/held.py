"""The hold queue: messages that wait for a person, oldest first, in keyset pages.

The order is that of the partial index ``raw_message_undecided``; no page is reached by
counting what lies before it, and the bytes of no message are read for a list.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.models import RawMessage
from complaints.selectors.queue_page import Cursor

PAGE_SIZE = 50


@dataclass(frozen=True)
class HeldPage:
    """``next_cursor`` is the ``after`` of the page that follows; None on the last."""

    rows: tuple[RawMessage, ...]
    next_cursor: str | None


def held_page(
    rows: QuerySet[RawMessage], after: str = "", provider: str = "", reason: str = ""
) -> HeldPage:
    """One page of ``rows``, of one provider and one reason if named; one query.

    Raises ``InvalidInput`` for a cursor that never was one.
    """
    if provider:
        rows = rows.filter(provider=provider)
    if reason:
        rows = rows.filter(reason=reason)
    if after:
        rows = rows.filter(_behind(Cursor.parse(after)))
    found = rows.defer("raw", "verdicts").order_by("received_at", "pk")
    shown = tuple(found[: PAGE_SIZE + 1])
    more = len(shown) > PAGE_SIZE
    last = shown[PAGE_SIZE - 1] if more else None
    return HeldPage(
        rows=shown[:PAGE_SIZE],
        next_cursor=str(Cursor(last.received_at, last.pk)) if last else None,
    )


def held_reasons(
    rows: QuerySet[RawMessage], provider: str = ""
) -> list[tuple[str, int]]:
    """Why ``rows`` are held, each reason with how many, the most frequent first."""
    if provider:
        rows = rows.filter(provider=provider)
    counted = rows.order_by().values_list("reason").annotate(n=Count("pk"))
    return sorted(counted, key=lambda each: (-each[1], each[0]))


def _behind(place: Cursor) -> Q:
    if place.due_at is None:
        raise InvalidInput(_("There is no such page."), field="after")
    later = Q(received_at__gt=place.due_at) | Q(pk__gt=place.pk)
    return later & Q(received_at__gte=place.due_at)
