"""The bytes, stored before anybody looks at them; once, however often they come."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from functools import cache

from django.db import connection
from django.utils import timezone

from complaints.channels.work import Way
from complaints.models import RawMessage

logger = logging.getLogger(__name__)


def stored(
    raw: bytes, way: Way, account: str, received_at: datetime | None, key: str
) -> RawMessage:
    """The row of these bytes, made now or known before."""
    now = timezone.now()
    key = key or _key(raw, way)
    names = {"provider": way.provider, "account": account, "external_id": key}
    row = RawMessage(
        **names,
        raw=raw,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        received_at=min(received_at or now, now),
        stored_at=now,
        decided_at=now,
    )
    if _is_new(row):
        return row
    return RawMessage.objects.defer("raw").get(**names)


def _is_new(row: RawMessage) -> bool:
    """Save it unless it is there: one statement, and so a transaction of its own."""
    fields = [each for each in row._meta.concrete_fields if not each.primary_key]
    values = [
        each.get_db_prep_save(getattr(row, each.attname), connection) for each in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(), values)
        made = cursor.fetchone()
    if made:
        row.pk, row._state.adding, row._state.db = made[0], False, connection.alias
    return bool(made)


@cache
def _insertion() -> str:
    meta = RawMessage._meta
    names = [str(each.column) for each in meta.concrete_fields if not each.primary_key]
    return (
        f"INSERT INTO {meta.db_table} ({', '.join(names)})"  # noqa: S608
        f" VALUES ({', '.join(['%s'] * len(names))}) ON CONFLICT DO NOTHING"
        " RETURNING id"
    )


def _key(raw: bytes, way: Way) -> str:
    try:
        return way.external_id(raw)
    except Exception:
        logger.exception("A message of %s has no key.", way.provider)
        return hashlib.sha256(raw).hexdigest()
