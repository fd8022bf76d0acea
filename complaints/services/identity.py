"""Two customer records that are one person: proven, joined, and parted again.

Nobody is taken for somebody else by likeness. Two records are one person where both
have proved the same address, or where an account on a platform that the one was made
for is linked to the other by a code. Joining hands complaints and addresses over and
deletes nothing; undoing hands exactly these back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import (
    LINK_ENDED,
    CareMarker,
    Complaint,
    Contact,
    ContactKind,
    MergeBasis,
    Party,
    PartyMerge,
)
from complaints.permissions import Viewer, as_viewer
from complaints.states import FINAL_STATES
from teams.roles import Perm
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User

logger = logging.getLogger(__name__)

REASON_LIMIT = 2_000
OTHERS_LOOKED_AT = 50
"""Records that share one address; more of them prove nothing to a person."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Why two records are one person: the ``contact`` of the one that proves it."""

    basis: MergeBasis
    contact: Contact


@dataclass(frozen=True, slots=True)
class Plan:
    """What joining two records would do, as far as its reader may know it."""

    absorbed: Party
    survivor: Party
    proof: Proof
    complaints: list[Complaint]
    contacts: list[Contact]


def may_merge(viewer: Viewer) -> bool:
    """The lead of support and the compliance officer: who may refuse a complaint may
    say whose it is."""
    return viewer.holds(Perm.REFUSE)


# Proof --------------------------------------------------------------------------------


def proof_between(one: Party, other: Party) -> Proof | None:
    """What proves that both records are one person, None where nothing does."""
    theirs = {_named(row): row for row in _alive(other)}
    for mine in _alive(one):
        twin = theirs.get(_named(mine))
        if twin is None:
            continue
        if mine.proved_at and twin.proved_at:
            return Proof(MergeBasis.ADDRESS, mine)
        if linked := next((row for row in (mine, twin) if _is_linked(row)), None):
            return Proof(MergeBasis.CODE, linked)
    return None


def _alive(party: Party) -> Iterable[Contact]:
    rows = Contact.objects.filter(party=party, party__erased_at=None)
    return rows.exclude(proved_at=None, proof=LINK_ENDED).order_by("pk")


def _named(row: Contact) -> tuple[str, str, str]:
    return (row.kind, row.provider, row.value.lower())


def _is_linked(row: Contact) -> bool:
    """The platform vouches for the account, the code for whose it is."""
    return row.kind == ContactKind.HANDLE and row.proved_at is not None


def others_of(party: Party) -> list[Party]:
    """The records that are proven to be the same person as ``party``."""
    found: set[int] = set()
    for row in _alive(party):
        twins = Contact.objects.called(row.value).exclude(party=party)
        twins = twins.filter(kind=row.kind, provider=row.provider)
        found.update(twins.values_list("party_id", flat=True)[:OTHERS_LOOKED_AT])
    others = Party.objects.filter(pk__in=found, erased_at=None).order_by("pk")
    return [other for other in others if proof_between(party, other)]


# Joining ------------------------------------------------------------------------------


def plan(*, one: Party, other: Party, actor: User | Viewer) -> Plan:
    """What ``merge`` would do. Raises like it, and writes nothing."""
    viewer = as_viewer(actor)
    absorbed, survivor = _direction(one, other)
    _ask(viewer, absorbed, survivor)
    proof = _checked(absorbed, survivor)
    seen = Complaint.objects.status_visible_to(viewer).filter(customer=absorbed)
    contacts = list(Contact.objects.filter(pk__in=_movable(absorbed, survivor)))
    return Plan(absorbed, survivor, proof, list(seen), contacts)


