"""Improvement actions: who does what until when; done is not improved."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Category, ImprovementAction, Incident, Progress, RootCause
from complaints.models.incident import TITLE_LIMIT
from complaints.permissions import Viewer, as_viewer
from complaints.services.improvement_effect import WEEKS, Effect, effect_of
from complaints.services.incidents import may_open
from teams.models import Team

if TYPE_CHECKING:
    from teams.models import User

TEXT_LIMIT = 5_000


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
