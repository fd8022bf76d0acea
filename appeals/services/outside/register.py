"""The register of arbitrators: who is on it, what ties them, how they enrol."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models import Arbitrator, DeclaredTie, TieKind
from appeals.services.outside.rows import written
from appeals.services.reviewers import may_choose
from complaints import ledger
from complaints.errors import InvalidInput, NotPermitted
from complaints.models import Complaint, Party
from complaints.permissions import Viewer, as_viewer
from teams.models import User

if TYPE_CHECKING:
    from collections.abc import Mapping

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 16
"""Of 29 signs: 77 bits, tried at most ten times before the link is taken back."""

CODE_LIVES = timedelta(days=14)


def code_hash(code: str) -> str:
    """What is kept of an enrolment code; spaces and case do not matter."""
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(f"enrol:{plain}".encode("utf-8", "replace")).hexdigest()


def _managed(actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    if not may_choose(viewer):
        raise NotPermitted
    return viewer


@transaction.atomic
def add_arbitrator(
    *,
    full_name: str,
    email: str,
    actor: "User | Viewer",
    chamber: str = "",
    seat: str = "",
    language: str = "en",
    now: datetime | None = None,
) -> tuple[Arbitrator, str]:
    """Put somebody on the register; they and their enrolment code.

    The code is shown once, to be told by telephone or on paper: never by the mail that
    brings the link. Raises ``NotPermitted`` or ``InvalidInput``.
    """
    viewer, moment = _managed(actor), now or timezone.now()
    address = email.strip()
    _check_address(address)
    made = Arbitrator.objects.create(
        full_name=written(full_name, "full_name", most=200),
        email=address,
        chamber=written(chamber, "chamber", needed=False, most=200),
        seat=written(seat, "seat", needed=False, most=100),
        language=language if language in dict(settings.LANGUAGES) else "en",
        added_by=viewer.user,
        added_at=moment,
    )
    _log("arbitrator_added", made, viewer, moment)
    return made, _give_code(made, moment)


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except Exception as error:
        raise InvalidInput(_("Enter an e-mail address."), field="email") from error
    staff = User.objects.filter(email__iexact=address, memberships__isnull=False)
    if staff.exists():
        words = _("This is the address of somebody who works or worked here.")
        raise InvalidInput(words, field="email", code="staff")
    if Arbitrator.objects.filter(email__iexact=address).exists():
        raise InvalidInput(_("This address is on the register already."), field="email")


def _give_code(person: Arbitrator, now: datetime) -> str:
    code = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_LENGTH))
    person.enrol_hash, person.enrol_until = code_hash(code), now + CODE_LIVES
    person.save(update_fields=["enrol_hash", "enrol_until"])
    return "-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4))


@transaction.atomic
def enrol_again(
    *, arbitrator: Arbitrator, actor: "User | Viewer", now: datetime | None = None
) -> str:
    """A fresh enrolment code; the old second factor ends, and every open session."""
    viewer, moment = _managed(actor), now or timezone.now()
    row = Arbitrator.objects.select_for_update().get(pk=arbitrator.pk)
    row.totp_secret, row.totp_step = "", 0
    row.save(update_fields=["totp_secret", "totp_step"])
    for seat in row.seats.all():
        seat.links.update(session_sha256="", session_until=None)
    _log("arbitrator_enrols_again", row, viewer, moment)
    return _give_code(row, moment)


@transaction.atomic
def end_arbitrator(
    *, arbitrator: Arbitrator, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """Take somebody off the register; what they sit on goes on without them."""
    viewer, moment = _managed(actor), now or timezone.now()
    if Arbitrator.objects.filter(pk=arbitrator.pk, ended_at=None).update(
        ended_at=moment
    ):
        _log("arbitrator_ended", arbitrator, viewer, moment)


@transaction.atomic
def declare_tie(
    *,
    arbitrator: Arbitrator,
    kind: str,
    reason: str,
    actor: "User | Viewer",
    party: Party | None = None,
    user: User | None = None,
    complaint: Complaint | None = None,
    now: datetime | None = None,
) -> DeclaredTie:
    """Write down a conflict that the arbitrator declared to us, by staff."""
    viewer, moment = _managed(actor), now or timezone.now()
    about = {"party": party, "user": user, "complaint": complaint}
    if kind not in TieKind.values:
        raise InvalidInput(_("This is not one of the choices."), field="kind")
    if kind != TieKind.COMPANY and not any(about.values()):
        raise InvalidInput(_("Say with whom, or from which case."), field="about")
    return keep_tie(arbitrator, kind, written(reason, "reason"), viewer, moment, about)


def keep_tie(
    arbitrator: Arbitrator,
    kind: str,
    reason: str,
    viewer: Viewer,
    now: datetime,
    about: "Mapping[str, Any]",
) -> DeclaredTie:
    """The row and its event; whoever calls has asked whether it may be."""
    made = DeclaredTie.objects.create(
        arbitrator=arbitrator, kind=kind, reason=reason, declared_at=now, **about
    )
    _log("arbitrator_tie_declared", arbitrator, viewer, now, tie=made.pk, kind=kind)
    return made


@transaction.atomic
def lift_tie(
    *, tie: DeclaredTie, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """It does not hold any more; the row stays on record."""
    viewer, moment = _managed(actor), now or timezone.now()
    rows = DeclaredTie.objects.filter(pk=tie.pk, lifted_at=None)
    if rows.update(lifted_at=moment):
        _log("arbitrator_tie_lifted", tie.arbitrator, viewer, moment, tie=tie.pk)


def _log(
    what: str, person: Arbitrator, viewer: Viewer, now: datetime, **facts: Any
) -> None:
    """The register is the desk's, so its changes stand on the stream of the day."""
    payload = {"arbitrator": person.pk, **facts}
    ledger.append_of_day(ledger.Entry(what, viewer, now, payload))
