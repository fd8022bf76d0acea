"""What is owed for a new letter besides mail: its PDF, and paper for who has no mail.

Rows only; ``services.letter_pdfs`` draws, ``services.paper`` posts.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

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
    """What a new letter needs; inside the transaction of its cause.

    Its PDF is owed by its being there (``note_new``), so that a filing pays nothing
    for it; only a worker is woken.
    """
    _ring_after_commit()
    _owe_paper(letter, now)


def is_new(letter: Letter, now: datetime) -> bool:
    """Whether its PDF is drawn without anybody asking."""
    return now - letter.written_at < IMPORTED


def note_new(*, now: datetime, limit: int = 500) -> None:
    """Write down which PDFs new letters owe; twice is as good as once."""
    fresh = Letter.objects.filter(written_at__gt=now - IMPORTED, pdfs=None)
    rows = fresh.exclude(kind=LetterKind.TRACKING_LINK).only("kind", "written_at")
    owed = [
        pdf for letter in rows.order_by("-written_at")[:limit] for pdf in _of(letter)
    ]
    LetterPdf.objects.bulk_create(owed, ignore_conflicts=True)


def _of(letter: Letter) -> Iterator[LetterPdf]:
    """The receipt encloses a copy of the complaint."""
    receipt = letter.kind == LetterKind.RECEIPT
    for part in LetterPart if receipt else (LetterPart.LETTER,):
        yield LetterPdf(letter=letter, part=part, asked_at=letter.written_at)


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
