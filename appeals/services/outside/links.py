"""The personal link of an arbitrator: two factors, one bundle, one browser.

The token is known to the mailbox on file alone; the database keeps its SHA-256. The
second factor is a one-time code of the arbitrator's own device (RFC 6238), because a
code by mail would come to the same mailbox as the link (ASVS 5.0, 6.3.6). It is set up
once, with an enrolment code that staff tell by telephone or on paper.
"""

import hashlib
import secrets
import time
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext, override

from appeals.models import Arbitrator, ArbitratorLink, ArbitratorSeat
from appeals.models.referral import ALIVE
from appeals.seated import SeatViewer, seat_viewer
from appeals.services.outside.register import code_hash
from appeals.services.outside.rows import managed, record
from complaints import ledger, outbox
from complaints.errors import IllegalMove
from complaints.models import Outbox
from complaints.permissions import Viewer, as_viewer
from complaints.states import Channel

if TYPE_CHECKING:
    from teams.models import User

TOKEN_BYTES = 32
LINK_LIVES = timedelta(days=30)
SESSION_LIVES = timedelta(hours=8)
SESSION_KEY = "arbitration"
PENDING_KEY = "arbitration_enrols"
MOST_MISSES = 10
"""Wrong codes before a link is taken back; a good one starts the count anew."""

STEP = 30
"""Seconds of one time step (RFC 6238)."""

KIND = "arbitration_link"
"""``Outbox.kind`` of the mail that holds the token."""


def token_hash(token: str) -> str:
    return hashlib.sha256(f"arbitration:{token}".encode("utf-8", "replace")).hexdigest()


# Sending ------------------------------------------------------------------------------


