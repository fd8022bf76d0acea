"""What the customer leaves beside the case: texts not sent yet, and one rating."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import CaseErased, IllegalMove, InvalidInput, NotVisible
from complaints.models import DRAFT_LIVES, Complaint, Rating, UnsentText
from complaints.permissions import Viewer, as_viewer, customer_self
from complaints.services.correspond import MESSAGE_LIMIT
from complaints.states import State

if TYPE_CHECKING:
    from teams.models import User

RATED_STATES = frozenset({State.CLOSED, State.WITHDRAWN})
COMMENT_LIMIT = 5_000


def keep_unsent(*, complaint: Complaint, text: str, actor: "User | Viewer") -> None:
    """Keep what was typed so far; an empty text forgets it. Raises ``NotVisible``."""
    viewer = _customer(complaint, actor)
    words = text.replace("\0", "")[:MESSAGE_LIMIT]
    if not words.strip():
        forget_unsent(complaint=complaint, actor=viewer)
        return
    UnsentText.objects.update_or_create(
        complaint=complaint,
        writer=viewer.user,
        defaults={"text": words, "updated_at": timezone.now()},
    )


def unsent_text(*, complaint: Complaint, actor: "User | Viewer") -> str:
    """What this writer typed and did not send; empty where there is nothing."""
    rows = UnsentText.objects.filter(
        complaint=complaint, writer=_customer(complaint, actor).user
    )
    return rows.values_list("text", flat=True).first() or ""


def forget_unsent(*, complaint: Complaint, actor: "User | Viewer") -> None:
    viewer = as_viewer(actor)
    UnsentText.objects.filter(complaint=complaint, writer=viewer.user).delete()


def forget_old(*, now: datetime | None = None) -> int:
    """Delete texts that nobody went on with in the time a draft lives."""
    rows = UnsentText.objects.filter(
        updated_at__lte=(now or timezone.now()) - DRAFT_LIVES
    )
    return rows.delete()[0]


@transaction.atomic
def rate(
    *,
    complaint: Complaint,
    score: int,
    actor: "User | Viewer",
    comment: str = "",
    now: datetime | None = None,
) -> Rating:
    """Record how the customer found the handling: 1 (very badly) to 5, once.

    Raises ``NotVisible``, ``IllegalMove`` before the end of the case, or
    ``InvalidInput`` for a score that is none and for a second rating.
    """
    viewer, moment = _customer(complaint, actor), now or timezone.now()
    head = ledger.lock(complaint.stream)
    complaint.refresh_from_db()
    _check_rating(complaint, score, comment)
    rating = Rating.objects.create(
        complaint=complaint, score=score, comment=comment.strip(), at=moment
    )
    entry = ledger.Entry(
        "rated",
        viewer,
        moment,
        {"score": score},
        texts={"comment": rating.comment} if rating.comment else {},
        customer_texts=frozenset({"comment"}),
    )
    ledger.append(complaint.stream, entry, head=head)
    return rating


def may_rate(complaint: Complaint) -> bool:
    """Whether the case is over and was neither rated nor erased yet."""
    if complaint.state not in RATED_STATES or complaint.erased_at is not None:
        return False
    return not Rating.objects.filter(complaint=complaint).exists()


def _check_rating(complaint: Complaint, score: int, comment: str) -> None:
    if complaint.state not in RATED_STATES:
        raise IllegalMove(_("A complaint is rated when it is over."))
    if complaint.erased_at is not None:
        raise CaseErased(field="comment")
    if score not in Rating.Score.values:
        raise InvalidInput(_("Choose one of the five."), field="score")
    if len(comment) > COMMENT_LIMIT or "\0" in comment:
        raise InvalidInput(_("Write at most 5,000 characters."), field="comment")
    if Rating.objects.filter(complaint=complaint).exists():
        raise InvalidInput(_("You rated this complaint already. Thank you."))


def _customer(complaint: Complaint, actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    if not customer_self(complaint, viewer):
        raise NotVisible
    return viewer
