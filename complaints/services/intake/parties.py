"""Who complains: the customer who is signed in, or a guest who proves nothing yet."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from complaints import batch
from complaints.models import Contact, ContactKind, Party
from complaints.services.intake.rows import know

if TYPE_CHECKING:
    from teams.models import User


def party_of_user(user: "User") -> Party:
    """The party that a signed-in customer is; made on their first complaint."""
    party = Party.objects.filter(user=user).first() or _new_party(user)
    party.user = user  # known, so nobody need ask for it
    return party


@transaction.atomic
def _new_party(user: "User") -> Party:
    """With its address or not at all: a first complaint that is sent twice at once
    must not find a customer whom no receipt can reach."""
    party, made = Party.objects.get_or_create(
        user=user,
        defaults={
            "last_name": user.last_name,
            "first_name": user.first_name,
            "email": user.email,
            "account_id": user.account_id,
            "language": user.language,
            "time_zone": user.time_zone,
        },
    )
    if made and user.email:
        add_contact(party, ContactKind.EMAIL, user.email, proof="account")
    return party


def guest_party(
    *, email: str, name: str = "", language: str = "en", **more: str
) -> Party:
    """A new party for somebody who is not signed in.

    Never an existing one: an address somebody types proves nothing, so it must not
    attach a complaint to another customer's history.
    """
    party = new_guest(email=email, name=name, language=language, **more)
    batch.add(*met(party))
    return party


def new_guest(
    *, email: str, name: str = "", language: str = "en", **more: str
) -> Party:
    """The same, kept together with the complaint that is about to be filed."""
    party = Party(email=email, last_name=name, language=language, **more)
    batch.number(party)
    value, kind = email.strip(), ContactKind.EMAIL
    found = [Contact(party=party, kind=kind, value=value)] if email else []
    know(party, {"contacts": found})
    return party


def met(party: Party) -> list[Any]:
    """The rows of somebody who was just met; none of a customer we knew."""
    known = getattr(party, "_prefetched_objects_cache", {})
    return [party, *known.get("contacts", ())]


def add_contact(party: Party, kind: str, value: str, *, proof: str = "") -> Contact:
    """An address of a party; ``proof`` says how we know that it is theirs."""
    proved_at = timezone.now() if proof else None
    contact, _made = Contact.objects.get_or_create(
        party=party,
        kind=kind,
        value=value.strip(),
        defaults={"proof": proof, "proved_at": proved_at},
    )
    return contact
