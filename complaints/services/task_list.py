"""Tasks on a case: given by a colleague, by a mention, by a customer's late message."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, notifications
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Message, Task
from complaints.models.work import TASK_LIMIT
from complaints.permissions import Viewer, as_staff, as_viewer, leads, viewer_of
from complaints.registry import Done
from complaints.states import TaskOrigin
from complaints.worded import Worded
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

EVENTS: Mapping[str, str] = {
    TaskOrigin.STAFF: "task_given",
    TaskOrigin.MENTION: "mentioned",
    TaskOrigin.MESSAGE: "reading_owed",
}
"""What the ledger calls a task by its origin; a message is an entry of its own."""


def gives_tasks(viewer: Viewer) -> bool:
    """Whoever works on cases; readers of the register and signers do not."""
    return viewer.holds(Perm.HANDLE)


def finishes(task: Task, viewer: Viewer) -> bool:
    """Whose it is, who stands in for them, who gave it, and the leads of the team that
    has the case."""
    case = task.complaint
    own = task.assignee_id in viewer.stands_as or task.made_by_id == viewer.user.pk
    return task.done_at is None and (own or leads(case, viewer))


def sees_at_work(user: "User", complaint: Complaint) -> bool:
    """Whether this colleague may read the case in full at the desk."""
    viewer = as_staff(viewer_of(user))
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    return user.is_active and viewer.is_staff and seen.exists()


def open_tasks(viewer: Viewer) -> QuerySet[Task]:
    """What ``viewer`` is to do, on cases they see; the first due first."""
    led = viewer.grants.get(Perm.LEAD, frozenset())
    mine = Q(assignee__in=sorted(viewer.stands_as))
    mine |= Q(assignee=None, complaint__team_id__in=led)
    seen = Complaint.objects.visible_to(viewer).values("pk")
    rows = Task.objects.filter(mine, done_at=None, complaint__in=seen)
    return rows.select_related("complaint", "assignee", "made_by", "message")


# Giving -------------------------------------------------------------------------------


def give_task(
    *,
    complaint: Complaint,
    text: str,
    actor: "User | Viewer",
    assignee: "User | None" = None,
    due_on: date | None = None,
    now: datetime | None = None,
) -> Task:
    """Give a task to a colleague who sees the case, or to the leads of its team.

    Raises ``NotVisible``, ``NotPermitted`` or ``InvalidInput`` ("text", "assignee",
    "due_on").
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not gives_tasks(viewer):
        raise NotPermitted
    _check(complaint, text, assignee, due_on, moment)
    task = Task(
        origin=TaskOrigin.STAFF, text=text.strip(), assignee=assignee, due_on=due_on
    )
    return _keep(complaint, [task], viewer, moment)[0]


def _check(
    complaint: Complaint,
    text: str,
    assignee: "User | None",
    due_on: date | None,
    now: datetime,
) -> None:
    if not text.strip():
        raise InvalidInput(_("Write something first."), field="text", code="empty")
    if len(text) > TASK_LIMIT:
        words = _("Keep the task under 500 characters.")
        raise InvalidInput(words, field="text", code="too_long")
    if due_on is not None and due_on < timezone.localdate(now):
        words = _("Choose a date that is still to come.")
        raise InvalidInput(words, field="due_on", code="date_past")
    if assignee is not None and not sees_at_work(assignee, complaint):
        blind = _("%(person)s cannot see this case.") % {"person": assignee}
        raise InvalidInput(blind, field="assignee", code="not_visible")


def of_mentions(message: Message, people: Sequence["User"], viewer: Viewer) -> None:
    """A task for each of the colleagues whom a note names; in its transaction."""
    tasks = [
        Task(origin=TaskOrigin.MENTION, message=message, assignee=person)
        for person in people
    ]
    _keep(message.complaint, tasks, viewer, message.at)


def of_late_message(message: Message, viewer: Viewer) -> None:
    """The leads are to read what came on a finished case; one such task at a time."""
    case = message.complaint
    waiting = Task.objects.filter(
        complaint=case, origin=TaskOrigin.MESSAGE, done_at=None
    )
    if not waiting.exists():
        task = Task(origin=TaskOrigin.MESSAGE, message=message)
        _keep(case, [task], viewer, message.at)


@transaction.atomic
def _keep(
    complaint: Complaint, tasks: Sequence[Task], viewer: Viewer, now: datetime
) -> list[Task]:
    """What is to be done stands in the row, the event only names it."""
    head = ledger.lock(complaint.stream)
    for task in tasks:
        task.complaint, task.made_by, task.made_at = complaint, viewer.user, now
        task.save(force_insert=True)
        payload = {
            "task": task.pk,
            "origin": task.origin,
            "handler": task.assignee_id,
            "due": task.due_on,
        }
        entry = ledger.Entry(EVENTS[task.origin], viewer, now, payload)
        event = ledger.append(complaint.stream, entry, head=head)
        done = Done.of_event(complaint, event, viewer, task=task)
        notifications.announce(done)
    return list(tasks)


# Doing --------------------------------------------------------------------------------


def finish_task(
    *, task: Task, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """Tick a task off. Raises ``NotVisible``, ``NotPermitted`` or ``IllegalMove``."""
    viewer = as_viewer(actor)
    seen = Complaint.objects.visible_to(viewer).filter(pk=task.complaint_id)
    if not seen.exists():
        raise NotVisible
    if task.done_at is not None:
        raise IllegalMove(_("Somebody has done this already."))
    if not finishes(task, viewer):
        raise NotPermitted
    if not _tick(task.complaint, [task.pk], viewer, now or timezone.now()):
        raise IllegalMove(_("Somebody has done this already."))
    task.refresh_from_db()


def answered(complaint: Complaint, viewer: Viewer, now: datetime) -> None:
    """A reply does what a late message asked for; in its transaction."""
    if keys := _OF_MESSAGES.rows(case=complaint.pk):
        _tick(complaint, keys, viewer, now)


_OF_MESSAGES = Worded(
    lambda case: Task.objects.filter(
        complaint=case, origin=TaskOrigin.MESSAGE, done_at=None
    ).values_list("pk", flat=True)
)


@transaction.atomic
def _tick(
    complaint: Complaint, keys: Iterable[int], viewer: Viewer, now: datetime
) -> int:
    """How many of them were open until now."""
    head, ticked = ledger.lock(complaint.stream), 0
    for key in keys:
        rows = Task.objects.filter(pk=key, done_at=None)
        if rows.update(done_at=now, done_by=viewer.user):
            entry = ledger.Entry("task_done", viewer, now, {"task": key})
            ledger.append(complaint.stream, entry, head=head)
            ticked += 1
    return ticked
