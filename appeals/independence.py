"""Who is independent enough to look at a case a second time."""

from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models import Event, SignOff
from teams.models import User


def decided_by(complaint: Any) -> set[int]:
    """Proposers and signers of every first-stage decision of the case."""
    proposers = complaint.decisions.filter(on_appeal=False).exclude(proposed_by=None)
    signers = SignOff.objects.filter(
        decision__complaint=complaint, decision__on_appeal=False
    )
    return {
        *proposers.values_list("proposed_by_id", flat=True),
        *signers.values_list("signer_id", flat=True),
    }


def acted(appeal: Any, user: User) -> bool:
    """Whether ``user`` has an event on the case before the file was frozen."""
    rows = Event.objects.filter(
        stream=appeal.stream, actor_id=user.pk, seq__lte=appeal.file_seq
    )
    return rows.exists()


def dependence(appeal: Any, user: User) -> Iterator[str | Promise]:
    """Reasons why ``user`` may not review ``appeal``; none means independent."""
    complaint = appeal.complaint
    deciders = decided_by(complaint)
    if acted(appeal, user) or complaint.handler_id == user.pk:
        yield _("This person acted on the case before.")
    if user.pk in deciders:
        yield _("This person decided the case.")
    if user.line() & deciders:
        yield _("This person reports to somebody who decided the case.")
    if complaint.conflicts.filter(user_id=user.pk, lifted_at=None).exists():
        yield _("This person is named in the case or has a conflict of interest.")
