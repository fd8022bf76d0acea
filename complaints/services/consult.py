"""Consultation: another team looks into one case and answers one question."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, notifications
from complaints.errors import (
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from complaints.models import CaseAccess, Complaint
from complaints.permissions import (
    Viewer,
    as_viewer,
    handler_or_lead,
    is_open,
)
from complaints.registry import Done
from complaints.states import AccessKind, Barrier
from teams.models import Team
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

QUESTION_LIMIT = 5_000


def consult(
    *,
    complaint: Complaint,
    team: Team,
    question: str,
    actor: "User | Viewer",
    until: datetime | None = None,
    now: datetime | None = None,
) -> CaseAccess:
    """Let another team see this one case and ask it something.

    It sees the case while the consultation is open: until it answers, it is ended,
    or ``until`` has come. Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove``
    (not open, barred, or asked already) or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_seen(complaint, viewer)
    if not handler_or_lead(complaint, viewer):
        raise NotPermitted
    if not is_open(complaint) or complaint.barrier != Barrier.NONE:
        raise IllegalMove
    _check(complaint, team, question, until, moment)
    return _open(complaint, team, question.strip(), viewer, until, moment)


def _check(
    complaint: Complaint,
    team: Team,
    question: str,
    until: datetime | None,
    now: datetime,
) -> None:
    if not question.strip():
        raise InvalidInput(_("Write something first."), field="question", code="empty")
    if len(question) > QUESTION_LIMIT:
        raise InvalidInput(
            _("Keep the question under 5,000 characters."),
            field="question",
            code="too_long",
        )
    if team.pk == complaint.team_id:
        raise InvalidInput(_("The case is with this team already."), field="team")
    if until is not None and until <= now:
        raise InvalidInput(_("Choose a date that is still to come."), field="until")


@transaction.atomic
def _open(
    complaint: Complaint,
    team: Team,
    question: str,
    viewer: Viewer,
    until: datetime | None,
    now: datetime,
) -> CaseAccess:
    head = ledger.lock(complaint.stream)
    if live(complaint, now).filter(team=team).exists():
        raise IllegalMove(_("This team is consulted already."))
    access = CaseAccess.objects.create(
        complaint=complaint,
        kind=AccessKind.CONSULTATION,
        team=team,
        codename=Perm.VIEW,
        question=question,
        granted_by=viewer.user,
        granted_at=now,
        until=until,
    )
    facts = {"access": access.pk, "team": team, "until": until}
    entry = ledger.Entry("consulted", viewer, now, facts, {"question": question})
    event = ledger.append(complaint.stream, entry, head=head)
    notifications.announce(Done.of_event(complaint, event, viewer, access=access))
    return access


def live(complaint: Complaint, now: datetime) -> QuerySet[CaseAccess]:
    """The consultations of a case that are open at ``now``."""
    return CaseAccess.objects.filter(
        Q(until=None) | Q(until__gt=now),
        complaint=complaint,
        kind=AccessKind.CONSULTATION,
        revoked_at=None,
    )


def answer_consultation(
    *,
    access: CaseAccess,
    answer: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> CaseAccess:
    """Answer, and so end the consultation: the team loses sight of the case.

    Raises ``NotVisible`` for whom the question was not put to, ``IllegalMove`` when
    it is not open any more, or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    asked = access.team_id is not None and viewer.holds_on(Perm.HANDLE, access.team_id)
    if not asked or access.kind != AccessKind.CONSULTATION:
        raise NotVisible
    if not answer.strip():
        raise InvalidInput(_("Write something first."), field="answer", code="empty")
    return _end(access, viewer, moment, "consultation_answered", answer.strip())


def end_consultation(
    *, access: CaseAccess, actor: "User | Viewer", now: datetime | None = None
) -> CaseAccess:
    """Take the question back without an answer; by who may consult on the case."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_seen(access.complaint, viewer)
    if not handler_or_lead(access.complaint, viewer):
        raise NotPermitted
    return _end(access, viewer, moment, "consultation_ended")


@transaction.atomic
def _end(
    access: CaseAccess, viewer: Viewer, now: datetime, what: str, answer: str = ""
) -> CaseAccess:
    complaint = access.complaint
    head = ledger.lock(complaint.stream)
    rows = live(complaint, now).filter(pk=access.pk)
    if rows.update(answer=answer, revoked_at=now) != 1:
        raise IllegalMove(_("This consultation has ended already."))
    facts = {"access": access.pk, "team": access.team}
    texts = {"answer_given": answer} if answer else {}
    entry = ledger.Entry(what, viewer, now, facts, texts)
    event = ledger.append(complaint.stream, entry, head=head)
    access.refresh_from_db()
    notifications.announce(Done.of_event(complaint, event, viewer, access=access))
    return access


def _ask_seen(complaint: Complaint, viewer: Viewer) -> None:
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
