"""Who has an address: the records of a person, by proof or by what they gave."""

from django.db.models import Q

from complaints.models import Party
from complaints.models.party import ContactKind
from complaints.permissions import viewer_of
from teams.models import User


def parties_of(email: str) -> list[Party]:
    """Records of that e-mail address, whatever its case: account, form, contact."""
    address = email.strip()
    if not address:
        return []
    by_contact = Q(contacts__kind=ContactKind.EMAIL, contacts__value__iexact=address)
    known = Q(email__iexact=address) | Q(user__email__iexact=address) | by_contact
    return list(Party.objects.filter(known, erased_at=None).distinct().order_by("pk"))


def accounts_of(email: str) -> list[User]:
    """Accounts of that address which no record of a customer belongs to; never those
    of our own people or of the system."""
    address = email.strip()
    if not address:
        return []
    rows = User.objects.filter(email__iexact=address, party=None).order_by("pk")
    viewers = map(viewer_of, rows)
    return [one.user for one in viewers if not (one.is_staff or one.user.is_system)]
