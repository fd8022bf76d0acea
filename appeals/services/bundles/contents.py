"""What goes into a bundle: the exhibits of a case, numbered as in its sealed file.

What stands behind a barrier (legal privilege, a suspicion report, somebody of ours) is
in no bundle: it is not among the documents at all, so that not even a gap tells of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from appeals.models import Appeal, BundleVariant, FiledItem
from appeals.services.bundles import texts
from appeals.services.file import HIDDEN_FROM_CUSTOMER, Document, documents
from complaints.models import Complaint, Decision, Evidence, Letter, Message
from complaints.services.evidence import offered_name
from complaints.states import LetterKind
from complaints.transitions import Words

INTERNAL, HELD, LINK, CHANGED, ERASED = "internal", "held", "link", "changed", "erased"
WHY_NOT: dict[str, Words] = {
    INTERNAL: _("for our own people only"),
    HELD: _("held: no virus scan has passed it yet"),
    LINK: _("held a personal link"),
    CHANGED: _("what is stored is not what was sealed"),
    ERASED: _("erased at the wish of the person it was about"),
}
"""Why an exhibit is named and its content is not there."""

NAME_LIMIT = 80
UNSAFE = frozenset('<>:"/\\|?*')


@dataclass
class Exhibit:
    """One numbered document. ``document`` holds the hash by which ledger and sealed
    file know it; what is in the ZIP under ``path`` is ``text`` or the file of
    ``evidence``, and nothing where ``withheld`` says why."""

    number: int
    document: Document
    filed: bool
    path: str = ""
    text: bytes | None = None
    evidence: Evidence | None = None
    withheld: str = ""
    size: int = 0
    crc: int = 0
    sha256: str = ""

    @property
    def original(self) -> Evidence | None:
        """The file of which this is a copy with parts covered."""
        return self.evidence.derived_from if self.evidence else None

    @property
    def why_not(self) -> Words:
        return WHY_NOT.get(self.withheld, "")


def exhibits(
    complaint: Complaint, appeal: Appeal | None, variant: str
) -> list[Exhibit]:
    """The exhibits in their order. What came after the file was sealed goes on with
    the next numbers; where nothing was sealed they are numbered as they came."""
    rows = _Rows(complaint)
    found = [
        _exhibit(rows, number, document, filed, variant)
        for number, document, filed in _numbered(documents(complaint), appeal)
    ]
    if variant == BundleVariant.WHOLE:
        return found
    return [one for one in found if not _is_inner(one)]


def _is_inner(exhibit: Exhibit) -> bool:
    """Whether the other side learns nothing of it but the gap in the numbers."""
    return exhibit.withheld == INTERNAL


def _numbered(
    papers: list[Document], appeal: Appeal | None
) -> Iterator[tuple[int, Document, bool]]:
    filed = _filed(appeal.file.all()) if appeal else {}
    last = max(filed.values(), default=0)
    later = 0
    for paper in sorted(papers, key=lambda one: _place(one, filed)):
        number = filed.get((paper.kind, paper.object_id))
        if number is None:
            later += 1
        yield number or last + later, paper, number is not None


def _filed(items: Iterable[FiledItem]) -> dict[tuple[str, int], int]:
    return {(item.kind, item.object_id): item.number for item in items}


def _place(paper: Document, filed: Mapping[tuple[str, int], int]) -> tuple[Any, ...]:
    number = filed.get((paper.kind, paper.object_id))
    return (number is None, number or 0, paper.dated, paper.kind, paper.object_id)


class _Rows:
    """The rows of a case by key, read once."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        files = complaint.evidence.select_related("derived_from")
        self.evidence: dict[int, Evidence] = {row.pk: row for row in files}
        messages = complaint.messages.select_related("author")
        self.messages: dict[int, Message] = {row.pk: row for row in messages}
        self.letters: dict[int, Letter] = {r.pk: r for r in complaint.letters.all()}
        decisions = complaint.decisions.select_related("proposed_by")
        self.decisions: dict[int, Decision] = {row.pk: row for row in decisions}

    def text(self, document: Document) -> bytes:
        if document.kind == "complaint":
            return texts.of_complaint(self.complaint)
        if document.kind == "letter":
            return texts.of_letter(self.letters[document.object_id])
        if document.kind == "decision":
            return texts.of_decision(self.decisions[document.object_id])
        return texts.of_message(self.messages[document.object_id], document.label)


def _exhibit(
    rows: _Rows, number: int, document: Document, filed: bool, variant: str
) -> Exhibit:
    made = Exhibit(number, document, filed)
    if document.kind == "evidence":
        made.evidence = rows.evidence[document.object_id]
    made.withheld = _withheld(rows, made, variant)
    if made.withheld:
        return made
    if made.evidence is None:
        made.text = rows.text(document)
    made.path = _path(made)
    return made


def _withheld(rows: _Rows, exhibit: Exhibit, variant: str) -> str:
    document, file = exhibit.document, exhibit.evidence
    inner = document.kind in HIDDEN_FROM_CUSTOMER or not document.shared
    if inner and variant == BundleVariant.SHARED:
        return INTERNAL
    if document.kind == "letter":
        letter = rows.letters[document.object_id]
        if letter.kind == LetterKind.TRACKING_LINK:
            return LINK
        return "" if letter.body else ERASED
    if file is not None and not file.file:
        return ERASED
    return HELD if file is not None and not file.may_open else ""


def _path(exhibit: Exhibit) -> str:
    kind = exhibit.document.kind
    name = f"{kind}.txt"
    if exhibit.evidence is not None:
        offered = _safe(offered_name(exhibit.evidence))
        name = f"{exhibit.evidence.label}-{offered}"
    return f"exhibits/{exhibit.number:03d}-{name}"


def _safe(name: str) -> str:
    """A name that every system can unpack; its ending stays."""
    kept = "".join("_" if char in UNSAFE else char for char in name).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 8:
        return kept[:NAME_LIMIT] or "file"
    return f"{stem[: NAME_LIMIT - len(ending) - 1].rstrip(' .') or 'file'}.{ending}"
