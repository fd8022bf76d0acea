"""Improvement actions: who does what until when, and whether the cause fell afterwards.

Done is not improved. What counts is how many complaints that came in within the weeks
before and after it was done were closed under the cause within four weeks of receipt:
the same time to come in and the same time to be closed on either side, so that what is
still open now cannot pass for a fall. Counted from the events of closing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Value,
)
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.estimates import Interval, rate_ratio
from complaints.models import (
    Category,
    Complaint,
    Event,
    ImprovementAction,
    Incident,
    Progress,
    RootCause,
    Verdict,
)
from complaints.models.incident import TITLE_LIMIT
from complaints.outbox import staff_notice
from complaints.permissions import Viewer, as_viewer
from complaints.services.incidents import may_open
from complaints.states import Barrier
from teams.models import Team
from teams.permissions import holders_on
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

WEEKS = 8
SETTLE = timedelta(days=28)
BEFORE_DUE = timedelta(days=7)
AGAIN = timedelta(days=7)
TEXT_LIMIT = 5_000


@dataclass(frozen=True)
class Effect:
    """Counts before and after, after over before with 95 % bounds, and what it says.

    ``ready_on`` is the first day on which it can be said; ``verdict`` is empty before.
    """

    before: int
    after: int
    ratio: Interval
    verdict: str
    ready_on: date


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an action is to be."""

    title: str
    text: str
    cause: str
    owner: "User"
    due_on: date
    category: Category | None = None
    incident: Incident | None = None


@transaction.atomic
def open_action(
    *, team: Team, plan: Plan, actor: "User | Viewer", now: datetime | None = None
) -> ImprovementAction:
    """Raises ``NotPermitted`` or ``InvalidInput``."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_open(viewer, team):
        raise NotPermitted
    _check(plan, moment)
    action = ImprovementAction.objects.create(
        **{name: getattr(plan, name) for name in Plan.__dataclass_fields__},
        team=team,
        opened_at=moment,
        opened_by=viewer.user,
    )
    said = {"cause": plan.cause, "owner": plan.owner.pk, "due_on": plan.due_on}
    _record(action, "improvement_opened", viewer, moment, said, text=plan.text)
    return action


def _check(plan: Plan, now: datetime) -> None:
    if not plan.title.strip() or len(plan.title) > TITLE_LIMIT:
        words = _("Give it a title of at most 120 characters.")
        raise InvalidInput(words, field="title")
    if not plan.text.strip() or len(plan.text) > TEXT_LIMIT:
        words = _("Write what is done, in at most 5,000 characters.")
        raise InvalidInput(words, field="text")
    if not RootCause.objects.filter(code=plan.cause, active=True).exists():
        raise InvalidInput(_("Choose the root cause."), field="cause")
    if plan.due_on <= now.date():
        words = _("Choose a date that is still to come.")
        raise InvalidInput(words, field="due_on")


def may_run(action: ImprovementAction, viewer: Viewer) -> bool:
    """Its owner, the leads of its team, and the head."""
    return action.owner_id == viewer.user.pk or may_open(viewer, action.team)


@transaction.atomic
def finish(
    *,
    action: ImprovementAction,
    words: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Say that it is done, and how. Raises ``IllegalMove`` where it is not open."""
    viewer, moment = _ask(action, actor), now or timezone.now()
    if not words.strip() or len(words) > TEXT_LIMIT:
        text = _("Write what was done, in at most 5,000 characters.")
        raise InvalidInput(text, field="words", code="empty")
    changes = {"state": Progress.DONE, "done_at": moment, "done_words": words.strip()}
    _claim(action, Progress.OPEN, changes)
    _record(action, "improvement_done", viewer, moment, text=words)


