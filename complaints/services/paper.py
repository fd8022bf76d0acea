"""Letters on paper: asked for by the customer, printed and posted by staff.

RTS 2025/294 Art 7(2): in writing electronically, or on paper at the complainant's
request. What was posted, when and by whom is on the ledger; for somebody without an
e-mail address the posted receipt is the acknowledgement.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import clocks, ledger, letter_facts, profiles, timing
from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Letter, LetterDispatch, LetterPart
from complaints.permissions import (
    Viewer,
    as_viewer,
    customer_self,
    may_speak_for_customer,
)
from complaints.services.relay import acknowledged
from complaints.states import LetterKind, Step

if TYPE_CHECKING:
    from teams.models import User

ADDRESS_LIMIT = 400
ADDRESS_LINES = 8
TRACKING_LIMIT = 64


def ask_for_paper(
    *,
    letter: Letter,
    actor: "User | Viewer",
    address: str = "",
    now: datetime | None = None,
) -> LetterDispatch:
    """Note down that the customer wants this letter on paper.

    ``address`` takes the place of the one on file. A copy that is asked for and not
    posted yet is not asked for twice. Raises ``NotVisible``, or ``InvalidInput`` where
    there is nowhere to send it.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_allowed(letter, viewer)
    lines = _lines(address) or letter_facts.postal_address(letter.complaint)
    _check_address(lines)
    return _ask(letter, "\n".join(lines), viewer, moment)


def _ask_allowed(letter: Letter, viewer: Viewer) -> None:
    """The customer, or staff who may write down what the customer said."""
    complaint = letter.complaint
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists()
    if not seen or letter.kind == LetterKind.TRACKING_LINK:
        raise NotVisible
    allowed = customer_self(complaint, viewer) or viewer.is_system
    if not allowed and not may_speak_for_customer(complaint, viewer):
        raise NotPermitted


def _lines(address: str) -> list[str]:
    spaced = (" ".join(line.split()) for line in address.splitlines())
    return [line for line in spaced if line]


def _check_address(lines: list[str]) -> None:
    if not lines:
        raise InvalidInput(
            _("Say to which address the letter goes."), field="address", code="empty"
        )
    if len(lines) > ADDRESS_LINES or len("\n".join(lines)) > ADDRESS_LIMIT:
        raise InvalidInput(
            _("This is longer than fits on an envelope."),
            field="address",
            code="too_long",
        )


@transaction.atomic
def _ask(letter: Letter, address: str, viewer: Viewer, now: datetime) -> LetterDispatch:
    head = ledger.lock(letter.complaint.stream)
    known = LetterDispatch.objects.filter(letter=letter).open().first()
    if known is not None:
        return known
    row = LetterDispatch.objects.create(
        letter=letter, address=address, asked_by=viewer.user, asked_at=now
    )
    payload = {"letter": letter.pk, "kind": letter.kind}
    entry = ledger.Entry("paper_asked", viewer, now, payload)
    ledger.append(letter.complaint.stream, entry, head=head)
    return row


# Posting ------------------------------------------------------------------------------


def record_posted(
    *,
    letter: Letter,
    posted_on: date,
    actor: "User | Viewer",
    tracking: str = "",
    now: datetime | None = None,
) -> LetterDispatch:
    """Record that the letter was printed and handed to the post on ``posted_on``.

    A copy that nobody had asked for is recorded as well, and one for which no address
    is known as handed over on that day. Raises ``NotVisible``,
    ``NotPermitted`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not viewer.is_staff:
        raise NotPermitted
    if not may_post(letter, viewer):
        _ask_allowed(letter, viewer)
    tracking = " ".join(tracking.split())
    _check_posted(letter, posted_on, tracking, moment)
    return _post(letter, posted_on, tracking, viewer, moment)


def may_post(letter: Letter, viewer: Viewer) -> bool:
    """Whether the letter waits for the post and the viewer may print and post it.

    Support does so for every team, without a look at the case.
    """
    if not may_speak_for_customer(letter.complaint, viewer):
        return False
    waiting = LetterDispatch.objects.to_post_by(viewer).filter(letter=letter)
    return waiting.exists()


def _check_posted(
    letter: Letter, posted_on: date, tracking: str, now: datetime
) -> None:
    zone = profiles.by_key(letter.complaint.profile_key).timezone
    first = clocks.local_day(letter.written_at, zone)
    if not first <= posted_on <= clocks.local_day(now, zone):
        raise InvalidInput(
            _("Choose a day between the date of the letter and today."),
            field="posted_on",
        )
    if len(tracking) > TRACKING_LIMIT:
        raise InvalidInput(
            _("A tracking number has 64 characters at most."),
            field="tracking",
            code="too_long",
        )


@transaction.atomic
def _post(
    letter: Letter, posted_on: date, tracking: str, viewer: Viewer, now: datetime
) -> LetterDispatch:
    head = ledger.lock(letter.complaint.stream)
    row = _open_row(letter, viewer, now)
    row.posted_on, row.posted_by = posted_on, viewer.user
    row.recorded_at, row.tracking = now, tracking
    row.save()
    entries = [ledger.Entry("letter_posted", viewer, now, *_said(letter, row))]
    first = letter.kind == LetterKind.RECEIPT and not acknowledged(letter.complaint)
    if first:
        known = {"letter": letter.pk, "by": "post" if row.address else "hand"}
        entries.append(ledger.Entry("acknowledged", viewer, now, known))
    ledger.append_many(letter.complaint.stream, entries, head=head)
    if first:
        timing.stop(letter.complaint, (Step.ACKNOWLEDGE,), now=now)
    return row


def _open_row(letter: Letter, viewer: Viewer, now: datetime) -> LetterDispatch:
    asked = LetterDispatch.objects.filter(letter=letter).open().first()
    return asked or LetterDispatch(
        letter=letter,
        address="\n".join(letter_facts.postal_address(letter.complaint)),
        asked_by=viewer.user,
        asked_at=now,
    )


def _said(letter: Letter, row: LetterDispatch) -> tuple[dict[str, Any], dict[str, str]]:
    """What the ledger keeps; a tracking number leads to a person and stays erasable."""
    pdf = letter.pdfs.filter(part=LetterPart.LETTER).first()
    payload = {
        "letter": letter.pk,
        "kind": letter.kind,
        "sha256": letter.sha256,
        "pdf_sha256": pdf.sha256 if pdf else "",
        "posted_on": row.posted_on,
    }
    return payload, {"tracking": row.tracking} if row.tracking else {}
