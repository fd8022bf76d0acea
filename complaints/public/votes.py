"""Whether an article helped: one vote a visitor, who may change their mind."""

import hashlib
import secrets
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from complaints.public.models import Document, Vote

SESSION_KEY = "voter"


def voter_of(session: MutableMapping[str, Any]) -> str:
    """A number for this visitor, kept in their session; the table has its hash."""
    number = session.get(SESSION_KEY)
    if not isinstance(number, str):
        number = session[SESSION_KEY] = secrets.token_urlsafe(16)
    return hashlib.sha256(f"vote:{number}".encode()).hexdigest()


def vote(
    *, document: Document, voter: str, helpful: bool, now: datetime | None = None
) -> None:
    """Keep the vote of this visitor, in place of the one they gave before."""
    Vote.objects.update_or_create(
        document=document,
        voter=voter,
        defaults={"helpful": helpful, "at": now or timezone.now()},
    )


def given(document: Document, session: MutableMapping[str, Any]) -> bool | None:
    """What this visitor said of it, None for nothing; no session is made for it."""
    if SESSION_KEY not in session:
        return None
    mine = Vote.objects.filter(document=document, voter=voter_of(session))
    return mine.values_list("helpful", flat=True).first()


def counted(document: Document) -> tuple[int, int]:
    """How many said yes, and how many no."""
    both = document.votes.aggregate(
        yes=Count("pk", filter=Q(helpful=True)), no=Count("pk", filter=Q(helpful=False))
    )
    return both["yes"], both["no"]
