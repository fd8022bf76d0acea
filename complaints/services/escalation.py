"""Who is told of a limit, and in which words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from complaints import clocks, profiles
from complaints.models import CaseAccess, Conflict, Outbox
from complaints.outbox import STAFF
from complaints.states import AccessKind, Barrier, Channel, Step
from teams.models import Membership, Team, User
from teams.roles import Role

OTHER_TEAMS = {
    Step.APPEAL_ADMIT: "appeals",
    Step.APPEAL_RULE: "appeals",
    Step.PROTECT: "security",
    Step.INTERIM_REVIEW: "security",
}
"""Steps that are not done by the team that has the case."""

CASE_URL = "{site}/admin/complaints/complaint/{pk}/change/"

OF_APPEAL = frozenset({Step.APPEAL_ADMIT, Step.APPEAL_RULE})


@dataclass(frozen=True, slots=True)
class Due:
    """A clock whose reminder is due, with what is needed of its case."""

    pk: int
    complaint_id: int
    step: str
    limit: str
    calendar: str
    started_at: datetime
    due_at: datetime
    paused_total: timedelta
    reminded_level: int
    next_reminder_at: datetime
    breached_at: datetime | None
    reference: str
    team_id: int
    handler_id: int | None
    profile_key: str
    barrier: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a due clock is moved to: the level it reached and the next look at it."""

    row: Due
    level: int
    next_at: datetime

    @property
    def breaches(self) -> bool:
        """Whether this is the first look at the clock after its end."""
        return self.level >= 100 and self.row.breached_at is None


@dataclass
class Desk:
    """Leads, heads and executors, read once a sweep."""

    leads: Mapping[int, Sequence[User]] = field(default_factory=dict)
    heads: Sequence[User] = ()
    executors: Sequence[User] = ()
    teams: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Desk":
        rows = Membership.objects.filter(
            role__in=(Role.LEAD, Role.HEAD, Role.EXECUTOR), user__is_active=True
        ).select_related("user")
        leads: dict[int, list[User]] = defaultdict(list)
        others: dict[str, list[User]] = {Role.HEAD: [], Role.EXECUTOR: []}
        for row in rows.order_by("pk"):
            found = leads[row.team_id] if row.role == Role.LEAD else others[row.role]
            found.append(row.user)
        teams = dict(Team.objects.values_list("code", "pk"))
        return cls(leads, others[Role.HEAD], others[Role.EXECUTOR], teams)


class Circle:
    """Who may be told of the cases of one batch: read set-wise, asked one by one."""

    def __init__(self, desk: Desk, rows: Sequence[Due], now: datetime) -> None:
        self.desk = desk
        self.handlers = _active({row.handler_id for row in rows if row.handler_id})
        cases = {row.complaint_id for row in rows}
        self.conflicted = set(
            Conflict.objects.filter(complaint_id__in=cases, lifted_at=None).values_list(
                "complaint_id", "user_id"
            )
        )
        barred = {row.complaint_id for row in rows if row.barrier != Barrier.NONE}
        self.let_in = _let_in(barred, now)
        appealed = {row.complaint_id for row in rows if row.step in OF_APPEAL}
        self.reviewers = _let_in(appealed, now, kind=AccessKind.APPEAL)

    def of(self, plan: Plan) -> list[User]:
        """Whom the profile's ladder names at this level, each once.

        Nobody with a conflict of interest, and of a barred case only those who were
        let in. A handler who left counts as none.
        """
        row = plan.row
        rungs = profiles.by_key(row.profile_key).recipients(plan.level)
        asked = {"handler": self._doers, "lead": self._leads, "head": self._heads}
        named = [person for rung in rungs for person in asked[rung](row)]
        if row.barrier != Barrier.NONE:
            inside = self.let_in.get(row.complaint_id, ())
            named = [p for p in named if p in inside] or list(inside)
        told = {person.pk: person for person in named}
        return [p for p in told.values() if self._may_hear(row, p)]

    def _may_hear(self, row: Due, person: User) -> bool:
        conflicted = (row.complaint_id, person.pk) in self.conflicted
        return bool(person.email) and not conflicted

    def _doers(self, row: Due) -> Sequence[User]:
        """Who is to do the step; the lead where there is nobody."""
        if row.step in OF_APPEAL:
            return self.reviewers.get(row.complaint_id) or self._leads(row)
        if row.step == Step.EXECUTE_REMEDY:
            return self.desk.executors or self._leads(row)
        handler = self.handlers.get(row.handler_id or 0)
        if handler is None or row.step in OTHER_TEAMS:
            return self._leads(row)
        return (handler,)

    def _leads(self, row: Due) -> Sequence[User]:
        code = OTHER_TEAMS.get(Step(row.step))
        team = self.desk.teams[code] if code else row.team_id
        return self.desk.leads.get(team) or self.desk.heads

    def _heads(self, _row: Due) -> Sequence[User]:
        return self.desk.heads


