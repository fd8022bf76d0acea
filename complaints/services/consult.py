"""Other teams at work on one case: asked one question, or given one piece of work.

A consultation is a question, a contribution a piece of work; both let the team see the
one case while they are open, have a limit of their own, and end with the answer. The
team of the case stays the one that answers for it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, notifications, timing
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
from complaints.registry import Done, effect
from complaints.services.escalation import ASKED_OF
from complaints.states import AccessKind, Barrier, Step
from teams.models import Team
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

QUESTION_LIMIT = 5_000


@dataclass(frozen=True)
class Way:
    """How a kind of asking is called on the ledger, and which limit it sets."""

    step: Step
    asked: str
    answered: str
    ended: str


WAYS: dict[str, Way] = {
    AccessKind.CONSULTATION: Way(
        Step.CONSULT, "consulted", "consultation_answered", "consultation_ended"
    ),
    AccessKind.CONTRIBUTION: Way(
        Step.CONTRIBUTE, "work_asked", "work_done", "work_ended"
    ),
}


def consult(
    *,
    complaint: Complaint,
    team: Team,
    question: str,
    actor: "User | Viewer",
    until: datetime | None = None,
    answer_by: datetime | None = None,
    kind: str = AccessKind.CONSULTATION,
    now: datetime | None = None,
) -> CaseAccess:
    """Let another team see this one case and ask it something, or give it some work.

    ``answer_by`` starts a limit of the asked team: reminded of and missed as others.

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
    _check_limit(answer_by, until, moment)
    access = CaseAccess(
        complaint=complaint,
        kind=AccessKind(kind),
        team=team,
        codename=Perm.VIEW,
        question=question.strip(),
        granted_by=viewer.user,
        granted_at=moment,
        answer_by=answer_by,
        until=until,
    )
    return _open(access, viewer)


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


def _check_limit(
    answer_by: datetime | None, until: datetime | None, now: datetime
) -> None:
    if answer_by is None:
        return
    if answer_by <= now:
        raise InvalidInput(_("Choose a date that is still to come."), field="answer_by")
    if until is not None and answer_by > until:
        raise InvalidInput(
            _("The team no longer sees the case then."), field="answer_by"
        )


@transaction.atomic
def _open(access: CaseAccess, viewer: Viewer) -> CaseAccess:
    complaint, now, way = access.complaint, access.granted_at, WAYS[access.kind]
    head = ledger.lock(complaint.stream)
    if live(complaint, now, access.kind).filter(team=access.team).exists():
        raise IllegalMove(_("This team is consulted already."))
    access.save(force_insert=True)
    if access.answer_by is not None:
        timing.dated_clock(
            complaint,
            way.step,
            started_at=now,
            due_at=access.answer_by,
            subject=f"{ASKED_OF}{access.pk}",
        ).save()
    facts = {
        "access": access.pk,
        "team": access.team,
        "until": access.until,
        "answer_by": access.answer_by,
    }
    texts = {"question": access.question}
    entry = ledger.Entry(way.asked, viewer, now, facts, texts)
    event = ledger.append(complaint.stream, entry, head=head)
    notifications.announce(Done.of_event(complaint, event, viewer, access=access))
    return access


def live(complaint: Complaint, now: datetime, *kinds: str) -> QuerySet[CaseAccess]:
    """What of a case other teams are asked at ``now``: of ``kinds``, else of any."""
    return CaseAccess.objects.filter(
        Q(until=None) | Q(until__gt=now),
        complaint=complaint,
        kind__in=kinds or tuple(WAYS),
        revoked_at=None,
    )


def end_all(complaint: Complaint, *, now: datetime, team: Team | None = None) -> None:
    """End every open question and piece of work (of ``team`` alone) without a word."""
    rows = live(complaint, now)
    if team is not None:
        rows = rows.filter(team=team)
    for access in rows:
        way, subject = WAYS[access.kind], f"{ASKED_OF}{access.pk}"
        timing.stop_subject(complaint, way.step, subject, now=now)
    rows.update(revoked_at=now)


@effect("complaint", "close", "withdraw", "merge_into")
def end_with_case(done: Done) -> None:
    """Nobody is asked about a case that is over."""
    end_all(done.obj, now=done.now)


@effect("complaint", "reroute")
def end_for_new_team(done: Done) -> None:
    """Who has the case now needs no question to see it."""
    end_all(done.obj, now=done.now, team=done.fields["team"])


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
    if not asked or access.kind not in WAYS:
        raise NotVisible
    if not answer.strip():
        raise InvalidInput(_("Write something first."), field="answer", code="empty")
    return _end(access, viewer, moment, WAYS[access.kind].answered, answer.strip())


def end_consultation(
    *, access: CaseAccess, actor: "User | Viewer", now: datetime | None = None
) -> CaseAccess:
    """Take the question back without an answer; by who may consult on the case."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_seen(access.complaint, viewer)
    if not handler_or_lead(access.complaint, viewer):
        raise NotPermitted
    return _end(access, viewer, moment, WAYS[access.kind].ended)


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
    way, subject = WAYS[access.kind], f"{ASKED_OF}{access.pk}"
    timing.stop_subject(complaint, way.step, subject, now=now, record_miss=True)
    access.refresh_from_db()
    notifications.announce(Done.of_event(complaint, event, viewer, access=access))
    return access


def _ask_seen(complaint: Complaint, viewer: Viewer) -> None:
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
