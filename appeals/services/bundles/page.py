"""The PDF of a bundle: PDF/A-3, tagged, made of nothing but our own static files."""

from typing import Any

from django.template.loader import render_to_string

from appeals.notices import what_follows
from appeals.services.bundles.contents import Exhibit
from appeals.services.bundles.read import CaseFile
from appeals.services.bundles.volumes import Volume
from complaints import letter_child, letter_markup, profiles, signing
from complaints.models import Letter
from complaints.selectors.timeline import TimelineEntry

VARIANT = "pdf/a-3a"
"""ISO 19005-3, level A: fonts inside, tagged, every sign with its Unicode."""


def pdf(volume: Volume) -> bytes:
    """Takes seconds: in a worker, outside of any transaction."""
    from complaints.letter_pdf import pdf_of  # noqa: PLC0415 - loads the renderer

    return pdf_of(page(volume), variant=VARIANT)


def pdf_apart(volume: Volume) -> bytes:
    """The same in a process of its own, so that many volumes take no more than one."""
    return letter_child.pdf_apart(page(volume), VARIANT)


def page(volume: Volume) -> str:
    """The page that becomes the PDF, in the language now in force."""
    case = volume.case
    context = {
        "volume": volume,
        "case": case,
        "complaint": case.complaint,
        "appeal": case.appeal,
        "ruled": case.appeal is not None and case.appeal.ruled_at is not None,
        "after": what_follows(case.appeal) if case.appeal else "",
        "contact": profiles.by_key(case.complaint.profile_key).contact,
        "timeline": [_line(case, entry) for entry in volume.timeline],
        "letters": [_letter(letter) for letter in volume.letters],
        "exhibits": [_row(one) for one in volume.exhibits],
        "key": signing.public_key(),
    }
    return render_to_string("appeals/bundle.html", context)


def _line(case: CaseFile, entry: TimelineEntry) -> dict[str, Any]:
    sealed = case.appeal.lodged_at if case.appeal else None
    later = sealed is not None and entry.at > sealed
    return {"entry": entry, "later": later}


def _letter(letter: Letter) -> dict[str, Any]:
    return {"letter": letter, "blocks": letter_markup.blocks_of(letter.body)}


def _row(exhibit: Exhibit) -> dict[str, Any]:
    original = exhibit.original
    return {
        "exhibit": exhibit,
        "name": exhibit.path.removeprefix("exhibits/"),
        "original": original,
        "pieces": _pieces(exhibit.sha256 or exhibit.document.sha256),
    }


def _pieces(sha256: str) -> list[str]:
    """A hash in four lines of sixteen, so that two can be compared by eye."""
    return [sha256[at : at + 16] for at in range(0, len(sha256), 16)]
