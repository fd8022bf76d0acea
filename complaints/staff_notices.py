"""Notices to our own people about one case: a consultation, a sign-off nobody gives.

Whoever does not see the case, or has a conflict of interest in it, hears nothing of it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from complaints.models import Complaint, Conference
from complaints.notifications import notice
from complaints.outbox import case_page, staff_notice
from complaints.permissions import as_staff, viewer_of
from complaints.registry import Done
from complaints.states import TaskOrigin
from complaints.transitions import Words
from teams.cover import stand_ins
from teams.models import Membership, User
from teams.permissions import holders_of
from teams.roles import Perm, Role


def tell(
    done: Done, people: Iterable[User | None], subject: Words, body: Words, page: str
) -> None:
    """Tell those of ``people`` who see the case, or who stands in for them while they
    are away; ``page`` is a path of the admin."""
    link = f"\n\n{settings.SITE_URL}{page}\n"
    case = done.obj.case
    _write(done, _hearers(case, _present(case, people, done)), subject, body, link)


def hand_to(
    done: Done, people: Iterable[User], subject: Words, body: Words, page: str
) -> None:
    """Tell exactly these, whether or not they see the case yet."""
    link = f"\n\n{settings.SITE_URL}{page}\n"
    _write(done, people, subject, body, link, unseen_too=True)


def _write(
    done: Done,
    people: Iterable[User],
    subject: Words,
    body: Words,
    link: str = "",
    conference: Conference | None = None,
    *,
    unseen_too: bool = False,
) -> None:
    """To each in their language; ``subject`` names the case and nothing else of it."""
    case = done.obj.case
    for user in people:
        with override(user.language):
            staff_notice(
                key=f"{done.event.stream}#{done.event.seq}:{user.pk}",
                user=user,
                subject=str(subject) % {"reference": case.reference},
                body=f"{body}{link}",
                complaint=case,
                now=done.now,
                conference=conference,
                unseen_too=unseen_too,
            )


def _hearers(case: Complaint, people: Iterable[User | None]) -> Iterator[User]:
    """Each once, in a fixed order; nobody hears of a complaint of their own."""
    conflicts = case.conflicts.filter(lifted_at=None)
    conflicted = set(conflicts.values_list("user_id", flat=True))
    found = {user.pk: user for user in people if user is not None}
    for pk, user in sorted(found.items()):
        viewer = as_staff(viewer_of(user))
        seen = Complaint.objects.visible_to(viewer).filter(pk=case.pk)
        if user.is_active and pk not in conflicted and seen.exists():
            yield user


def _present(
    case: Complaint, people: Iterable[User | None], done: Done
) -> Iterator[User]:
    """Whoever stands in for somebody instead of them, where they hear of such a case
    at all."""
    found = {user.pk: user for user in people if user is not None}
    covers = stand_ins(found, done.now)
    for pk, user in found.items():
        cover = covers.get(pk)
        yield cover if cover and list(_hearers(case, [cover])) else user


def in_role(team: str, role: str) -> set[User]:
    """The active people who have ``role`` in the team named ``team``."""
    seats = Membership.objects.live().filter(team__code=team, role=role)
    return set(User.objects.filter(memberships__in=seats, is_active=True))


def _tell(done: Done, people: Iterable[Any], subject: Words, body: Words) -> None:
    tell(done, people, subject, body, case_page(done.obj.pk))


# Conferences ------------------------------------------------------------------------


@notice("complaint", "conference_called")
def invite(done: Done) -> None:
    _to_conference(
        done,
        _("Complaint %(reference)s: you are invited to a conference"),
        _("You are invited to a conference on this case. The agenda is on its page."),
    )


@notice("complaint", "conference_cancelled")
def call_off(done: Done) -> None:
    _to_conference(
        done,
        _("Complaint %(reference)s: the conference is called off"),
        _("The conference about this case is called off."),
    )


def _to_conference(done: Done, subject: Words, body: Words) -> None:
    """With an entry for the calendar, to those who still see the case."""
    row = done.fields["conference"]
    link = f"\n\n{settings.SITE_URL}{case_page(done.obj.pk)}\n"
    people = _hearers(done.obj, row.people.all())
    _write(done, people, subject, body, link, row)


# Consultation -----------------------------------------------------------------------


@notice("complaint", "consulted")
def ask_team(done: Done) -> None:
    _tell(
        done,
        _members(done),
        _("Complaint %(reference)s: your team is asked"),
        _("Your team is consulted on this case and sees it until it answers."),
    )


@notice("complaint", "work_asked")
def bring_team_in(done: Done) -> None:
    _tell(
        done,
        _members(done),
        _("Complaint %(reference)s: your team has a part in it"),
        _("Your team was given a piece of work and sees the case until it is done."),
    )


@notice("complaint", "work_done")
def bring_work(done: Done) -> None:
    """Whoever asked, and whoever has the case now."""
    _tell(
        done,
        [done.fields["access"].granted_by, done.obj.handler],
        _("Complaint %(reference)s: a team has done its part"),
        _("The team that was brought in has done its part. It stands on the page."),
    )


@notice("complaint", "consultation_answered")
def bring_answer(done: Done) -> None:
    """Whoever asked, and whoever has the case now."""
    _tell(
        done,
        [done.fields["access"].granted_by, done.obj.handler],
        _("Complaint %(reference)s: your question is answered"),
        _("The team that was consulted has answered. It stands on the page."),
    )


@notice("complaint", "consultation_ended", "work_ended")
def release_team(done: Done) -> None:
    """The team has lost sight of the case: nothing is said of it, nothing linked."""
    _write(
        done,
        _members(done),
        _("Complaint %(reference)s: no answer is needed any more"),
        _("The question to your team was taken back. You no longer see the case."),
        unseen_too=True,
    )


def _members(done: Done) -> QuerySet[User]:
    """Everybody of the consulted team who may answer."""
    team = done.fields["access"].team
    seats = Membership.objects.live().filter(team=team)
    return holders_of([Perm.HANDLE]).filter(memberships__in=seats).distinct()


# Tasks --------------------------------------------------------------------------------


@notice("complaint", "task_given", "mentioned")
def hand_over_task(done: Done) -> None:
    """To whom it was given by somebody else; leads see theirs in the list of tasks."""
    task = done.fields["task"]
    if task.assignee_id in (None, done.viewer.user.pk):
        return
    body = (
        _("You are named in a note on this case.")
        if task.origin == TaskOrigin.MENTION
        else _("A colleague gave you a task on this case.")
    )
    subject = _("Complaint %(reference)s: something for you to do")
    _tell(done, [task.assignee], subject, body)


# At risk ------------------------------------------------------------------------------


@notice("complaint", "alarm_unseen")
def escalate_alarm(done: Done) -> None:
    """To the leads of security and of the team that has it; to the head where there is
    none who sees it."""
    case = done.obj
    leads = in_role("security", Role.LEAD) | in_role(case.team.code, Role.LEAD)
    heard = set(_hearers(case, leads)) or in_role("desk", Role.HEAD)
    _tell(
        done,
        heard,
        _("Complaint %(reference)s: at risk, and nobody has looked"),
        _(
            "Money or access is at risk, and nobody has opened the case in the time "
            "set for it. Please see that somebody does, now."
        ),
    )


# Evidence ---------------------------------------------------------------------------


@notice("complaint", "evidence_infected")
def warn_of_virus(done: Done) -> None:
    """Whoever has the case, or the leads of its team where nobody has it."""
    case = done.obj
    _tell(
        done,
        [case.handler] if case.handler else in_role(case.team.code, Role.LEAD),
        _("Complaint %(reference)s: a file is held back"),
        _("The scanner found a virus in a file of this case. Nobody can open it."),
    )


# Remedies ---------------------------------------------------------------------------


@notice("remedy", "fail")
def bring_refusal(done: Done) -> None:
    """The ledger's no; what a person wrote down is known to them."""
    if done.viewer.is_system:
        _tell_executors(done, _("The exchange's ledger refused to carry a remedy out."))


