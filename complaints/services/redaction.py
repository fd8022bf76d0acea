"""A copy with parts covered for good: boxes burnt into pictures that we drew.

The original is not touched. No text, no layer and no metadata of it is in the copy,
for that is made of pictures alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from complaints import drawing
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Evidence, EvidencePage
from complaints.permissions import Viewer, as_viewer
from complaints.services import previews
from complaints.services.evidence import Upload, add_copy

if TYPE_CHECKING:
    from teams.models import User

MOST_BOXES = 200


def redact(
    *,
    evidence: Evidence,
    boxes: Sequence[drawing.Box],
    reason: str,
    actor: "User | Viewer",
    shared: bool = False,
    now: datetime | None = None,
) -> Evidence:
    """Seal a copy of the pages that were drawn, without what the boxes cover.

    Raises ``NotVisible``, ``NotPermitted`` for anybody but staff, ``IllegalMove`` while
    there are no pictures, or ``InvalidInput``.
    """
    viewer = as_viewer(actor)
    pages = previews.pages_of(evidence, viewer)
    if not viewer.is_staff:
        raise NotPermitted
    if not pages:
        raise IllegalMove(_("There are no pictures of this file to work on."))
    _check(boxes, len(pages))
    if not reason.strip():
        raise InvalidInput(_("Say why the copy is made."), field="reason", code="empty")
    contents = [_read(page) for page in pages]
    try:
        covered = drawing.cover(contents, boxes)
    except (drawing.Failed, drawing.Refused):
        raise IllegalMove(_("The copy could not be made. Try again.")) from None
    ending = "png" if len(pages) == 1 else "pdf"
    upload = Upload(f"{evidence.label} redacted.{ending}", covered)
    return add_copy(
        original=evidence,
        upload=upload,
        reason=reason,
        actor=viewer,
        shared=shared,
        now=now,
    )


def _read(page: EvidencePage) -> bytes:
    with page.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _check(boxes: Sequence[drawing.Box], pages: int) -> None:
    if not 1 <= len(boxes) <= MOST_BOXES:
        words = _("Cover at least one part, and at most 200.")
        raise InvalidInput(words, field="boxes", code="count")
    for box in boxes:
        across = 0 <= box.left < box.right <= 1
        down = 0 <= box.top < box.bottom <= 1
        if not (across and down and 1 <= box.page <= pages):
            words = _("A part lies outside the pages.")
            raise InvalidInput(words, field="boxes", code="outside")
