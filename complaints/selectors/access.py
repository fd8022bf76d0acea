"""Who can see what, since when, until when, and whether they still use it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from complaints.transitions import Words
from teams.access import due, is_due
from teams.models import Membership, User
from teams.roles import Perm, codenames

PEOPLE_A_PAGE = 50

SEES: Mapping[str, Words] = {
    Perm.VIEW_REGISTER: _("every case but barred ones"),
    Perm.VIEW: _("the team's cases"),
    Perm.VIEW_AT_RISK: _("open cases with money or access at risk"),
    Perm.VIEW_STATUS: _("the public status of every case"),
    Perm.TRIAGE: _("messages held for a person"),
    Perm.REVIEW_APPEALS: _("appeals given to them"),
    Perm.SIGN_APPROVER: _("decisions put to them"),
    Perm.SIGN_LEGAL: _("decisions put to them"),
    Perm.SIGN_COMPLIANCE: _("decisions put to them"),
    Perm.EXECUTE: _("cases with remedies to carry out"),
}
"""What a permission lets somebody see, the widest first."""


@dataclass(frozen=True)
class Seat:
    """One role of one person; ``membership`` None is a superuser's flag.

    ``last_used``: when the person last signed in or asked for a page, as far as known.
    """

    user: User
    membership: Membership | None
    sees: tuple[Words, ...]
    last_used: datetime | None
    is_due: bool


def seats(
    now: datetime, *, team: str = "", only_due: bool = False, after: str = ""
) -> tuple[list[Seat], str]:
    """The seats of one page of people by account, and after whom the next page begins.

    Two statements whatever there is.
    """
    found = list(_people(now, team).filter(username__gt=after)[: PEOPLE_A_PAGE + 1])
    page = found[:PEOPLE_A_PAGE]
    more = page[-1].username if len(found) > PEOPLE_A_PAGE else ""
    listed = _seats(page, now, team)
    return [seat for seat in listed if seat.is_due or not only_due], more


def all_seats(now: datetime) -> list[Seat]:
    """Everybody's, for the export."""
    return _seats(list(_people(now, "")), now, "")


def number_due(now: datetime) -> int:
    """How many roles wait for a look."""
    return len(due(Membership.objects.live(now).filter(user__is_active=True), now))


def _people(now: datetime, team: str) -> QuerySet[User]:
    held = Membership.objects.live(now)
    if team:
        held = held.filter(team__code=team)
    rows = User.objects.filter(is_active=True)
    inside = rows.filter(pk__in=held.values("user"))
    if not team:
        inside = inside | rows.filter(is_superuser=True)
    seen = (
        UserSession.objects.filter(user=OuterRef("pk"))
        .order_by()
        .values("user")
        .annotate(at=Max("last_seen_at"))
        .values("at")
    )
    return inside.annotate(seen_at=Subquery(seen)).order_by("username")


def _seats(people: Sequence[User], now: datetime, team: str) -> list[Seat]:
    held: dict[int, list[Membership]] = {}
    rows = Membership.objects.live(now).filter(user__in=people)
    if team:
        rows = rows.filter(team__code=team)
    for row in rows.select_related("user", "team", "template", "confirmed_by"):
        held.setdefault(row.user_id, []).append(row)
    return [seat for person in people for seat in _of(person, held, now)]


def _of(
    person: User, held: Mapping[int, Iterable[Membership]], now: datetime
) -> Iterable[Seat]:
    used = (person.last_login, getattr(person, "seen_at", None))
    last = max((at for at in used if at is not None), default=None)
    if person.is_superuser:
        words = (_("the configuration; a case only by break-glass"),)
        yield Seat(person, None, words, last, is_due=False)
    for row in held.get(person.pk, ()):
        yield Seat(person, row, _sees(row), last, is_due(row, now))


def _sees(row: Membership) -> tuple[Words, ...]:
    held = codenames(row.team.code, row.role)
    if Perm.VIEW_REGISTER in held:
        return (SEES[Perm.VIEW_REGISTER],)
    return tuple(dict.fromkeys(words for perm, words in SEES.items() if perm in held))
