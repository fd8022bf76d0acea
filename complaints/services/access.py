"""One-time tracking links: how somebody without an account gets to their complaint.

The token is known to the mailbox on file alone: the database keeps its SHA-256, and
the first use ends it. What the session holds afterwards is the number of that row,
so taking the row back shuts the door at once.
"""

import hashlib
import logging
import secrets
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, override

from complaints import ledger, outbox
from complaints.models import (
    CaseAccess,
    Complaint,
    Contact,
    ContactKind,
    Outbox,
    Representative,
)
from complaints.models.party import PersonDetails
from complaints.permissions import Viewer
from complaints.states import AccessKind, Channel, LetterKind
from complaints.throttle import Limit
from teams.system import GUEST, system_actor

log = logging.getLogger(__name__)

TOKEN_BYTES = 32
LINK_LIVES = timedelta(hours=24)
SESSION_LIVES = timedelta(hours=12)
SESSION_KEY = "case_links"
SESSION_HOLDS = 20
LINK_ASKED = "link_asked"
LINK_CHANNEL = "link"
"""The relay's channel for requests; see ``answer_request``."""

HITS = Limit("links-found", tries=10**9, seconds=900)
MISSES = Limit("links-missed", tries=50, seconds=900)
"""Requests of everybody together. Both are counted, so that neither takes longer;
more misses than that mean that somebody guesses from many addresses."""

NO_PARTY = 0
"""The party of a visitor who is nobody: no row has this key."""


def token_hash(token: str) -> str:
    """What the database keeps of a token (64 hex digits)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def visitor() -> Viewer:
    """Somebody who showed neither account nor link; sees no case at all."""
    return Viewer(
        user=system_actor(GUEST),
        parties=frozenset({NO_PARTY}),
        only=frozenset(),
    )


# Asking for a link ---------------------------------------------------------------


@transaction.atomic
def ask_for_link(*, reference: str, email: str, now: datetime | None = None) -> None:
    """Have a link sent to the address on file if ``email`` is that address.

    Returns nothing and writes the same rows either way; the relay does the rest
    afterwards. So neither answer nor time tells whether there is such a complaint.
    """
    moment = now or timezone.now()
    complaint = _found(reference, email)
    _watch(MISSES if complaint is None else HITS)
    entry = ledger.Entry("link_asked", _desk(), moment, {"found": bool(complaint)})
    ledger.append_of_day(entry)
    outbox.put(
        Outbox(
            key=f"link_asked:{secrets.token_hex(16)}",
            kind=LINK_ASKED,
            complaint=complaint,
            channel=LINK_CHANNEL,
            recipient=email.strip() if complaint else "",
            due_at=moment,
            created_at=moment,
        )
    )


def _watch(limit: Limit) -> None:
    """Alarm those who run the desk once a window; each address is held back anyway."""
    if limit.wait("all") and cache.add(f"alarmed:{limit.name}", 1, limit.seconds):
        log.error(
            "More than %d requests in %d minutes asked for complaints that are not "
            "there, or under another address: somebody may be guessing.",
            limit.tries,
            limit.seconds // 60,
        )


def answer_request(row: Outbox) -> None:
    """What the relay does with a request: a link if it was the right address."""
    if row.complaint is not None:
        issue_link(complaint=row.complaint, email=row.recipient)


def _desk() -> Viewer:
    return Viewer(user=system_actor(f"channel:{Channel.PORTAL}"))


def _found(reference: str, email: str) -> Complaint | None:
    """Asks the database whatever was typed: an answer saved would be time told."""
    address = email.strip() or "-"
    mine = Q(customer__email__iexact=address) | Q(
        customer__contacts__kind=ContactKind.EMAIL,
        customer__contacts__value__iexact=address,
    )
    speaks = Exists(
        Representative.objects.in_force(timezone.now().date()).filter(
            complaint=OuterRef("pk"), email__iexact=address
        )
    )
    rows = Complaint.objects.filter(mine | Q(speaks), reference=reference)
    return rows.only("pk", "reference").first()


@transaction.atomic
def issue_link(
    *, complaint: Complaint, email: str = "", now: datetime | None = None
) -> CaseAccess:
    """Write the notice with a fresh link to the address on file.

    ``email`` says to which: the customer's, or that of who speaks for them now. Links
    sent before and not used yet stop working. The token stands in the notice and
    nowhere else.
    """
    moment = now or timezone.now()
    speaker = _speaker(complaint, email, moment)
    _unused(complaint).update(revoked_at=moment)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    access = CaseAccess.objects.create(
        complaint=complaint,
        kind=AccessKind.GUEST_LINK,
        token_hash=token_hash(token),
        representative=speaker,
        granted_by=system_actor(),
        granted_at=moment,
        until=moment + LINK_LIVES,
    )
    _write_notice(speaker or complaint.customer, access, token, moment)
    return access


def _speaker(complaint: Complaint, email: str, now: datetime) -> Representative | None:
    """Who speaks for the customer and has this address; none for the customer's own."""
    party = complaint.customer
    if party.email and email.lower() in ("", party.email.lower()):
        return None
    own = party.contacts.filter(kind=ContactKind.EMAIL, value__iexact=email)
    if email and own.exists():
        return None
    rows = complaint.representatives.in_force(now.date()).exclude(email="")
    return (rows.filter(email__iexact=email) if email else rows).first()


