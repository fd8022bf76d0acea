"""What is owed for a new letter besides mail: its PDF, and paper for who has no mail.

Rows only; ``services.letter_pdfs`` draws, ``services.paper`` posts.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from complaints import letter_facts
from complaints.models import Letter, LetterDispatch, LetterPart, LetterPdf
from complaints.outbox import recipients_of
from complaints.states import LetterKind
from config.celery import wake
from teams.system import system_actor

DRAW = "complaints.tasks.draw_letters"

IMPORTED = timedelta(days=1)
"""Letters dated earlier than this were loaded, not written: drawn when asked for."""


def owe(letter: Letter, *, now: datetime) -> None:
    """Note down what a new letter needs; inside the transaction of its cause."""
    if timezone.now() - now < IMPORTED:
        receipt = letter.kind == LetterKind.RECEIPT
        parts = LetterPart if receipt else (LetterPart.LETTER,)
        LetterPdf.objects.bulk_create(
            LetterPdf(letter=letter, part=part, asked_at=now) for part in parts
        )
        _ring_after_commit()
    _owe_paper(letter, now)


def owe_pdf(letter: Letter, part: str, *, now: datetime) -> LetterPdf:
    """The row of a PDF, made where there is none yet; a worker is woken for it."""
    row, made = LetterPdf.objects.get_or_create(
        letter=letter, part=part, defaults={"asked_at": now}
    )
    if made:
        _ring_after_commit()
    return row


def _owe_paper(letter: Letter, now: datetime) -> None:
    """Somebody whom no mail reaches, and whose postal address we have, gets paper."""
    complaint = letter.complaint
    address = letter_facts.postal_address(complaint)
    if not address or complaint.customer.erased_at or recipients_of(complaint):
        return
    LetterDispatch.objects.create(
        letter=letter,
        address="\n".join(address),
        asked_by=system_actor(),
        asked_at=now,
    )


def _ring_after_commit() -> None:
    """Ring once a transaction, however many letters it wrote."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _ring for entry in waiting):
        transaction.on_commit(_ring)


def _ring() -> None:
    wake(DRAW)
