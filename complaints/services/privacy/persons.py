"""Who has an address: the records of a person, by proof or by what they gave."""

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from complaints.models import Party, Representative
from complaints.models.party import ContactKind
from complaints.permissions import viewer_of
from teams.models import User


def parties_of(email: str, *, proven: bool = False) -> list[Party]:
    """Records of that e-mail address, whatever its case: account, form, contact.

    With ``proven`` those alone whose owner showed that it is theirs, by an account or
    by coming through a link that was sent there: what somebody typed may be a slip.
    """
    address = email.strip()
    if not address:
        return []
    by_contact = Q(contacts__kind=ContactKind.EMAIL, contacts__value__iexact=address)
    if proven:
        by_contact &= Q(contacts__proved_at__isnull=False)
    known = Q(user__email__iexact=address) | by_contact
    if not proven:
        known |= Q(email__iexact=address)
    return list(Party.objects.filter(known, erased_at=None).distinct().order_by("pk"))


def spoken_by(email: str, *, proven: bool = False) -> list[Representative]:
    """Where that address speaks for somebody else: by account, or as it was typed."""
    address = email.strip()
    if not address:
        return []
    known = Q(user__email__iexact=address)
    if not proven:
        known |= Q(email__iexact=address)
    rows = Representative.objects.filter(known, complaint__erased_at=None)
    return list(rows.select_related("complaint", "user").order_by("pk"))


def talks_of(email: str) -> "QuerySet[Any]":
    """Conversations of a guest who typed that address, of which no complaint came."""
    chats = apps.get_model("chat", "Conversation")._base_manager
    rows = chats.filter(user=None, complaint=None).exclude(email="")
    return rows.filter(email__iexact=email.strip()).order_by("pk")


def accounts_of(email: str) -> list[User]:
    """Accounts of that address which no record of a customer belongs to; never those
    of our own people or of the system."""
    address = email.strip()
    if not address:
        return []
    rows = User.objects.filter(email__iexact=address, party=None).order_by("pk")
    viewers = map(viewer_of, rows)
    return [one.user for one in viewers if not (one.is_staff or one.user.is_system)]