def send(seat: ArbitratorSeat, *, by: Viewer, now: datetime) -> ArbitratorLink:
    """A fresh link to the address on file; those sent before stop working."""
    from appeals.services.outside.seats import bind_bundle  # noqa: PLC0415 - a circle

    referral = seat.referral
    bundle = referral.bundle or bind_bundle(referral, now=now)
    seat.links.filter(revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = ArbitratorLink.objects.create(
        seat=seat,
        bundle=bundle,
        token_hash=token_hash(token),
        made_by=by.user,
        made_at=now,
        until=now + LINK_LIVES,
    )
    record(referral, "arbitrator_link_sent", by, now, {"link": made.pk})
    outbox.put(_mail(made, token, now))
    return made


def _mail(link: ArbitratorLink, token: str, now: datetime) -> Outbox:
    person, case = link.seat.arbitrator, link.seat.referral.complaint
    with override(person.language):
        facts = {
            "name": person.full_name,
            "reference": case.reference,
            "url": f"{settings.SITE_URL}/arbitration/{token}/",
            "day": f"{link.until:%Y-%m-%d}",
        }
        subject = gettext("Arbitration %(reference)s: your personal link") % facts
        body = (
            gettext(
                "%(name)s,\n\nyou are appointed to decide case %(reference)s. Your "
                "page, until %(day)s:\n%(url)s\n\n"
                "It asks for a one-time code of your own device. The first time it "
                "asks for the enrolment code that we told you by telephone or on "
                "paper.\n\n"
                "The link is yours alone. Please do not pass it on; if it reached you "
                "by mistake, delete this message."
            )
            % facts
        )
    return Outbox(
        key=f"{KIND}:{link.pk}",
        kind=KIND,
        complaint=case,
        channel=Channel.EMAIL,
        recipient=person.email,
        recipient_name=person.full_name[:200],
        subject=subject[:200],
        body=body,
        due_at=now,
        created_at=now,
    )


@transaction.atomic
def send_again(
    *, seat: ArbitratorSeat, actor: "User | Viewer", now: datetime | None = None
) -> ArbitratorLink:
    """By the appeals lead or the head; the token never passes through their hands."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = managed(seat.referral, viewer)
    if seat.left_at is not None or row.state not in ALIVE:
        raise IllegalMove
    return send(seat, by=viewer, now=moment)


@transaction.atomic
def revoke(
    *, seat: ArbitratorSeat, actor: "User | Viewer", now: datetime | None = None
) -> int:
    """Shut every link of a seat at once, open sessions with it; how many."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = managed(seat.referral, viewer)
    ended = seat.links.filter(revoked_at=None).update(revoked_at=moment)
    if ended:
        record(row, "arbitrator_link_revoked", viewer, moment, {"seat": seat.seat})
    return ended


# Opening ------------------------------------------------------------------------------


def live_link(token: str, *, now: datetime | None = None) -> ArbitratorLink | None:
    """The link of ``token`` while it opens anything; None for everything else."""
    rows = ArbitratorLink.objects.filter(
        token_hash=token_hash(token),
        revoked_at=None,
        until__gt=now or timezone.now(),
        seat__left_at=None,
        seat__arbitrator__ended_at=None,
        seat__referral__state__in=ALIVE,
    )
    return rows.select_related(
        "seat__arbitrator", "seat__referral__complaint__customer", "bundle__complaint"
    ).first()


def viewer_for(
    link: ArbitratorLink,
    session: MutableMapping[str, Any],
    *,
    now: datetime | None = None,
) -> SeatViewer | None:
    """Whoever passed both factors of exactly this link in this browser, else None."""
    moment, held = now or timezone.now(), session.get(SESSION_KEY)
    if not isinstance(held, dict) or held.get("link") != link.pk:
        return None
    if link.session_until is None or link.session_until <= moment:
        return None
    said = hashlib.sha256(str(held.get("nonce", "")).encode()).hexdigest()
    if not constant_time_compare(said, link.session_sha256):
        return None
    return seat_viewer(link.seat, at=moment)


def _open(
    link: ArbitratorLink, session: MutableMapping[str, Any], now: datetime
) -> None:
    nonce = secrets.token_urlsafe(TOKEN_BYTES)
    changes = {
        "session_sha256": hashlib.sha256(nonce.encode()).hexdigest(),
        "session_until": now + SESSION_LIVES,
        "opened_at": now,
        "misses": 0,
    }
    ArbitratorLink.objects.filter(pk=link.pk).update(**changes)
    session[SESSION_KEY] = {"link": link.pk, "nonce": nonce}
    viewer = seat_viewer(link.seat, at=now)
    entry = ledger.Entry("arbitrator_opened", viewer, now, {"link": link.pk})
    ledger.append(f"reads:{link.seat.referral.complaint_id}", entry)


def leave(link: ArbitratorLink, session: MutableMapping[str, Any]) -> None:
    """End the session in this browser and at our end."""
    session.pop(SESSION_KEY, None)
    rows = ArbitratorLink.objects.filter(pk=link.pk)
    rows.update(session_sha256="", session_until=None)


@transaction.atomic
def enter(
    *,
    link: ArbitratorLink,
    code: str,
    session: MutableMapping[str, Any],
    now: datetime | None = None,
) -> bool:
    """The one-time code; True opens the page in this browser alone."""
    moment = now or timezone.now()
    person = Arbitrator.objects.select_for_update().get(pk=link.seat.arbitrator_id)
    step = _step_of(person.totp_secret, code, moment) if person.is_enrolled else None
    if step is None or not _spend(person, step):
        _miss(link, moment)
        return False
    _open(link, session, moment)
    return True


def _spend(person: Arbitrator, step: int) -> bool:
    """Each code once: the step must lie after the last one used."""
    rows = Arbitrator.objects.filter(pk=person.pk, totp_step__lt=step)
    return rows.update(totp_step=step) == 1


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one or either neighbour."""
    plain = "".join(code.split())
    present = int(now.timestamp()) // STEP
    for step in (present, present - 1, present + 1):
        if constant_time_compare(code_at(secret, step), plain):
            return step
    return None


def code_at(secret: str, step: int) -> str:
    """The code that a device with ``secret`` shows in that time step."""
    return str(format_hotp_value(hotp_value(secret, step)))


def _miss(link: ArbitratorLink, now: datetime) -> None:
    """Count a wrong code; after too many the link is taken back and staff are told."""
    rows = ArbitratorLink.objects.filter(pk=link.pk, revoked_at=None)
    rows.update(misses=F("misses") + 1)
    over = rows.filter(misses__gte=MOST_MISSES).update(revoked_at=now)
    if over:
        viewer = seat_viewer(link.seat, at=now)
        facts = {"link": link.pk}
        record(link.seat.referral, "arbitrator_link_guessed", viewer, now, facts)


# Enrolling ----------------------------------------------------------------------------


@transaction.atomic
def begin_enrolling(
    *,
    link: ArbitratorLink,
    code: str,
    session: MutableMapping[str, Any],
    now: datetime | None = None,
) -> bool:
    """The enrolment code brings a secret, kept in this session until it is proved."""
    moment, person = now or timezone.now(), link.seat.arbitrator
    known = bool(person.enrol_hash) and person.enrol_until is not None
    good = constant_time_compare(code_hash(code), person.enrol_hash or "-")
    if not (known and good) or (person.enrol_until or moment) <= moment:
        _miss(link, moment)
        return False
    session[PENDING_KEY] = {
        "link": link.pk,
        "secret": generate_totp_secret(),
        "code": person.enrol_hash,
    }
    return True


def pending_secret(link: ArbitratorLink, session: MutableMapping[str, Any]) -> str:
    """The secret that this session is setting up for ``link``; "" where it is none."""
    held = session.get(PENDING_KEY)
    mine = isinstance(held, dict) and held.get("link") == link.pk
    return str(held["secret"]) if mine and isinstance(held, dict) else ""


@transaction.atomic
def enrol(
    *,
    link: ArbitratorLink,
    code: str,
    session: MutableMapping[str, Any],
    now: datetime | None = None,
) -> bool:
    """The first one-time code proves the device: the enrolment code is used up.

    Where a fresh enrolment code was given meanwhile, or its time is over, the device
    that began with the old one is refused.
    """
    moment, secret = now or timezone.now(), pending_secret(link, session)
    step = _step_of(secret, code, moment) if secret else None
    if step is None:
        _miss(link, moment)
        return False
    began = session.pop(PENDING_KEY).get("code") or "-"
    rows = Arbitrator.objects.filter(
        pk=link.seat.arbitrator_id, enrol_hash=began, enrol_until__gt=moment
    )
    changed = rows.update(
        totp_secret=secret, totp_step=step, enrol_hash="", enrol_until=None
    )
    if not changed:
        return False
    link.seat.arbitrator.totp_secret = secret
    _open(link, session, moment)
    return True


def now_step() -> int:
    """The time step of this moment, for stand-ins of the device."""
    return int(time.time()) // STEP
