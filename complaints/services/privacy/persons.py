"""Who has an address: the records of a person, by proof or by what they gave."""

from django.db.models import Q

from complaints.models import Party
from complaints.models.party import ContactKind


def parties_of(email: str) -> list[Party]:
    """Records of that e-mail address, whatever its case: account, form, contact."""
    address = email.strip()
    if not address:
        return []
    by_contact = Q(contacts__kind=ContactKind.EMAIL, contacts__value__iexact=address)
    known = Q(email__iexact=address) | Q(user__email__iexact=address) | by_contact
    return list(Party.objects.filter(known, erased_at=None).distinct().order_by("pk"))
