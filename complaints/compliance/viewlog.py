"""Where looks at figures are noted by a role that may insert, and nothing else.

With ``VIEW_LOG_DATABASE_URL`` the pages put a row here by a connection of its own: the
role behind it can neither read, change nor take back what it wrote. A task carries the
rows to the ledger by the ordinary role, in the order in which they came, and takes them
out in the same transaction.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from complaints import ledger
from complaints.compliance.models import ViewNote
from complaints.permissions import Viewer, viewer_of
from complaints.request_id import request_id

WHAT = "figures_viewed"
MOST = 500
"""Carried in one transaction."""


def is_apart() -> bool:
    """Whether there is a role of its own; else looks go straight to the ledger."""
    return settings.VIEW_LOG_DATABASE != "default"


def put(viewer: Viewer, now: datetime, facts: Mapping[str, Any]) -> None:
    """Insert one row, and ask nothing back: RETURNING would need the right to read."""
    said = json.dumps({name: ledger.plain(value) for name, value in facts.items()})
    with connections[settings.VIEW_LOG_DATABASE].cursor() as cursor:
        cursor.execute(
            "INSERT INTO compliance_viewnote (at, user_id, facts, request_id)"
            " VALUES (%s, %s, %s, %s)",
            [now, viewer.user.pk, said, request_id.get()],
        )


def carry() -> int:
    """Write everything that waits on the ledger; how many rows."""
    carried = 0
    while some := _carry_some():
        carried += some
    return carried


@transaction.atomic
def _carry_some() -> int:
    rows = list(
        ViewNote.objects.select_for_update(of=("self",))
        .select_related("user")
        .order_by("pk")[:MOST]
    )
    for row in rows:
        _append(row)
    ViewNote.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _append(row: ViewNote) -> None:
    """As it would have been written by the page itself."""
    token = request_id.set(row.request_id)
    try:
        viewer = viewer_of(row.user)
        ledger.append_of_day(ledger.Entry(WHAT, viewer, row.at, row.facts))
    finally:
        request_id.reset(token)
