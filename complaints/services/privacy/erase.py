"""The end of a case's words, and of a person: what may go goes, the rest is restricted.

GDPR Art 17 and 18: what the law has us keep is kept with its reason, and nothing else
is done with it; the rest goes at once, what is kept goes when its time is over.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, profiles
from complaints.models import Complaint, EventText, Party, SavedView
from complaints.permissions import Viewer, viewer_of
from complaints.services.privacy.emptying import empty
from complaints.services.privacy.persons import (
    accounts_of,
    parties_of,
    spoken_by,
    talks_of,
)
from complaints.services.privacy.places import (
    NEVER_NEEDED,
    OF_ACCOUNT,
    OF_CASE,
    OF_GUEST,
    OF_PARTY,
)
from complaints.services.privacy.retention import why_kept
from complaints.services.tags import drop_tags
from complaints.states import FINAL_STATES
from complaints.transitions import Words
from teams.models import User
from teams.sessions import end_sessions
from teams.system import system_actor

logger = logging.getLogger(__name__)

TOGETHER = 200
SHORTEST_WORD = 4
"""Shorter words stand in too many names to be looked for."""
_WITH_CASE = _("It goes with the case, when its time is over (GDPR Art 17(3)(e)).")
SHORTEST_YEARS = min(profile.retention.years for profile in profiles.PROFILES)


@dataclass(frozen=True)
class Kept:
    """A case that stays, and why; the reason is in the language in force."""

    reference: str
    why: Words


@dataclass(frozen=True)
class Erased:
    """What came of a request. ``person`` where nothing of them is left."""

    cases: list[str]
    kept: list[Kept]
    person: bool


def erase_person(email: str, *, now: datetime | None = None) -> Erased:
    """Erase whoever has that address, as the law allows. Nobody: ``LookupError``.

    Each record is one transaction, so a request that was broken off is asked again.
    """
    at, address = now or timezone.now(), email.strip()
    words = _words_of(address)
    found = [_erase(party, at) for party in parties_of(address)]
    found += _speaker(address, at)
    needed = {row.user_id for row in spoken_by(address)}
    unneeded = [user for user in accounts_of(address) if user.pk not in needed]
    closed = [_erase_account(user, at) for user in unneeded]
    talked = _forget_talks(address, at)
    if not (_forget_subscriber(address) or found or closed or talked):
        raise LookupError(email)
    _forget_views(words)
    return Erased(
        cases=[name for one in found for name in one.cases],
        kept=[kept for one in found for kept in one.kept],
        person=all(one.person for one in found),
    )


@transaction.atomic
def _erase(party: Party, now: datetime) -> Erased:
    party = Party.objects.select_for_update().get(pk=party.pk)
    gone, kept = [], []
    # Held, so that no legal hold comes between the question and its answer.
    rows = party.complaints.select_for_update(of=("self",)).filter(erased_at=None)
    for case in rows.order_by("pk"):
        if why := why_kept(case, now):
            kept.append(Kept(case.reference, why))
        else:
            erase_case(case, now)
            gone.append(case.reference)
    if party.user_id:
        empty(NEVER_NEEDED, [party.user_id])
    if kept:
        _restrict(party, now)
    elif party.erased_at is None:
        _erase_party(party, now)
    facts = {"party": party.pk, "erased": gone, "kept": [one.reference for one in kept]}
    _note("person_erased", facts, now)
    return Erased(gone, kept, not kept)


@transaction.atomic
def _erase_account(user: User, now: datetime) -> None:
    """Of somebody who signed up, talked perhaps, and never complained."""
    empty(NEVER_NEEDED, [user.pk])
    _close_account(user)
    _note("person_erased", {"account": user.pk, "erased": [], "kept": []}, now)


def _restrict(party: Party, now: datetime) -> None:
    if party.restricted_at is None:
        party.restricted_at = now
        party.save(update_fields=["restricted_at"])


def erase_case(case: Complaint, now: datetime) -> None:
    """Empty every word and file of it; the ledger stays whole. In a transaction."""
    empty(OF_CASE, [case.pk])
    drop_tags(case)
    texts = EventText.objects.filter(event__stream=case.stream)
    texts.update(text="", salt="")
    Complaint.objects.filter(pk=case.pk).update(erased_at=now)
    entry = ledger.Entry("texts_erased", _system(), now)
    ledger.append(case.stream, entry)


def _erase_party(party: Party, now: datetime) -> None:
    user = party.user
    empty(OF_PARTY, [party.pk])
    Party.objects.filter(pk=party.pk).update(erased_at=now, restricted_at=None)
    if user is not None and not viewer_of(user).is_staff:
        _close_account(user)


def _close_account(user: User) -> None:
    end_sessions(user)
    empty(OF_ACCOUNT, [user.pk])
    members = apps.get_model("forum", "Member")._base_manager.filter(user=user)
    name = f"erased-{user.pk}"
    members.update(handle=name, nickname=name, nickname_key=name)
    user.username, user.is_active = name, False
    user.first_name = user.last_name = user.email = user.account_id = ""
    user.account_tier = ""
    user.set_unusable_password()
    user.save()


def _speaker(address: str, now: datetime) -> list[Erased]:
    """Whoever speaks for somebody else is kept with the case, for as long as that is:
    who may act for whom is part of it. Their account stays while a case needs it."""
    rows = {row.complaint.reference: row.complaint for row in spoken_by(address)}
    kept = [
        Kept(name, why_kept(case, now) or _WITH_CASE) for name, case in rows.items()
    ]
    return [Erased([], kept, person=False)] if kept else []


def _forget_talks(address: str, now: datetime) -> int:
    """Conversations that led to no complaint: nothing asks to keep them."""
    with transaction.atomic():
        keys = list(talks_of(address).values_list("pk", flat=True))
        if keys:
            empty(OF_GUEST, keys)
            _note("talks_erased", {"conversations": keys}, now)
    return len(keys)


def _words_of(address: str) -> frozenset[str]:
    """By what colleagues may have looked for this person, in small letters."""
    words = {address}
    for party in parties_of(address):
        words |= {party.full_name, party.last_name, party.account_id, party.phone}
        words |= set(party.contacts.values_list("value", flat=True))
        words |= set(party.complaints.values_list("reference", flat=True))
        words |= set(party.complaints.values_list("identifiers__value", flat=True))
    return frozenset(w.lower() for w in words if w and len(w) >= SHORTEST_WORD)


def _forget_views(words: frozenset[str]) -> None:
    """Views that colleagues saved under such a name, or that look for it."""
    for view in SavedView.objects.all().iterator(500):
        told = unquote_plus(f"{view.name}\n{view.query}").lower()
        if any(word in told for word in words):
            view.delete()


def _forget_subscriber(email: str) -> int:
    """How many rows went."""
    subscribers = apps.get_model("public", "Subscriber")._base_manager
    gone: int = subscribers.filter(email__iexact=email).delete()[0]
    return gone


def purge_expired(*, now: datetime | None = None, limit: int = 10_000) -> int:
    """Empty the cases whose time is over; how many. Asked again it goes on.

    A person goes with the last case where they asked for it or never had an account.
    """
    at, done = now or timezone.now(), 0
    for pk in _old(at):
        try:
            done += _purge(pk, at)
        except Exception:  # whatever it is, the time of the other cases is over too
            logger.exception("Case %s could not be emptied.", pk)
        if done == limit:
            break
    return done


def _old(now: datetime) -> Iterator[int]:
    """Keys of finished cases that are old enough for any profile, in stretches."""
    oldest, after = now - timedelta(days=365 * SHORTEST_YEARS), 0
    rows = Complaint.objects.filter(
        erased_at=None, state__in=sorted(FINAL_STATES), received_at__lt=oldest
    ).order_by("pk")
    while keys := list(
        rows.filter(pk__gt=after).values_list("pk", flat=True)[:TOGETHER]
    ):
        yield from keys
        after = keys[-1]


@transaction.atomic
def _purge(pk: int, now: datetime) -> int:
    # The person before the case, as where a person asked: neither waits for the other.
    party = Party.objects.select_for_update(of=("self",)).get(complaints=pk)
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=pk)
    if case.erased_at is not None or why_kept(case, now):
        return 0
    erase_case(case, now)
    _note("case_purged", {"reference": case.reference, "rules": case.profile_key}, now)
    left = party.complaints.filter(erased_at=None).exists()
    asked = party.restricted_at is not None or party.user_id is None
    if asked and not left and party.erased_at is None:
        _erase_party(party, now)
    return 1


def _note(what: str, facts: dict[str, object], now: datetime) -> None:
    entry = ledger.Entry(what, _system(), now, facts)
    ledger.append_of_day(entry)


def _system() -> Viewer:
    return viewer_of(system_actor())
