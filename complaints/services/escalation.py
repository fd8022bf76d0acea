"""Who is told of a limit: read set-wise for a batch of clocks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from django.db.models import Q

from complaints import profiles
from complaints.models import CaseAccess, Clock, Complaint, Conflict
from complaints.permissions import as_staff, viewer_of
from complaints.states import ASKED_STEPS, AccessKind, Barrier, Step
from teams.cover import stand_ins
from teams.models import Membership, Team, User
from teams.roles import Role

OTHER_TEAMS = {
    Step.APPEAL_ADMIT: "appeals",
    Step.APPEAL_RULE: "appeals",
    Step.OUTSIDE: "appeals",
    Step.PROTECT: "security",
    Step.INTERIM_REVIEW: "security",
}
"""Steps that are not done by the team that has the case."""

BREACHED = 100
ASKED_OF = "access:"
"""Subject of a clock of ``ASKED_STEPS``: the share that it hangs on."""

OF_APPEAL = frozenset({Step.APPEAL_ADMIT, Step.APPEAL_RULE, Step.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Late:
    """A clock that reached a level; the fields below it are columns of its case."""

    level: int
    pk: int
    complaint_id: int
    step: str
    due_at: datetime
    reference: str
    team_id: int
    handler_id: int | None
    profile_key: str
    barrier: str
    subject: str


COLUMNS = (
    "pk",
    "complaint_id",
    "step",
    "due_at",
    "complaint__reference",
    "complaint__team_id",
    "complaint__handler_id",
    "complaint__profile_key",
    "complaint__barrier",
    "subject",
)


def late(levels: Mapping[int, int]) -> list[Late]:
    """The clocks of these keys, each at its level, with what is needed of its case."""
    found = Clock.objects.filter(pk__in=levels).order_by("pk").values_list(*COLUMNS)
    return [Late(levels[values[0]], *values) for values in found]


@dataclass
class Desk:
    """Leads, heads and executors, read once a batch."""

    leads: Mapping[int, Sequence[User]] = field(default_factory=dict)
    heads: Sequence[User] = ()
    executors: Sequence[User] = ()
    teams: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Desk":
        rows = (
            Membership.objects.live()
            .filter(
                role__in=(Role.LEAD, Role.HEAD, Role.EXECUTOR), user__is_active=True
            )
            .select_related("user")
        )
        leads: dict[int, list[User]] = defaultdict(list)
        others: dict[str, list[User]] = {Role.HEAD: [], Role.EXECUTOR: []}
        for row in rows.order_by("pk"):
            found = leads[row.team_id] if row.role == Role.LEAD else others[row.role]
            found.append(row.user)
        teams = dict(Team.objects.values_list("code", "pk"))
        return cls(leads, others[Role.HEAD], others[Role.EXECUTOR], teams)


class Circle:
    """Who may be told of the cases of one batch: read set-wise, asked one by one."""

    def __init__(self, desk: Desk, rows: Sequence[Late], now: datetime) -> None:
        self.desk = desk
        self.handlers = _active({row.handler_id for row in rows if row.handler_id})
        cases = {row.complaint_id for row in rows}
        self.conflicted = set(
            Conflict.objects.filter(complaint_id__in=cases, lifted_at=None).values_list(
                "complaint_id", "user_id"
            )
        )
        barred = {row.complaint_id for row in rows if row.barrier != Barrier.NONE}
        self.let_in = _let_in(barred, now, kind=AccessKind.BARRIER)
        self.asked = _asked(rows)
        appealed = {row.complaint_id for row in rows if row.step in OF_APPEAL}
        self.reviewers = _let_in(appealed, now, kind=AccessKind.APPEAL)
        self.stand_ins = _stand_ins(self._everybody(), cases, now)

    def of(self, row: Late) -> list[User]:
        """Whom the profile's ladder names at its level, each once.

        Nobody with a conflict of interest, and of a barred case only those who were
        let in. A handler who left counts as none; whoever is away is stood in for by
        a colleague who sees the case.
        """
        rungs = profiles.by_key(row.profile_key).recipients(row.level)
        asked = {"handler": self._doers, "lead": self._leads, "head": self._heads}
        named = [person for rung in rungs for person in asked[rung](row)]
        if row.step in ASKED_STEPS and row.level >= BREACHED:
            named += filter(None, [self.handlers.get(row.handler_id or 0)])
        if row.barrier != Barrier.NONE:
            inside = self.let_in.get(row.complaint_id, ())
            named = [p for p in named if p in inside] or list(inside)
        named = [self.stand_ins.get((row.complaint_id, p.pk), p) for p in named]
        told = {person.pk: person for person in named}
        return [p for p in told.values() if self._may_hear(row, p)]

    def _everybody(self) -> set[int]:
        """All who may come to be named."""
        groups = chain(
            self.desk.leads.values(),
            self.let_in.values(),
            self.asked.values(),
            self.reviewers.values(),
            (self.desk.heads, self.desk.executors, self.handlers.values()),
        )
        return {person.pk for person in chain.from_iterable(groups)}

    def _may_hear(self, row: Late, person: User) -> bool:
        conflicted = (row.complaint_id, person.pk) in self.conflicted
        return bool(person.email) and not conflicted

    def _doers(self, row: Late) -> Sequence[User]:
        """Who is to do the step; the lead where there is nobody."""
        if row.step in ASKED_STEPS:
            return self.asked.get(row.subject, ())
        if row.step in OF_APPEAL:
            return self.reviewers.get(row.complaint_id) or self._leads(row)
        if row.step == Step.EXECUTE_REMEDY:
            return self.desk.executors or self._leads(row)
        handler = self.handlers.get(row.handler_id or 0)
        if handler is None or row.step in OTHER_TEAMS:
            return self._leads(row)
        return (handler,)

    def _leads(self, row: Late) -> Sequence[User]:
        if row.step in ASKED_STEPS:
            people = self.asked.get(row.subject, ())
            leads = set(chain.from_iterable(self.desk.leads.values()))
            return [p for p in people if p in leads] or self.desk.heads
        code = OTHER_TEAMS.get(Step(row.step))
        team = self.desk.teams[code] if code else row.team_id
        return self.desk.leads.get(team) or self.desk.heads

    def _heads(self, _row: Late) -> Sequence[User]:
        return self.desk.heads


def _active(ids: Iterable[int]) -> dict[int, User]:
    return {user.pk: user for user in User.objects.filter(pk__in=ids, is_active=True)}


def _stand_ins(
    people: set[int], cases: set[int], now: datetime
) -> dict[tuple[int, int], User]:
    """(case, who is away) -> who stands in for them and sees that case."""
    found: dict[tuple[int, int], User] = {}
    for pk, cover in stand_ins(people, now).items():
        viewer = as_staff(viewer_of(cover))
        seen = Complaint.objects.visible_to(viewer).filter(pk__in=cases)
        found |= dict.fromkeys(
            ((case, pk) for case in seen.values_list("pk", flat=True)), cover
        )
    return found


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


def _asked(rows: Iterable[Late]) -> dict[str, list[User]]:
    """The people of the team that each limit of this kind was set, by its subject."""
    subjects = {row.subject for row in rows if row.step in ASKED_STEPS}
    if not subjects:
        return {}
    keys = [int(subject.removeprefix(ASKED_OF)) for subject in subjects]
    live = CaseAccess.objects.filter(
        pk__in=keys, revoked_at=None, complaint__barrier=""
    )
    teams = {access.pk: access.team_id for access in live}
    members: dict[int, list[User]] = defaultdict(list)
    held = Membership.objects.filter(
        team__in=set(teams.values()),
        role__in=(Role.MEMBER, Role.OFFICER, Role.LEAD),
        user__is_active=True,
    )
    for row in held.select_related("user").order_by("pk"):
        members[row.team_id].append(row.user)
    return {f"{ASKED_OF}{pk}": members[team or 0] for pk, team in teams.items()}
