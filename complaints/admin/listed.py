"""Files and letters of a case as its page lists them: a long case has many, so what is
alike in all rows is made once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.evidence_view import FILE
from complaints.admin.letter_view import LETTER
from complaints.models import Complaint, Evidence, Letter, LetterDispatch

LOOK = f"{FILE}_look"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file. ``download`` is empty where nobody may open it; ``state`` is drawn."""

    file: Evidence
    original: Evidence | None
    look: str
    download: str
    download_words: str
    state: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter. ``kind`` is its label, and its title where it has no subject."""

    letter: Letter
    url: str
    title: str
    kind: str
    copies: list[LetterDispatch]


def file_lines(case: Complaint, seen: Iterable[Evidence]) -> list[FileLine]:
    """The files that may be seen, with the names that the file of the case knows; each
    original with its copies after it. A copy says nothing of an original that is
    hidden."""
    keys = {file.pk for file in seen}
    files = {file.pk: file for file in case.evidence.all() if file.pk in keys}
    look, download = _addresses(LOOK, case), _addresses(FILE, case)
    drawn, words = Scans(), _("Download %(label)s")
    return [
        FileLine(
            file=file,
            original=files.get(file.derived_from_id or 0),
            look=look(file.number),
            download=download(file.number) if file.may_open else "",
            download_words=words % {"label": file.label},
            state=drawn[file.scan_state],
        )
        for file in sorted(files.values(), key=lambda file: _place(file, files))
    ]


def _place(file: Evidence, files: dict[int, Evidence]) -> tuple[int, int]:
    first = file
    while first.derived_from_id in files:
        first = files[first.derived_from_id]
    return first.number, file.number


class Scans(dict[str, str]):
    """What a scan said of a file, drawn once for all that have the same."""

    def __missing__(self, state: str) -> str:
        given = {"state": state, "short": True}
        self[state] = render_to_string("partials/scan.html", given)
        return self[state]


def letter_lines(case: Complaint) -> list[LetterLine]:
    """Newest first, each with the copies that go or went on paper."""
    address = _addresses(LETTER, case)
    lines = []
    for letter in reversed(case.letters.all()):
        kind = letter.get_kind_display()
        title = letter.subject or kind
        copies = list(letter.dispatches.all())
        lines.append(LetterLine(letter, address(letter.pk), title, kind, copies))
    return lines


def _addresses(name: str, case: Complaint) -> Callable[[Any], str]:
    """Addresses below the case, as ``reverse`` would have them, found once for all."""
    before, after = reverse(name, args=(case.pk, 0)).rsplit("/0/", 1)
    return lambda key: f"{before}/{key}/{after}"