@transaction.atomic
def merge(
    *,
    one: Party,
    other: Party,
    reason: str,
    actor: User | Viewer,
    now: datetime | None = None,
) -> PartyMerge:
    """Join two records of one person; ``reason`` are the actor's words.

    The record with an account here survives, else the one with an address, else the
    older. Raises ``NotPermitted``, ``NotVisible``, ``InvalidInput`` ("reason",
    "not_proven", "two_accounts", "own_case"), or ``IllegalMove`` for erased ones and
    where nothing is left to hand over.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    absorbed, survivor = _direction(one, other)
    _ask(viewer, absorbed, survivor)
    proof = _checked(absorbed, survivor)
    return _join(absorbed, survivor, proof, viewer, moment, _words(reason))


@transaction.atomic
def adopt(
    *, customer: Party, provider: str, handle: str, now: datetime | None = None
) -> list[PartyMerge]:
    """Give ``customer`` what the account filed as a customer of its own, once a code
    has linked it. What they handle themselves as staff stays where it is.
    """
    viewer = Viewer(user=system_actor(f"channel:{provider}"))
    owners = Contact.objects.account(provider, handle).values("party")
    rows = Party.objects.filter(pk__in=owners).exclude(pk=customer.pk)
    guests = rows.filter(user=None, erased_at=None)
    made = []
    for guest in guests.order_by("pk"):
        proof = proof_between(customer, guest)
        brings = guest.complaints.exists() and not _handles_own(guest, customer)
        if proof is not None and brings:
            moment = now or timezone.now()
            made.append(_join(guest, customer, proof, viewer, moment, ""))
    return made


def _direction(one: Party, other: Party) -> tuple[Party, Party]:
    """Who is absorbed by whom: an account, then an address, then age survives."""

    def rank(party: Party) -> tuple[bool, bool, int]:
        return (party.user_id is None, not party.email, party.pk)

    survivor, absorbed = sorted((one, other), key=rank)
    return absorbed, survivor


def _ask(viewer: Viewer, *parties: Party) -> None:
    """Nobody joins records of their own, or learns of one they may not hear of."""
    own = {party.user_id for party in parties} & {viewer.user.pk}
    if not may_merge(viewer) or own:
        raise NotPermitted
    for party in parties:
        seen = Complaint.objects.status_visible_to(viewer).filter(customer=party)
        # In one look: between two the cases may be handed over by somebody else.
        found = Complaint.objects.filter(customer=party).aggregate(
            cases=Count("pk"), seen=Count("pk", filter=Q(pk__in=seen.values("pk")))
        )
        if found["cases"] and not found["seen"]:
            raise NotVisible


def _checked(absorbed: Party, survivor: Party) -> Proof:
    if absorbed.pk == survivor.pk or absorbed.erased_at or survivor.erased_at:
        raise IllegalMove
    if absorbed.user_id is not None:
        words = _("Both can sign in. One of the accounts has to be closed first.")
        raise InvalidInput(words, code="two_accounts")
    proof = proof_between(absorbed, survivor)
    if proof is None:
        words = _("Nothing proves that these two are one person.")
        raise InvalidInput(words, code="not_proven")
    if _handles_own(absorbed, survivor):
        words = _("Nobody handles their own complaint.")
        raise InvalidInput(words, code="own_case")
    return proof


def _handles_own(absorbed: Party, survivor: Party) -> bool:
    """Whether the survivor is one of our people, at work on a case that would be
    theirs."""
    if survivor.user_id is None:
        return False
    cases = Complaint.objects.filter(customer=absorbed, handler_id=survivor.user_id)
    return cases.exclude(state__in=FINAL_STATES).exists()


def _words(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput(_("Say why."), field="reason", code="reason")
    if len(reason) > REASON_LIMIT:
        words = _("This is longer than we can keep (2,000 characters).")
        raise InvalidInput(words, field="reason", code="too_long")
    return reason.strip()


def _movable(absorbed: Party, survivor: Party) -> list[int]:
    """Addresses that the survivor does not have already; twins stay where they are."""
    kept = {_named(row) for row in Contact.objects.filter(party=survivor)}
    mine = Contact.objects.filter(party=absorbed).order_by("pk")
    return [row.pk for row in mine if _named(row) not in kept]


def _join(
    absorbed: Party,
    survivor: Party,
    proof: Proof,
    viewer: Viewer,
    now: datetime,
    reason: str,
) -> PartyMerge:
    """Take hold of both records, write the events, hand the rows over."""
    _hold(absorbed, survivor)
    cases = Complaint.objects.filter(customer=absorbed).order_by("pk")
    moved = {
        "complaints": list(cases.values_list("pk", flat=True)),
        "contacts": _movable(absorbed, survivor),
    }
    if markers := [row.pk for row in absorbed.care_markers.all()]:
        moved["care_markers"] = markers
    if not any(moved.values()):
        # Somebody else was first.
        raise IllegalMove
    row = PartyMerge.objects.create(
        absorbed=absorbed,
        survivor=survivor,
        basis=proof.basis,
        link=proof.contact if proof.basis == MergeBasis.CODE else None,
        reason=reason,
        moved=moved,
        made_by=viewer.user,
        made_at=now,
    )
    _record(row, "customers_merged", viewer, now, reason)
    _hand_over(row, absorbed, survivor)
    return row


def _hold(*parties: Party) -> None:
    """Meanwhile nobody files as one of them: a new case locks its customer's row."""
    keys = [party.pk for party in parties]
    rows = Party.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    if len(list(rows.values_list("pk", flat=True))) != len(set(keys)):
        raise IllegalMove