@transaction.atomic
def drop(
    *,
    action: ImprovementAction,
    words: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Give it up, with the reason. Raises ``IllegalMove`` where it is not open."""
    viewer, moment = _ask(action, actor), now or timezone.now()
    if not words.strip():
        text = _("Say why it is given up.")
        raise InvalidInput(text, field="words", code="empty")
    changes = {"state": Progress.DROPPED, "done_words": words.strip()[:TEXT_LIMIT]}
    _claim(action, Progress.OPEN, changes)
    _record(action, "improvement_dropped", viewer, moment, text=words)


@transaction.atomic
def verify(
    *, action: ImprovementAction, actor: "User | Viewer", now: datetime | None = None
) -> Effect:
    """Write down what before and after say, for ever. The owner does not judge
    their own work. Raises ``IllegalMove`` before the day it can be told."""
    viewer, moment = _ask(action, actor), now or timezone.now()
    if action.owner_id == viewer.user.pk:
        words = _("Somebody else than its owner says whether it helped.")
        raise NotPermitted(words)
    found = effect_of(action, moment)
    if found is None or not found.verdict:
        raise IllegalMove(_("It is too early to say whether it helped."))
    changes = {
        "state": Progress.VERIFIED,
        "verified_at": moment,
        "verdict": found.verdict,
        "weeks": WEEKS,
        "before": found.before,
        "after": found.after,
        "ratio_low": found.ratio.low,
        "ratio_high": _finite(found.ratio.high),
    }
    _claim(action, Progress.DONE, changes)
    said = {"before": found.before, "after": found.after, "verdict": found.verdict}
    _record(action, "improvement_verified", viewer, moment, said)
    return found


def _finite(number: float) -> float | None:
    return None if number == float("inf") else number


def _ask(action: ImprovementAction, actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    seen = ImprovementAction.objects.visible_to(viewer).filter(pk=action.pk)
    if not (seen.exists() or action.owner_id == viewer.user.pk):
        raise NotVisible
    if not may_run(action, viewer):
        raise NotPermitted
    return viewer


def _claim(action: ImprovementAction, state: str, changes: dict[str, Any]) -> None:
    rows = ImprovementAction.objects.filter(pk=action.pk, state=state)
    if not rows.update(**changes):
        raise IllegalMove(_("Somebody changed this action in the meantime."))
    action.refresh_from_db()


def _record(
    action: ImprovementAction,
    what: str,
    viewer: Viewer,
    now: datetime,
    payload: dict[str, Any] | None = None,
    **texts: str,
) -> None:
    entry = ledger.Entry(
        what,
        viewer,
        now,
        payload or {},
        texts=texts,
        object_type="improvement",
        object_id=action.pk,
    )
    ledger.append(action.stream, entry)


# Did it help? -------------------------------------------------------------------------


def effect_of(action: ImprovementAction, now: datetime) -> Effect | None:
    """What before and after say as far as it can be told; None before it is done."""
    if action.done_at is None:
        return None
    span = timedelta(weeks=WEEKS)
    ready = action.done_at + span + SETTLE
    before, after = _received_around(action, action.done_at, span)
    ratio = rate_ratio(before, after)
    verdict = _verdict(ratio) if now >= ready else ""
    return Effect(before, after, ratio, verdict, ready.date())


def _verdict(ratio: Interval) -> str:
    if ratio.high < 1:
        return Verdict.FELL
    return Verdict.ROSE if ratio.low > 1 else Verdict.UNCLEAR


def _received_around(
    action: ImprovementAction, done: datetime, span: timedelta
) -> tuple[int, int]:
    """Complaints received within ``span`` before and after, and closed under the cause
    in time; both in one query."""
    since, until = done - span, done + span
    rows = Complaint.objects.filter(
        _closed_in_time(action.cause, since, until),
        barrier=Barrier.NONE,
        received_at__gte=since,
        received_at__lt=until,
    )
    if action.category_id:
        of_topic = Q(category=action.category_id)
        rows = rows.filter(of_topic | Q(category__parent=action.category_id))
    found = rows.aggregate(
        before=Count("pk", filter=Q(received_at__lt=done)),
        after=Count("pk", filter=Q(received_at__gte=done)),
    )
    return found["before"], found["after"]


def _closed_in_time(cause: str, since: datetime, until: datetime) -> Exists:
    """Whether an event closed the case under the cause soon enough after receipt."""
    stream = Concat(Value("complaint:"), Cast(OuterRef("pk"), CharField()))
    last = ExpressionWrapper(OuterRef("received_at") + SETTLE, DateTimeField())
    return Exists(
        Event.objects.filter(
            stream=stream,
            object_type=Complaint.OBJECT_TYPE,
            what="close",
            payload__cause=cause,
            at__gte=since,
            at__lt=until + SETTLE + timedelta(seconds=1),
            at__lte=last,
        )
    )


# Reminders ------------------------------------------------------------------------


def remind(*, now: datetime | None = None) -> int:
    """Write to owners a week before, on the day and each week after, then to the
    leads too; and to the leads once it can be told whether it helped. How many rows
    were claimed."""
    moment = now or timezone.now()
    today = moment.date()
    due = ImprovementAction.objects.filter(
        state=Progress.OPEN, due_on__lte=today + BEFORE_DUE
    )
    told = 0
    for action in due.select_related("owner", "team").order_by("pk"):
        told += _remind(action, today, moment)
    ready = ImprovementAction.objects.filter(
        state=Progress.DONE, done_at__lte=moment - timedelta(weeks=WEEKS) - SETTLE
    )
    for action in ready.select_related("owner", "team").order_by("pk"):
        told += _ask_to_verify(action, today, moment)
    return told


@transaction.atomic
def _remind(action: ImprovementAction, today: date, now: datetime) -> bool:
    last, late = action.reminded_on, today >= action.due_on
    again = last is None or today - last >= AGAIN or (late and last < action.due_on)
    if not again or not _mark(action, today):
        return False
    leads = list(holders_on(action.team, Perm.LEAD, now)) if late else []
    for user in {one.pk: one for one in (action.owner, *leads)}.values():
        with override(user.language):
            words = (
                gettext("“%(title)s” was to be done by %(day)s and is not.")
                if today > action.due_on
                else gettext("“%(title)s” is to be done by %(day)s.")
            )
            _say(action, user, gettext("An improvement is due"), words, today, now)
    return True


@transaction.atomic
def _ask_to_verify(action: ImprovementAction, today: date, now: datetime) -> bool:
    last = action.reminded_on
    if last is not None and today - last < AGAIN:
        return False
    if not _mark(action, today):
        return False
    for user in holders_on(action.team, Perm.LEAD, now):
        with override(user.language):
            words = gettext(
                "“%(title)s” was done long enough ago to see whether its cause fell."
            )
            subject = gettext("Did the improvement help?")
            _say(action, user, subject, words, today, now)
    return True


def _mark(action: ImprovementAction, today: date) -> bool:
    rows = ImprovementAction.objects.filter(
        pk=action.pk, state=action.state, reminded_on=action.reminded_on
    )
    return bool(rows.update(reminded_on=today))


def _say(
    action: ImprovementAction,
    user: "User",
    subject: str,
    words: str,
    today: date,
    now: datetime,
) -> None:
    url = reverse("admin:complaints_improvementaction_change", args=(action.pk,))
    day = date_format(action.due_on, "DATE_FORMAT")
    staff_notice(
        key=f"improvement:{action.pk}:{today}:{user.pk}",
        user=user,
        subject=subject,
        body=f"{words % {'title': action.title, 'day': day}}\n\n"
        f"{settings.SITE_URL}{url}\n",
        complaint=None,
        now=now,
    )