@notice("remedy", "order_silent")
def bring_silence(done: Done) -> None:
    words = _(
        "The exchange's ledger has not answered so far. It is asked again and again, "
        "and nothing is paid twice; please have somebody look there."
    )
    _tell_executors(done, words)


@notice("remedy", "take_back_refused")
def bring_refused_take_back(done: Done) -> None:
    _tell_executors(done, _("The exchange's ledger refused to take a remedy back."))


@notice("remedy", "take_back_agreed")
def bring_agreement(done: Done) -> None:
    _tell_executors(done, _("A second person agreed that a remedy is taken back."))


@notice("remedy", "take_back_asked")
def ask_second_person(done: Done) -> None:
    """The leads of the case, and approvers, of whom those hear who see it now."""
    case = done.obj.complaint
    people = [*in_role(case.team.code, Role.LEAD), *in_role("desk", Role.APPROVER)]
    tell(
        done,
        [person for person in people if person.pk != done.viewer.user.pk],
        _("Complaint %(reference)s: a second person is asked"),
        _("A remedy that was carried out is to be taken back. Somebody has to agree."),
        case_page(case.pk),
    )


def _tell_executors(done: Done, body: Words) -> None:
    subject = _("Complaint %(reference)s: a remedy needs you")
    page = case_page(done.obj.complaint_id)
    tell(done, holders_of([Perm.EXECUTE]), subject, body, page)


# Compliance -------------------------------------------------------------------------


@notice("complaint", "compliance_advised")
def bring_advice(done: Done) -> None:
    """Whoever has the case, or the leads of its team."""
    case = done.obj
    _tell(
        done,
        [case.handler] if case.handler else in_role(case.team.code, Role.LEAD),
        _("Complaint %(reference)s: advice of compliance"),
        _("Compliance has put advice into this case. It stands on the page."),
    )


@notice("complaint", "violation_marked")
def warn_of_violation(done: Done) -> None:
    """The leads of the case and the head of complaints."""
    leads = in_role(done.obj.team.code, Role.LEAD)
    _tell(
        done,
        [*leads, *in_role("desk", Role.HEAD)],
        _("Complaint %(reference)s: a potential violation"),
        _(
            "Compliance marked a potential violation in this case; the page says "
            "of what."
        ),
    )