def _hand_over(row: PartyMerge, source: Party, target: Party) -> None:
    """All of the rows or none: one that is elsewhere by now has gone on since.

    A care marker may have been lifted meanwhile; what is left of them goes along.
    """
    markers = CareMarker.objects.filter(pk__in=row.moved.get("care_markers", ()))
    markers.filter(party=source).update(party=target)
    for model, column, name in (
        (Complaint, "customer", "complaints"),
        (Contact, "party", "contacts"),
    ):
        keys = row.moved[name]
        rows = model._default_manager.filter(pk__in=keys, **{column: source})
        if rows.update(**{column: target}) != len(keys):
            raise IllegalMove


def _record(
    row: PartyMerge, what: str, viewer: Viewer, now: datetime, reason: str
) -> None:
    """On the ledger of the day with the reason, and of each case without it."""
    payload: dict[str, Any] = {
        "merge": row.pk,
        "absorbed": row.absorbed_id,
        "survivor": row.survivor_id,
        "basis": row.basis,
    }
    texts = {"reason": reason} if reason else {}
    entry = ledger.Entry(what, viewer, now, payload, texts)
    ledger.append_of_day(entry)
    cases = [f"complaint:{pk}" for pk in row.moved["complaints"]]
    if cases:
        same = ledger.Entry(what, viewer, now, payload)
        ledger.append_each({name: [same] for name in cases})


# Parting ------------------------------------------------------------------------------


@transaction.atomic
def undo(
    *,
    merge: PartyMerge,
    reason: str,
    actor: User | Viewer,
    now: datetime | None = None,
) -> None:
    """Hand back what ``merge`` handed over; a link by code ends with it.

    What was filed or proven since stays with the survivor. Raises ``NotPermitted``,
    ``NotVisible``, ``InvalidInput`` ("reason"), or ``IllegalMove`` where it is undone
    already or its rows have gone on to another record since.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask(viewer, merge.survivor)
    words = _words(reason)
    _part(merge, viewer, moment, words)
    merge.refresh_from_db()


@transaction.atomic
def give_back(*, contact: Contact, now: datetime | None = None) -> None:
    """What came along with this account by code goes back to it, as far as nobody
    took it further; the account itself asks for that."""
    viewer = Viewer(user=system_actor(f"channel:{contact.provider}"))
    for row in PartyMerge.objects.filter(link=contact, undone_at=None):
        try:
            with transaction.atomic():
                _part(row, viewer, now or timezone.now(), "")
        except IllegalMove:
            logger.warning("Merger %s has gone on and stays.", row.pk)


def _part(merge: PartyMerge, viewer: Viewer, now: datetime, words: str) -> None:
    _hold(merge.absorbed, merge.survivor)
    mine = PartyMerge.objects.filter(pk=merge.pk, undone_at=None)
    changes = {"undone_by": viewer.user, "undone_at": now, "undo_reason": words}
    if not mine.update(**changes):
        raise IllegalMove
    _record(merge, "customers_parted", viewer, now, words)
    _hand_over(merge, merge.survivor, merge.absorbed)
    if merge.link_id is not None:
        Contact.objects.filter(pk=merge.link_id).update(
            proved_at=None, proof=LINK_ENDED
        )


def merges_of(party: Party) -> list[PartyMerge]:
    """Every merger this record took part in, the newest first."""
    rows = PartyMerge.objects.filter(Q(absorbed=party) | Q(survivor=party))
    return list(rows.select_related("absorbed", "survivor", "made_by", "undone_by"))
