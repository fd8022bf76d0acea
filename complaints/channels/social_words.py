"""What is said on X and Facebook: letters as plain text, notices, public answers.

In public nothing is said that is about an account or a case: no number, no state.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext, override

from complaints import outbox
from complaints.channels.safetext import storable
from complaints.channels.work import Work
from complaints.models import Complaint, Contact, Outbox
from complaints.outbox import OPEN_KINDS, Undeliverable
from complaints.services import handles

IN_PUBLIC = "public_answer"
"""``Outbox.kind`` of an answer under a post; its recipient is the post's number."""


def tell(work: Work, kind: str) -> None:
    """Answer the sender in the conversation: ``linked``, ``unlinked`` or
    ``unknown_code``."""
    with override(_spoken(work)):
        words = _NOTICES[kind]()
    outbox.put(_row(work, kind, work.inbound.sender.handle, words))


def tell_of_files(work: Work) -> None:
    """Say that no file comes through, and which way one does; once a day."""
    handle = work.inbound.sender.handle
    with override(_spoken(work)):
        row = _row(work, "file_unread", handle, _file_unread())
    row.key = f"{row.kind}:{row.channel}:{handle}:{work.now.date()}"
    outbox.put(row)


def answer_in_public(work: Work, post: str, complaint: Complaint | None) -> None:
    """Thank the author under the post and ask for the rest in private."""
    with override(work.inbound.language or "en"):
        words = public_answer()
    row = _row(work, IN_PUBLIC, post, words)
    row.complaint = complaint
    outbox.put(row)


def _row(work: Work, kind: str, recipient: str, words: str) -> Outbox:
    raw = work.raw
    return Outbox(
        key=f"{kind}:{raw.provider}:{raw.pk}",
        kind=kind,
        channel=raw.provider,
        recipient=recipient,
        body=words,
        due_at=work.now,
        created_at=work.now,
    )


def _spoken(work: Work) -> str:
    """A code is in no language, so the customer's own goes before that of the words."""
    speaker = handles.speaker_of(work.raw.provider, work.inbound.sender.handle)
    return speaker.party.language if speaker else work.inbound.language or "en"


# Words --------------------------------------------------------------------------------


def public_answer() -> str:
    """At most 280 characters as X weighs them, whatever the address is."""
    return gettext(
        "Thank you for telling us; somebody here is looking at it. Please write "
        "nothing about your account in public. Send us a private message, or write "
        "to us here: %(url)s"
    ) % {"url": f"{settings.SITE_URL}/complaints/new/"}


def _linked() -> str:
    return gettext(
        "This account is now linked to your account with us. What you wrote to us here "
        "stands there too, and letters about your complaints come here. If somebody "
        "else gave you the code, write UNLINK to us at once."
    )


def _unlinked() -> str:
    return gettext(
        "This account is no longer linked. What you wrote to us here is no longer in "
        "the other account, and letters no longer come here in full."
    )


def _unknown_code() -> str:
    return gettext(
        "This code is wrong, used or too old. Make a new one while you are signed in, "
        "at %(url)s, and send it here."
    ) % {"url": _link_page()}


def _file_unread() -> str:
    return gettext(
        "Your words reached us, but pictures and files cannot be taken in from here. "
        "To send one, sign in, link this account at %(url)s if it is not linked yet, "
        "and add the file to your complaint."
    ) % {"url": _link_page()}


_NOTICES = {
    "linked": _linked,
    "unlinked": _unlinked,
    "unknown_code": _unknown_code,
}


def _link_page() -> str:
    return f"{settings.SITE_URL}/accounts/linked/"


# Letters ------------------------------------------------------------------------------


def words_of(row: Outbox, *, limit: int) -> str:
    """The text of a notice, at most ``limit`` characters.

    A letter stands whole only where the account is proven to be its customer's, and
    that is asked again now: between writing and sending a link may have ended. Raises
    ``Undeliverable`` then.
    """
    letter = row.letter
    if letter is None:
        return storable(row.body)[:limit]
    with override(letter.language):
        if row.body:
            text = f"{row.body.strip()}\n\n{_how_to_read()}"
        else:
            if letter.kind not in OPEN_KINDS and not _is_proven(row):
                raise Undeliverable("The account is no longer linked.", final=True)
            text = letter.body.strip()
        return _shortened(storable(f"{row.subject}\n\n{text}"), limit)


def _is_proven(row: Outbox) -> bool:
    customer = row.complaint.customer_id if row.complaint else None
    rows = Contact.objects.filter(
        party=customer,
        provider=row.channel,
        value=row.recipient,
        proved_at__isnull=False,
    )
    return rows.exists()


def _how_to_read() -> str:
    """For whom no address leads to the case: the account here becomes theirs there."""
    return gettext(
        "To read everything, sign in, make a code at %(url)s and send it to us in this "
        "conversation."
    ) % {"url": _link_page()}


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    rest = gettext("The letter goes on here: %(url)s")
    end = "\n[…]\n" + rest % {"url": f"{settings.SITE_URL}/complaints/"}
    room = text[: limit - len(end)]
    kept = room.rpartition("\n")[0] or room
    return kept + end
