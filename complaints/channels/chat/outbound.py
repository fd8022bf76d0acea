"""Chat out: what became of the complaint, said in the conversation it came by."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints.channels.chat import ring, talk
from complaints.channels.chat.models import Author, Code, Conversation, Line
from complaints.models import Outbox
from complaints.outbox import Undeliverable

PARAGRAPHS = 3
"""So much of a letter is said here; the rest is read where the case is."""


def send(row: Outbox) -> None:
    """Write the notice into the conversation, once; for its customer alone.

    Raises ``Undeliverable`` where there is no such conversation any more.
    """
    conversation = Conversation.objects.filter(key=row.recipient).first()
    if conversation is None:
        raise Undeliverable("The conversation is gone.", final=True)
    try:
        with transaction.atomic():
            talk.in_turn(conversation.pk)
            line = Line.objects.create(
                conversation=conversation,
                author=Author.SYSTEM,
                code=Code.LETTER,
                private=True,
                text=_words(row),
                facts=_facts(row),
                key=f"o:{row.pk}",
                at=timezone.now(),
            )
            ring.after_commit(conversation.pk, upto=line.pk)
    except IntegrityError:
        return  # A relay before this one said it.


def _words(row: Outbox) -> str:
    """The subject and the first paragraphs, up to the first heading."""
    body = row.body or (row.letter.body if row.letter else "")
    kept: list[str] = []
    for paragraph in body.strip().split("\n\n")[:PARAGRAPHS]:
        if _is_heading(paragraph):
            break
        kept.append(paragraph)
    return "\n\n".join([row.subject, *kept]).strip()


def _is_heading(paragraph: str) -> bool:
    """A title with a line of dashes or equals signs under it."""
    _title, _break, rule = paragraph.partition("\n")
    return bool(rule) and set(rule.split("\n")[0].strip()) <= {"-", "="}


def _facts(row: Outbox) -> dict[str, str]:
    """The address of the case, which the page makes a link."""
    link = row.letter.facts.get("link", "") if row.letter else ""
    return {"link": link} if isinstance(link, str) and link else {}
