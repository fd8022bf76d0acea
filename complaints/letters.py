"""Letters: words made from facts, in the version and language that are in force.

A letter is rendered once, in the transaction of its cause, and never again: the sheet
on screen, the print and the mail are all drawn from the words kept in its row. What
the law wants in a letter is asked for before it is written.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints import batch, letter_facts, letter_mail, profiles
from complaints.errors import RecourseError
from complaints.format import listed
from complaints.ledger import plain
from complaints.letter_markup import Block, blocks_of, underlined
from complaints.models import Complaint, Letter, LetterPart
from complaints.profiles import Profile
from complaints.states import LetterKind

LAYOUT = "2026.1"
"""Version of the page that PDFs are set in; a PDF once made keeps its own."""

FREE_OF = frozenset({"remedies"})
"""Parts that may be empty, because the letter then says so in words."""

_BLANKS = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


class LetterIncomplete(RecourseError):
    """A letter lacks what the rules of its case want in it; ``missing`` names that."""

    code = "letter_incomplete"
    default = _("This letter lacks something that it must hold.")

    def __init__(self, kind: str, missing: list[str]) -> None:
        self.kind, self.missing = kind, tuple(missing)
        super().__init__(
            _("The letter cannot be sent without: %(parts)s.")
            % {"parts": listed(missing)}
        )


@dataclass(frozen=True)
class Words:
    """The text of a letter or mail: one line, and what stands under it."""

    subject: str
    body: str


def language_of(complaint: Complaint) -> str:
    """The filing language if the profile takes it and we write it (RTS Art 7).

    A customer who chose a language in their preferences is written to in that one.
    """
    profile = profiles.by_key(complaint.profile_key)
    ours = dict(settings.LANGUAGES)
    spoken = [code for code in profile.languages if code in ours]
    user = complaint.customer.user
    wanted = user.language if user and user.preferred_at else complaint.language
    return wanted if wanted in spoken else spoken[0]


def write(
    kind: str,
    complaint: Complaint,
    /,
    *,
    language: str | None = None,
    now: datetime,
    **facts: Any,
) -> Letter:
    """Keep the letter of ``kind`` that says ``facts``; inside the cause's transaction.

    What every letter says (contact, dates, routes) is added here. Raises
    ``LetterIncomplete`` when a required part is empty.
    """
    profile = profiles.by_key(complaint.profile_key)
    tongue = language or language_of(complaint)
    with speaking(tongue, profile.timezone):
        known = letter_facts.common(kind, complaint, profile, now) | facts
        settled = settle(known)
        _ask_complete(kind, profile, settled)
        words = render(kind, settled)
    letter = Letter(
        complaint=complaint,
        kind=kind,
        version=profile.letters[LetterKind(kind)].version,
        language=tongue,
        subject=words.subject,
        body=words.body,
        facts=plain(settled),
        sha256=digest(words),
        written_at=now,
    )
    batch.number(letter)
    batch.add(letter)
    return letter


class speaking:  # noqa: N801 - reads as a word in a with statement
    """Within: the language and time zone in which a letter is written."""

    def __init__(self, language: str, zone: str) -> None:
        self._parts = (
            translation.override(language),
            timezone.override(ZoneInfo(zone)),
        )

    def __enter__(self) -> None:
        for part in self._parts:
            part.__enter__()

    def __exit__(self, *error: Any) -> None:
        for part in reversed(self._parts):
            part.__exit__(*error)


def render(name: str, facts: Mapping[str, Any]) -> Words:
    """The words of ``templates/letters/<name>.txt``; its first line is the subject."""
    template = get_template(f"letters/{name}.txt").template  # type: ignore[attr-defined]
    text = template.render(Context(dict(facts), autoescape=False))
    text = _BLANKS.sub("\n\n", _TRAILING.sub("", text)).strip()
    subject, _line, body = text.partition("\n")
    return Words(subject.strip()[:200], underlined(body.strip()) + "\n")


def digest(words: Words | Letter) -> str:
    """SHA-256 over what the letter says, as the ledger names it."""
    return hashlib.sha256(f"{words.subject}\n\n{words.body}".encode()).hexdigest()


def html(letter: Letter, **tools: str) -> str:
    """The letter as a page for screen and print, in its own language.

    ``tools`` are addresses that only the screen shows: ``back_url``, ``pdf_url``,
    ``paper_url``; and ``paper_words``, what became of a copy on paper.
    """
    return _page("letters/letter.html", letter, LetterPart.LETTER, tools)


def print_html(letter: Letter, part: str = LetterPart.LETTER) -> str:
    """The page that becomes the PDF: the same words, and nothing from outside it.

    Its sheets are named as ``letter_pdf`` hands them out.
    """
    return _page("letters/pdf.html", letter, part, {})


def _page(template: str, letter: Letter, part: str, tools: Mapping[str, str]) -> str:
    complaint = letter.complaint
    profile = profiles.by_key(complaint.profile_key)
    with speaking(letter.language, profile.timezone):
        context = {
            "letter": letter,
            "complaint": complaint,
            "contact": profile.contact,
            "to": _addressee(complaint),
            "way": _way(letter),
            "seal": list(_fours(letter.sha256[:16])),
            **_part(letter, part),
        }
        return render_to_string(template, {**context, "tools": tools})


def _part(letter: Letter, part: str) -> dict[str, Any]:
    """What stands on the sheet: the whole letter, or the complaint as it was filed."""
    blocks = blocks_of(letter.body)
    if part == LetterPart.COPY:
        title = gettext("Copy of your complaint")
        return {"title": title, "kind": title, "blocks": enclosed(blocks)}
    verdict = letter.kind in (LetterKind.DECISION, LetterKind.RULING)
    kind = letter.get_kind_display()
    return {
        "title": letter.subject,
        "kind": kind,
        "blocks": blocks,
        "verdict": verdict,
        "signed": True,
    }


def enclosed(blocks: list[Block]) -> list[Block]:
    """The copy of the complaint out of a receipt: its last part, without the foot."""
    heads = [place for place, block in enumerate(blocks) if block.kind == "heading"]
    return blocks[heads[-1] + 1 : -1] if heads else []


def _addressee(complaint: Complaint) -> list[str]:
    """Name and, where it is on file, address; nothing of somebody who was erased."""
    if complaint.customer.erased_at is not None:
        return []
    name = complaint.customer.full_name
    return letter_facts.postal_address(complaint) or ([name] if name else [])


def _way(letter: Letter) -> str:
    if letter.deliveries.exists():
        return gettext("by e-mail and in the portal")
    if letter.dispatches.exists():
        return gettext("by post")
    return gettext("in the portal")


def mail_html(words: Words, language: str) -> str:
    """The same words for mail programs that show nothing else; without any link.

    Its sheet stands in its head: nothing is loaded from anywhere.
    """
    return _mail("letters/mail.html", words, language)


def notice_html(words: Words, language: str) -> str:
    """A mail that is no letter (account, link, notice) in the frame of one.

    Addresses on this site alone can be followed, each written out as it is.
    """
    text = Words(words.subject, words.body.replace("\n-- \n", "\n"))
    return _mail("letters/notice_mail.html", text, language)


def _mail(template: str, words: Words, language: str) -> str:
    with translation.override(language):
        context = {
            "subject": words.subject,
            "blocks": blocks_of(words.body),
            "sheet": letter_mail.sheet(),
        }
        return render_to_string(template, context)


def _fours(text: str) -> Iterator[str]:
    for start in range(0, len(text), 4):
        yield text[start : start + 4]


def settle(value: Any) -> Any:
    """The same facts with every lazy word said, in the language now in force."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return {key: settle(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [settle(item) for item in value]
    return value


def _ask_complete(kind: str, profile: Profile, facts: Mapping[str, Any]) -> None:
    wanted = profile.letters[LetterKind(kind)].parts
    missing = [part for part in wanted if not _holds(part, facts)]
    if missing:
        raise LetterIncomplete(kind, missing)


def _holds(part: str, facts: Mapping[str, Any]) -> bool:
    if part not in facts:
        return False
    value = facts[part]
    if part in FREE_OF:
        return value is not None
    if isinstance(value, str):
        return bool(value.strip())
    if part in letter_facts.INNER:
        return _all_inner(value, letter_facts.INNER[part])
    return bool(value)


def _all_inner(value: Any, names: tuple[str, ...]) -> bool:
    """Each record of a part holds each of ``names``; at least one record."""
    rows = [value] if isinstance(value, Mapping) else list(value or ())
    return bool(rows) and all(row.get(name) for row in rows for name in names)


__all__ = [
    "LAYOUT",
    "Block",
    "LetterIncomplete",
    "Words",
    "blocks_of",
    "digest",
    "enclosed",
    "html",
    "language_of",
    "mail_html",
    "notice_html",
    "print_html",
    "render",
    "settle",
    "speaking",
    "write",
]
