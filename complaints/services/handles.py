"""Accounts on other platforms: whose they are, and how that is proven.

A platform vouches that two messages come from one account of its own; it never says
which customer of ours that is. So an account we do not know is a customer of its own,
who reads status words. It becomes one with a customer only by a code that was made
while signed in; what it filed before goes to that customer (``identity.adopt``).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.models import LINK_ENDED, Contact, ContactKind, LinkCode, Party
from complaints.services import identity, intake
from complaints.states import Channel

if TYPE_CHECKING:
    from teams.models import User

CODE_LIVES = timedelta(minutes=15)
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look alike: 0 O, 1 I L."""
CODE_LENGTH = 10
"""Of 31 signs: 49 bits, guessed at through a platform that lets few messages pass."""
BY_CODE = "code:"
"""Begins ``Contact.proof`` of an account that a code linked."""

ENDED = {"proved_at": None, "proof": LINK_ENDED}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who an account on a platform is to us; ``proven`` where a code linked it."""

    party: Party
    proven: bool


def speaker_of(provider: str, handle: str) -> Speaker | None:
    """Whom the account is linked to, else the customer it was made for, else None.

    Whoever it was linked to before is nobody to it any more.
    """
    rows = Contact.objects.account(provider, handle)
    alive = rows.filter(party__erased_at=None).select_related("party")
    alive = alive.exclude(proved_at=None, proof=LINK_ENDED)
    contact = (
        alive.filter(proved_at__isnull=False).order_by("-proved_at").first()
        or alive.order_by("-pk").first()
    )
    if contact is None:
        return None
    return Speaker(contact.party, contact.proved_at is not None)


def guest_of(
    provider: str,
    handle: str,
    *,
    name: str = "",
    language: str = "en",
    kind: str = ContactKind.HANDLE,
) -> Speaker:
    """The customer behind an account, made at its first message.

    ``handle`` is the platform's own lasting number or name of the account; for a
    phone (``kind``) its number as in E.164.
    """
    known = speaker_of(provider, handle)
    if known is not None:
        return known
    party = intake.guest_party(email="", name=name[:200], language=language)
    Contact.objects.create(party=party, kind=kind, provider=provider, value=handle)
    return Speaker(party, proven=False)


def in_turn(provider: str, handle: str) -> None:
    """Wait until nothing else that the account said is being decided; in a transaction.

    Who writes two messages in one second is one customer with one matter: each of two
    processes would find nobody yet. SQLite has one writer anyway.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"account:{provider}:{handle}"],
        )


def caller(number: str, *, name: str = "", language: str = "en") -> Party:
    """A new customer for a number that is shown: it is easily forged, so a call never
    joins the history of whoever called from that number before."""
    party = intake.guest_party(email="", name=name[:200], language=language)
    if number:
        keep_number(party, number)
    return party


def keep_number(party: Party, number: str) -> Contact:
    """A telephone number of a customer, unproven; where we write to, one that is set
    up for messages."""
    provider = Channel.PHONE if settings.TWILIO_ACCOUNT_SID else ""
    contact, _made = Contact.objects.get_or_create(
        party=party, kind=ContactKind.PHONE, provider=provider, value=number
    )
    return contact


# Linking ------------------------------------------------------------------------------


def issue_code(*, user: User, now: datetime | None = None) -> str:
    """A fresh code for ``user``, good for 15 minutes; those before it are void."""
    moment, party = now or timezone.now(), intake.party_of_user(user)
    code = "".join(secrets.choice(CODE_SIGNS) for _place in range(CODE_LENGTH))
    with transaction.atomic():
        LinkCode.objects.filter(party=party, used_at=None).delete()
        LinkCode.objects.create(
            party=party,
            code_hash=_hash(code),
            made_at=moment,
            expires_at=moment + CODE_LIVES,
        )
    return code


@transaction.atomic
def redeem(
    *, provider: str, handle: str, code: str, now: datetime | None = None
) -> Party:
    """Link the account to the customer who made ``code``; once.

    What the account filed as a customer of its own becomes theirs. Raises
    ``InvalidInput`` ("unknown_code") for a code that is wrong, used or late.
    """
    moment = now or timezone.now()
    mine = LinkCode.objects.filter(
        code_hash=_hash(code), used_at=None, expires_at__gt=moment
    )
    row = mine.select_related("party").first()
    if row is None or not mine.update(used_at=moment):
        words = _("This code is wrong, used or too old. Make a new one.")
        raise InvalidInput(words, field="code", code="unknown_code")
    _link(row.party, provider, handle, moment)
    identity.adopt(customer=row.party, provider=provider, handle=handle, now=moment)
    return row.party


def _link(party: Party, provider: str, handle: str, now: datetime) -> None:
    """An account speaks for one customer at a time: an earlier link ends.

    An ended link is no unproven one: an account that was linked once must not pass for
    its former customer ever after. Guests keep theirs, it is all they are.
    """
    proof = {"proved_at": now, "proof": f"{BY_CODE}{provider}"}
    others = Contact.objects.account(provider, handle)
    linked = others.exclude(party=party).filter(proved_at__isnull=False)
    linked.update(**ENDED)
    Contact.objects.update_or_create(
        party=party,
        kind=ContactKind.HANDLE,
        provider=provider,
        value=handle,
        defaults=proof,
    )


def linked(*, user: User) -> list[Contact]:
    """The accounts on platforms that speak for ``user``, oldest first."""
    return list(_linked(user).order_by("proved_at", "pk"))


def unlink(*, user: User, contact: int) -> bool:
    """End the link of one of the user's own accounts; False where there is none.

    The account is a customer of its own again; complaints stay whose they are.
    """
    return bool(_linked(user).filter(pk=contact).update(**ENDED))


def _linked(user: User) -> QuerySet[Contact]:
    """Linked by a code; a chat or the board of ours is theirs by signing in."""
    return Contact.objects.filter(
        party__user=user,
        kind=ContactKind.HANDLE,
        proved_at__isnull=False,
        proof__startswith=BY_CODE,
    )


@transaction.atomic
def release(*, provider: str, handle: str) -> bool:
    """The same, asked for from the account itself: what it had brought along is its own
    again. Whoever was talked into sending somebody else's code undoes it so."""
    rows = Contact.objects.account(provider, handle).filter(proved_at__isnull=False)
    linked = list(rows)
    for contact in linked:
        identity.give_back(contact=contact)
    rows.update(**ENDED)
    return bool(linked)


def speaks_for(provider: str, handle: str) -> frozenset[int]:
    """Keys of the customers whose cases this account may hear and add to.

    The one it is linked to, and the guest that it was before or whom a merger made of
    that guest: the platform vouches that all are one account.
    """
    rows = Contact.objects.account(provider, handle).filter(party__erased_at=None)
    merged = Q(kind=ContactKind.HANDLE) & ~Q(proof=LINK_ENDED)
    allowed = rows.filter(Q(proved_at__isnull=False) | Q(party__user=None) | merged)
    return frozenset(allowed.values_list("party_id", flat=True))


def _hash(code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign in CODE_SIGNS)
    return hashlib.sha256(f"link:{plain}".encode()).hexdigest()
