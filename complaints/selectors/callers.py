"""Who calls: looked up by what they say of themselves, as far as the desk may know.

The answer is the same for what is not there and for what the asker may not see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Lower

from complaints.models import Complaint, Contact, Party
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from teams.models import User
from teams.models.user import UserKind
from teams.roles import Perm

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_ACCOUNTS = 3
MOST_CASES = 8
_NUMBER = re.compile(r"\+?[0-9]{7,15}")
_GAPS = re.compile(r"[\s().\-/\u00a0]+")


@dataclass(frozen=True)
class Found:
    """Accounts that may be named for the caller, and cases of theirs, newest first."""

    accounts: tuple[User, ...] = ()
    cases: tuple[Complaint, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.accounts or self.cases)


def number_of(text: str) -> str:
    """A telephone number without gaps, ``+`` instead of ``00``; empty for no number."""
    plain = _GAPS.sub("", text)
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    return plain if plain.isascii() and _NUMBER.fullmatch(plain) else ""


def look_up(text: str, viewer: Viewer) -> Found:
    """By reference, account ID, e-mail address or telephone number, always whole."""
    wanted = text.strip()[:254]
    if not wanted:
        return Found()
    rows = Complaint.objects.status_visible_to(viewer).select_related("customer")
    reference = normalise(wanted)
    if reference is not None and (case := rows.filter(reference=reference).first()):
        return Found(cases=(case,))
    parties = _parties(wanted)
    cases = rows.filter(customer__in=parties).prefetch_related("clocks")
    return Found(_accounts(wanted, viewer), tuple(cases.order_by("-pk")[:MOST_CASES]))


def _parties(wanted: str) -> QuerySet[Party]:
    """Customers who gave this, proven or not; only cases that are seen come of it."""
    values = {wanted.lower(), number_of(wanted)} - {""}
    told = Contact.objects.alias(plain=Lower("value")).filter(plain__in=values)
    known = Q(account_id=wanted) | Q(pk__in=told.values("party_id"))
    return Party.objects.filter(known, erased_at=None)


def _accounts(wanted: str, viewer: Viewer) -> tuple[User, ...]:
    """Accounts of customers; only support deals with every customer."""
    if not viewer.holds(Perm.VIEW_STATUS):
        return ()
    parties = _parties(wanted).exclude(user=None)
    named = Q(account_id=wanted) | Q(party__in=parties) | Q(email__iexact=wanted)
    rows = User.objects.filter(named, kind=UserKind.CUSTOMER, is_active=True)
    rows = rows.exclude(pk=viewer.user.pk).exclude(party__in=viewer.own)
    return tuple(rows.order_by("pk").distinct()[:MOST_ACCOUNTS])
