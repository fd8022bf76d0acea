"""Keeping the words by which complaints are found; called where a text is written.

Each function writes in the transaction of its caller, so what can be read can be found.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from complaints import batch
from complaints.bigrams import words_of
from complaints.models import Complaint, Evidence, Message, SearchSource, SearchWords
from complaints.states import Direction

PART = 10_000
"""Words of a row; PostgreSQL tells the places of no more than 16,383 apart."""

OVERLAP = 60
"""Words that two parts share, so that what stands on the border is found."""

OF_COMPLAINT = (
    "subject",
    "description",
    "service_reference",
    "loss_description",
    "desired_outcome",
    "comments",
)


def of_complaint(complaint: Complaint, identifiers: Iterable[str]) -> list[SearchWords]:
    """Unsaved rows: what was filed, and what it names."""
    texts = (getattr(complaint, name) for name in OF_COMPLAINT)
    text = "\n".join([*texts, *identifiers])
    return _rows(complaint, SearchSource.COMPLAINT, complaint.pk, text)


def of_message(message: Message) -> list[SearchWords]:
    """Unsaved rows; of a note they are internal."""
    note = message.direction == Direction.INTERNAL
    source, text = SearchSource.MESSAGE, message.text
    return _rows(message.complaint, source, message.pk, text, internal=note)


def of_evidence(file: Evidence) -> list[SearchWords]:
    """Unsaved rows: the name of the file, internal unless the customer has it too."""
    kept_back, source = not file.shared_with_customer, SearchSource.EVIDENCE
    name = file.original_name
    return _rows(file.complaint, source, file.pk, name, internal=kept_back)


def keep(rows: Iterable[SearchWords]) -> None:
    """Save rows of texts that are new."""
    batch.add(*rows)


@transaction.atomic
def refresh(complaint: Complaint) -> None:
    """Make all rows of a case anew, after a text of it was changed or emptied."""
    SearchWords.objects.filter(complaint=complaint).delete()
    named = complaint.identifiers.values_list("value", flat=True)
    keep(of_complaint(complaint, named))
    for message in complaint.messages.defer("full_text"):
        keep(of_message(message))
    for file in complaint.evidence.all():
        keep(of_evidence(file))


def _rows(
    complaint: Complaint,
    source: SearchSource,
    source_id: int,
    text: str,
    *,
    internal: bool = False,
) -> list[SearchWords]:
    return [
        SearchWords(
            complaint=complaint,
            source=source,
            source_id=source_id,
            part=part,
            internal=internal,
            words=f" {' '.join(words)} ",
        )
        for part, words in enumerate(_parts(words_of(text)))
    ]


def _parts(words: Iterator[str]) -> Iterator[list[str]]:
    shared: list[str] = []
    while fresh := list(islice(words, PART - len(shared))):
        part = [*shared, *fresh]
        yield part
        shared = part[-OVERLAP:]