def _unused(complaint: Complaint) -> Any:
    return CaseAccess.objects.filter(
        complaint=complaint,
        kind=AccessKind.GUEST_LINK,
        used_at=None,
        revoked_at=None,
    )


def _write_notice(
    person: PersonDetails, access: CaseAccess, token: str, now: datetime
) -> None:
    complaint = access.complaint
    with override(complaint.language):
        subject = gettext("Your link to complaint %(reference)s") % {
            "reference": complaint.reference
        }
        body = gettext(
            "Somebody, probably you, asked to follow complaint %(reference)s.\n\n"
            "Open it here, once, within 24 hours:\n%(url)s\n\n"
            "If it was not you, do nothing: nobody else has this link.\n\n"
            "We never ask for a password, a code, a seed phrase or a key, and never "
            "for a transfer in order to be refunded."
        ) % {
            "reference": complaint.reference,
            "url": f"{settings.SITE_URL}/track/{token}/",
        }
    row = Outbox(
        key=f"tracking_link:{access.pk}",
        kind=LetterKind.TRACKING_LINK,
        complaint=complaint,
        channel=Channel.EMAIL,
        recipient=person.email,
        recipient_name=person.full_name[:200],
        subject=subject[:200],
        body=body,
        due_at=now,
        created_at=now,
    )
    outbox.put(row)


# Using it --------------------------------------------------------------------------


def link_is_good(token: str, *, now: datetime | None = None) -> bool:
    """Whether ``token`` would open a complaint; uses nothing up."""
    return bool(_live(token, now or timezone.now()).exists())


def _live(token: str, now: datetime) -> Any:
    if not token.strip():
        return CaseAccess.objects.none()
    return CaseAccess.objects.filter(
        kind=AccessKind.GUEST_LINK,
        token_hash=token_hash(token),
        used_at=None,
        revoked_at=None,
        until__gt=now,
    )


@transaction.atomic
def redeem_link(*, token: str, now: datetime | None = None) -> CaseAccess | None:
    """Use the link up; None when it was used, replaced, is too old or never was.

    Of two who press at the same moment one gets in. The address on file counts as
    proved afterwards: the link went nowhere else.
    """
    moment = now or timezone.now()
    rows = _live(token, moment)
    if rows.update(used_at=moment, until=moment + SESSION_LIVES) != 1:
        return None
    access = CaseAccess.objects.select_related("complaint__customer").get(
        token_hash=token_hash(token)
    )
    if access.representative_id is None:
        _prove_address(access.complaint, moment)
    _log(access, "link_used", moment)
    return access


def _prove_address(complaint: Complaint, now: datetime) -> None:
    party = complaint.customer
    Contact.objects.filter(
        party=party,
        kind=ContactKind.EMAIL,
        value__iexact=party.email,
        proved_at=None,
    ).update(proved_at=now, proof="tracking link")


def _log(access: CaseAccess, what: str, now: datetime) -> None:
    viewer = _guest({access.complaint.customer_id}, {access.complaint_id})
    entry = ledger.Entry(what, viewer, now, {"access": access.pk})
    ledger.append(f"reads:{access.complaint_id}", entry)


@transaction.atomic
def open_for_filer(*, complaint: Complaint, now: datetime | None = None) -> CaseAccess:
    """Let the guest who just filed read on without waiting for a link."""
    moment = now or timezone.now()
    return CaseAccess.objects.create(
        complaint=complaint,
        representative=complaint.representatives.filter(user=None).first(),
        kind=AccessKind.GUEST_LINK,
        granted_by=system_actor(),
        granted_at=moment,
        used_at=moment,
        until=moment + SESSION_LIVES,
    )


# The session -------------------------------------------------------------------------


def remember(session: MutableMapping[str, Any], access: CaseAccess) -> None:
    """Keep in the session that this browser used the link."""
    kept = [pk for pk in _kept(session) if pk != access.pk]
    session[SESSION_KEY] = [*kept, access.pk][-SESSION_HOLDS:]


def _kept(session: MutableMapping[str, Any]) -> list[int]:
    held = session.get(SESSION_KEY)
    return [pk for pk in held if isinstance(pk, int)] if isinstance(held, list) else []


def viewer_for_session(
    session: MutableMapping[str, Any], *, now: datetime | None = None
) -> Viewer | None:
    """The guest whom this session let in, None when no link of it is alive."""
    held, moment = _kept(session), now or timezone.now()
    if not held:
        return None
    rows = CaseAccess.objects.filter(
        pk__in=held,
        kind=AccessKind.GUEST_LINK,
        used_at__isnull=False,
        revoked_at=None,
        until__gt=moment,
    )
    alive = rows.filter(
        Q(representative=None)
        | Q(representative__valid_until=None)
        | Q(representative__valid_until__gte=moment.date())
    ).values_list("complaint_id", "complaint__customer_id")
    pairs = list(alive)
    if not pairs:
        return None
    return _guest({party for _pk, party in pairs}, {pk for pk, _party in pairs})


def _guest(parties: set[int], complaints: set[int]) -> Viewer:
    return Viewer(
        user=system_actor(GUEST),
        parties=frozenset(parties),
        only=frozenset(complaints),
    )
