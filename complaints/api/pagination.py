"""Pages by key: each starts after the last row seen, so every page costs the same."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from complaints.models import Complaint
from complaints.moments import read_moment

if TYPE_CHECKING:
    from complaints.models.complaint import ComplaintQuerySet

SIZE = 25
LARGEST = 100


@dataclass(frozen=True)
class Page:
    """Some rows, newest first, and the cursor of the next ones ("" at the end)."""

    rows: list[Complaint]
    cursor: str

    def next_url(self, path: str, query: Mapping[str, str]) -> str | None:
        if not self.cursor:
            return None
        return f"{path}?{urlencode({**query, 'cursor': self.cursor})}"


def page_of(rows: "ComplaintQuerySet", query: Mapping[str, str]) -> Page:
    """The page of ``rows`` that ``cursor`` and ``limit`` ask for.

    One query, whatever the page. Raises ``ValidationError`` for a broken cursor.
    """
    size = _size(query.get("limit", ""))
    ordered = rows.order_by("-received_at", "-pk")
    if query.get("cursor"):
        at, pk = _read(query["cursor"])
        ordered = ordered.filter(
            Q(received_at__lte=at), Q(received_at__lt=at) | Q(pk__lt=pk)
        )
    found = list(ordered[: size + 1])
    more = len(found) > size
    return Page(found[:size], _cursor(found[size - 1]) if more else "")


def _size(text: str) -> int:
    if not text:
        return SIZE
    plain = text.isascii() and text.isdecimal() and len(text) <= 3
    if not plain or not 1 <= int(text) <= LARGEST:
        raise _wrong("limit", _("Enter a number from 1 to 100."))
    return int(text)


def _cursor(row: Complaint) -> str:
    mark = f"{row.received_at.isoformat()}~{row.pk}"
    return base64.urlsafe_b64encode(mark.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        raw = base64.urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode())
        moment, _tilde, pk = raw.decode("ascii").partition("~")
        at = read_moment(moment)
    except (ValueError, binascii.Error):
        at, pk = None, ""
    if at is None or not pk.isdecimal() or len(pk) > 18:
        raise _wrong("cursor", _("This cursor is none of ours."))
    return at, int(pk)


def _wrong(name: str, words: str) -> ValidationError:
    return ValidationError({name: [words]}, code=f"bad_{name}")


def known_query(params: Any, allowed: tuple[str, ...]) -> dict[str, str]:
    """The query as given once each. Raises ``ValidationError`` for any other key.

    So no key can ever reach a column that is not meant to be asked about.
    """
    unknown = [key for key in params if key not in allowed]
    if unknown:
        line = [_("There is no such parameter.")]
        raise ValidationError(dict.fromkeys(unknown, line), code="unknown_parameter")
    return {key: params[key] for key in params}
