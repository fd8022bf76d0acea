"""The receipt of somebody whom neither mail nor post reaches: read on the screen.

RTS 2025/294 Art 4(1) and 7(2): acknowledged in writing, electronically or on paper.
Whoever files here signed in, without an address, is handed the receipt by the page
itself, to keep and to print; the ledger says that it was this way and no other.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from complaints import ledger, timing
from complaints.models import Complaint, Letter
from complaints.permissions import Viewer, as_viewer, customer_self
from complaints.services.relay import acknowledged
from complaints.states import LetterKind, Step

if TYPE_CHECKING:
    from teams.models import User

BY_SCREEN = "screen"


def shown(
    *, complaint: Complaint, actor: "User | Viewer", now: datetime | None = None
) -> bool:
    """Record that the customer has the receipt before them, where nothing else brings
    it; True when that was its acknowledgement.

    Nothing happens for anybody but the customer, nor a second time.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not customer_self(complaint, viewer):
        return False
    letter = _unsent(complaint)
    return letter is not None and _acknowledge(complaint, letter, viewer, moment)


def _unsent(complaint: Complaint) -> Letter | None:
    """The receipt that no mail and no paper carries. One query."""
    return Letter.objects.filter(
        complaint=complaint,
        kind=LetterKind.RECEIPT,
        deliveries=None,
        dispatches=None,
    ).first()


@transaction.atomic
def _acknowledge(
    complaint: Complaint, letter: Letter, viewer: Viewer, now: datetime
) -> bool:
    head = ledger.lock(complaint.stream)
    if acknowledged(complaint):
        return False
    payload = {"letter": letter.pk, "by": BY_SCREEN, "sha256": letter.sha256}
    entry = ledger.Entry("acknowledged", viewer, now, payload)
    ledger.append(complaint.stream, entry, head=head)
    timing.stop(complaint, (Step.ACKNOWLEDGE,), now=now)
    return True
