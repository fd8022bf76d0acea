"""The rest of a complaint that began as an alarm of a few words."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import batch, ledger, notifications
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Complaint, Point
from complaints.permissions import Viewer, as_viewer, customer_self, is_open
from complaints.registry import Done
from complaints.services import search
from complaints.services.intake.filing import (
    DESCRIPTION_LIMIT,
    Filing,
    check,
    masked,
    warn,
)
from complaints.services.intake.rows import identifiers_of

if TYPE_CHECKING:
    from teams.models import User


@transaction.atomic
def tell_more(
    *,
    complaint: Complaint,
    filing: Filing,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """The rest of a complaint that was registered by an alarm of a few words.

    Empty columns are filled, the story and its points are added; nothing that was
    said before is lost. A receipt with the whole copy goes out. Raises
    ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not customer_self(complaint, viewer):
        raise NotPermitted
    if not is_open(complaint):
        raise IllegalMove
    filing = masked(filing)
    check(filing, moment)
    ledger.lock(complaint.stream)
    points = filing.points or (filing.subject,)
    _fill(complaint, filing)
    _more_points(complaint, points)
    batch.add(*identifiers_of(complaint, _unknown_identifiers(complaint, filing)))
    entry = ledger.Entry("story_added", viewer, moment, {"points": len(points)})
    event = ledger.append(complaint.stream, entry)
    complaint = Complaint.objects.get(pk=complaint.pk)
    search.refresh(complaint)
    state = complaint.state
    notifications.announce(
        Done(complaint, "story_added", viewer, {}, moment, event, state, state)
    )
    warn(complaint, filing, moment)


def _fill(complaint: Complaint, filing: Filing) -> None:
    story = f"{complaint.description}\n\n{filing.description}".strip()
    if len(story) > DESCRIPTION_LIMIT:
        raise InvalidInput(
            _("This is longer than we can keep (50,000 characters)."),
            field="description",
            code="too_long",
        )
    given: dict[str, Any] = {
        **filing.details,
        "asset": filing.asset.upper(),
        "amount": filing.amount,
        "desired_outcome": filing.desired_outcome,
    }
    empty = {name: v for name, v in given.items() if not getattr(complaint, name)}
    if complaint.category_id is None:
        empty["category"] = filing.category
    Complaint.objects.filter(pk=complaint.pk).update(description=story, **empty)


def _more_points(complaint: Complaint, points: Iterable[str]) -> None:
    last = complaint.points.count()
    Point.objects.bulk_create(
        Point(complaint=complaint, number=number, text=text)
        for number, text in enumerate(filter(None, points), start=last + 1)
    )


def _unknown_identifiers(
    complaint: Complaint, filing: Filing
) -> list[tuple[str, str, str]]:
    known = set(complaint.identifiers.values_list("kind", "value"))
    return [row for row in filing.identifiers if (row[0], row[1].strip()) not in known]
