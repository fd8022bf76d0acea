"""What the address asks for: a period, and for the list a few closed filters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict

from complaints.compliance.days import Days

PERIOD = ("from", "to")
DEFAULT_DAYS = 90
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Asked(Days):
    """A period, and other filters."""

    others: Mapping[str, str] = field(default_factory=dict)

    def query(self, **others: str) -> str:
        """The same period with other filters, for a link."""
        period = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return urlencode({**period, **others})


def read_query(query: QueryDict, now: datetime, allowed: Collection[str] = ()) -> Asked:
    """What ``query`` asks for; the last 90 days where it names no period.

    Raises ``BadRequest`` for any other key, a key given twice, or days that are none:
    so no key reaches a column that is not meant to be asked about.
    """
    if set(query) - {*PERIOD, *allowed}:
        raise BadRequest("unknown filter")
    if any(len(query.getlist(key)) > 1 for key in query):
        raise BadRequest("a filter given twice")
    last = _day(query.get("to", "")) or now.astimezone(UTC).date()
    begun = last - timedelta(days=DEFAULT_DAYS - 1)
    first = _day(query.get("from", "")) or begun
    if first > last:
        raise BadRequest("a period that ends before it begins")
    others = {key: str(query[key]) for key in allowed if query.get(key)}
    return Asked(first, last, others)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("no such day") from error
    if not EARLIEST <= day <= LATEST:
        raise BadRequest("too far away")
    return day
