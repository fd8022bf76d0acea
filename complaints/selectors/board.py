"""What a lead sees of the team at once: who has how much, how old, what breaks next.

Only cases the viewer may read are counted, so that a barred one gives itself away to
nobody. The number of queries does not depend on people or cases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.states import OPEN_STATES, WORKING_STATES
from complaints.transitions import Words
from teams.competence import run_out
from teams.models import Absence, Competence, Team, TeamUserObjectPermission, User
from teams.models.team import alive
from teams.roles import Perm

SOON: Final = timedelta(hours=24)
COMING: Final = 12
URGENT: Final = 12
AGES: Final[tuple[tuple[Words, int, int | None], ...]] = (
    (_("under a day"), 0, 1),
    (_("1 to 3 days"), 1, 3),
    (_("3 to 7 days"), 3, 7),
    (_("7 to 30 days"), 7, 30),
    (_("over 30 days"), 30, None),
)
"""Words, from and up to how many days since receipt."""


@dataclass(frozen=True)
class Load:
    """One person's open cases; ``person`` is None for those nobody has.

    ``soon`` fall due within a day and are not late. ``most`` is the largest load.
    """

    person: User | None
    open: int
    late: int
    soon: int
    most: int
    away: Absence | None = None
    lapsed: tuple[Competence, ...] = ()

    @property
    def bars(self) -> list[tuple[str, float, float]]:
        """Kind, start and width of each part, of a line 100 wide."""
        parts, start = [], 0.0
        rest = self.open - self.late - self.soon
        for kind, count in (("late", self.late), ("soon", self.soon), ("rest", rest)):
            width = 100 * count / max(self.most, 1)
            if count:
                parts.append((kind, round(start, 2), round(width, 2)))
            start += width
        return parts


@dataclass(frozen=True)
class Age:
    words: Words
    count: int
    width: float


@dataclass(frozen=True)
class Board:
    """One team at ``viewer.at``; ``coming`` are the next limits, nearest first."""

    team: Team
    open: int
    late: int
    soon: int
    loads: list[Load]
    ages: list[Age]
    coming: list[Complaint]


def led_teams(viewer: Viewer) -> list[Team]:
    """The teams whose board the viewer may see: those they lead, the head all."""
    rows = Team.objects.all()
    if not viewer.holds(Perm.HEAD):
        rows = rows.filter(pk__in=viewer.grants.get(Perm.LEAD, frozenset()))
    return list(rows)


def board_of(team: Team, viewer: Viewer) -> Board:
    """In six queries."""
    rows = (
        Complaint.objects.visible_to(viewer)
        .filter(team=team, state__in=sorted(WORKING_STATES))
        .order_by()
    )
    whole = rows.aggregate(**_sums(viewer.at), **_age_sums(viewer.at))
    return Board(
        team=team,
        open=whole["open"],
        late=whole["late"],
        soon=whole["soon"],
        loads=_loads(team, rows, viewer.at),
        ages=_ages(whole),
        coming=_coming(rows, viewer.at),
    )


def urgent_of(team: Team, viewer: Viewer) -> list[Complaint]:
    """The newest cases at risk of the team; of security's every one it watches over."""
    rows = Complaint.objects.visible_to(viewer).filter(
        funds_at_risk=True, state__in=sorted(OPEN_STATES)
    )
    if not viewer.holds_on(Perm.VIEW_AT_RISK, team.pk):
        rows = rows.filter(team=team)
    return list(rows.order_by("-received_at", "-pk")[:URGENT])


def _sums(at: datetime) -> dict[str, Count]:
    soon = Q(next_due_at__gte=at, next_due_at__lt=at + SOON)
    return {
        "open": Count("pk"),
        "late": Count("pk", filter=Q(next_due_at__lt=at)),
        "soon": Count("pk", filter=soon),
    }


def _age_sums(at: datetime) -> dict[str, Count]:
    sums = {}
    for number, (_words, first, last) in enumerate(AGES):
        of_age = Q(received_at__lte=at - timedelta(days=first))
        if number == 0:
            of_age = Q()
        if last is not None:
            of_age &= Q(received_at__gt=at - timedelta(days=last))
        sums[f"age_{number}"] = Count("pk", filter=of_age)
    return sums


def _ages(whole: dict[str, int]) -> list[Age]:
    counts = [whole[f"age_{number}"] for number in range(len(AGES))]
    most = max(*counts, 1)
    return [
        Age(words, count, round(100 * count / most, 2))
        for (words, _first, _last), count in zip(AGES, counts, strict=True)
    ]


def _loads(team: Team, rows: "QuerySet[Complaint]", at: datetime) -> list[Load]:
    """Those nobody has, then everybody who may have cases, the fullest first."""
    people = {person.pk: person for person in _handlers(team, at)}
    summed: Any = rows.values("handler").annotate(**_sums(at))
    grouped: dict[Any, Any] = {row["handler"]: row for row in summed}
    strangers = set(grouped) - set(people) - {None}
    people |= User.objects.in_bulk(strangers) if strangers else {}
    most = max((row["open"] for row in grouped.values()), default=0)
    loads = [
        _load(person, grouped.get(key, {}), most) for key, person in people.items()
    ]
    loads.sort(key=lambda load: (-load.open, str(load.person)))
    return [_load(None, grouped.get(None, {}), most), *loads]


def _load(person: User | None, row: dict[str, Any], most: int) -> Load:
    return Load(
        person=person,
        open=row.get("open", 0),
        late=row.get("late", 0),
        soon=row.get("soon", 0),
        most=most,
        away=_first(getattr(person, "away_now", ())),
        lapsed=tuple(getattr(person, "run_out", ())),
    )


def _first(rows: Sequence[Absence]) -> Absence | None:
    return rows[0] if rows else None


def _handlers(team: Team, at: datetime) -> Iterable[User]:
    """Who may be given cases of the team now, with what speaks against it."""
    may = TeamUserObjectPermission.objects.filter(
        alive(at), content_object=team, permission__codename=Perm.HANDLE
    )
    away = Absence.objects.filter(starts_at__lte=at, ends_at__gt=at)
    return User.objects.filter(
        pk__in=may.values("user"), is_active=True
    ).prefetch_related(
        Prefetch(
            "absences",
            away.select_related("covered_by").order_by("-ends_at"),
            to_attr="away_now",
        ),
        Prefetch("competences", run_out(localdate(at)), to_attr="run_out"),
    )


def _coming(rows: "QuerySet[Complaint]", at: datetime) -> list[Complaint]:
    near = rows.filter(next_due_at__gte=at).select_related("handler", "category")
    return list(near.order_by("next_due_at", "pk")[:COMING])