def _active(ids: Iterable[int]) -> dict[int, User]:
    return {user.pk: user for user in User.objects.filter(pk__in=ids, is_active=True)}


def _let_in(cases: Iterable[int], now: datetime, **kind: str) -> dict[int, list[User]]:
    """Those with a live share of their own in each of these cases."""
    ids = list(cases)
    if not ids:
        return {}
    shares = CaseAccess.objects.filter(
        Q(until=None) | Q(until__gt=now),
        complaint_id__in=ids,
        user__is_active=True,
        revoked_at=None,
        **kind,
    )
    found: dict[int, list[User]] = defaultdict(list)
    for share in shares.select_related("user"):
        if share.user is not None:
            found[share.complaint_id].append(share.user)
    return found


# Words --------------------------------------------------------------------------------


class Speaker:
    """Writes the notices of one batch; what many of them share is made once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.forms: dict[tuple[str, str], tuple[str, str]] = {}
        self.steps: dict[tuple[str, str], str] = {}
        self.days: dict[tuple[datetime, str, str], str] = {}

    def notice(self, plan: Plan, user: User) -> Outbox:
        """The unsaved notice to one person; its key is unique for clock and level."""
        subject, body = self._words(plan, user.language, user.time_zone)
        return Outbox(
            key=f"clock:{plan.row.pk}:{plan.level}:{user.pk}",
            kind=STAFF,
            complaint_id=plan.row.complaint_id,
            channel=Channel.EMAIL,
            recipient=user.email,
            recipient_name=user.get_full_name(),
            subject=subject,
            body=body,
            due_at=self.now,
            created_at=self.now,
        )

    def _words(self, plan: Plan, language: str, zone: str) -> tuple[str, str]:
        row = plan.row
        days = (self.now - row.due_at).days if plan.level >= 100 else -1
        kind = "reminder" if days < 0 else "overdue" if days else "due"
        subject, body = self._form(kind, language)
        facts = {
            "reference": row.reference,
            "step": self._step(row.step, language),
            "due": self._day(row.due_at, zone, language),
            "zone": zone,
            "percent": plan.level,
            "days": days,
            "url": CASE_URL.format(site=settings.SITE_URL, pk=row.complaint_id),
        }
        return subject % facts, body % facts

    def _form(self, kind: str, language: str) -> tuple[str, str]:
        if (kind, language) not in self.forms:
            with translation.override(language):
                self.forms[kind, language] = FORMS[kind]()
        return self.forms[kind, language]

    def _step(self, step: str, language: str) -> str:
        if (step, language) not in self.steps:
            with translation.override(language):
                self.steps[step, language] = str(Step(step).label)
        return self.steps[step, language]

    def _day(self, at: datetime, zone: str, language: str) -> str:
        if (at, zone, language) not in self.days:
            with translation.override(language):
                shape = pgettext("date format", "j F Y, H:i")
                local = localtime(at, clocks.zone(zone))
                self.days[at, zone, language] = date_format(local, shape)
        return self.days[at, zone, language]


def _reminder() -> tuple[str, str]:
    return gettext("Reminder: %(reference)s"), gettext(
        "%(step)s, %(reference)s: due on %(due)s (%(zone)s). "
        "%(percent)s %% of the time is gone.\n\n%(url)s"
    )


def _just_due() -> tuple[str, str]:
    return gettext("Overdue: %(reference)s"), gettext(
        "%(step)s, %(reference)s: was due on %(due)s (%(zone)s) and is overdue."
        "\n\n%(url)s"
    )


def _long_due() -> tuple[str, str]:
    return gettext("Overdue: %(reference)s"), gettext(
        "%(step)s, %(reference)s: was due on %(due)s (%(zone)s) and has been overdue "
        "for %(days)s days.\n\n%(url)s"
    )


FORMS: dict[str, Callable[[], tuple[str, str]]] = {
    "reminder": _reminder,
    "due": _just_due,
    "overdue": _long_due,
}
