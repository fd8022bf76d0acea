"""The authorisation file as one ZIP: sheets and procedure in each language, the tables
as JSON, and a signed list of what is in it."""

import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.utils.translation import override

from complaints import letter_system, signing
from complaints.compliance.returns import authorisation, paper, sheets
from complaints.compliance.returns.sheets import Return
from complaints.letter_markup import blocks_of

FORMAT: Final = "recourse authorisation 1"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
DATED: Final = (1980, 1, 1, 0, 0, 0)
"""What a ZIP writes of files without a date."""


def to_zip(found: Return) -> bytes:
    """The same configuration at the same cut-off gives the same file."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as book:
        listed = []
        for name, content in _files(found):
            book.writestr(ZipInfo(name, DATED), content)
            listed.append({"path": name, "sha256": hashlib.sha256(content).hexdigest()})
        manifest = _json({"format": FORMAT, **found.facts, "files": listed})
        book.writestr(ZipInfo(MANIFEST, DATED), manifest)
        book.writestr(ZipInfo(SIGNATURE, DATED), _json(_signed(manifest)))
    return out.getvalue()


def _files(found: Return) -> Iterator[tuple[str, bytes]]:
    for language, _name in settings.LANGUAGES:
        with override(language):
            same = authorisation.build(found.period, found.cut_off)
            yield f"authorisation-{language}.json", sheets.to_json(same)
            if letter_system.available():
                drawn = paper.drawn(sheet_of(same))
                yield f"authorisation-{language}.pdf", drawn
            if page := authorisation.procedure(found.cut_off):
                text = f"# {page.title}\n\n{page.text}\n"
                yield f"procedure-{language}.txt", text.encode()


def sheet_of(found: Return) -> paper.Paper:
    """The tables, and before them the procedure as it is published."""
    parts = []
    if page := authorisation.procedure(found.cut_off):
        blocks = blocks_of(page.text)
        parts.append(paper.Part(page.title, blocks=blocks, language=page.language))
    return paper.paper_of(found, *parts)


def _signed(manifest: bytes) -> dict[str, str]:
    return {
        "algorithm": signing.ALGORITHM,
        "public_key": signing.public_key(),
        "signature": signing.sign(manifest),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
