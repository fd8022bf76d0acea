"""What belongs together: cases that fit an incident, groups nobody named so far, and
what the page of an incident says of its members. Only what the viewer sees."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.bigrams import words_of
from complaints.models import Complaint, Identifier, Incident, IncidentCase
from complaints.permissions import Viewer
from complaints.selectors.search import speaking_of
from complaints.states import (
    OPEN_STATES,
    WORKING_STATES,
    Barrier,
    IdentifierKind,
    State,
)
from complaints.topic_words import topics_in
from complaints.transitions import Words

MOST_READ = 2000
"""Cases that are looked at for one incident, the latest first."""

MOST_SHOWN = 500
EARLIER = timedelta(days=1)
"""What the desk knows of the beginning is later than the beginning."""

SHARED_BY = 0.4
"""A word that so many of the members use says what the incident is about."""

NEAR = 0.5
"""Share of those words that a text has to hold to be near."""

LOOK_BACK = timedelta(days=14)
RECENT = timedelta(hours=72)
FEWEST_NAMING, FEWEST_ALIKE = 3, 5

SIGNS: Mapping[str, Words] = {
    "transaction": gettext_lazy("same transaction"),
    "wallet": gettext_lazy("same address"),
    "number": gettext_lazy("same number"),
    "topic": gettext_lazy("same topic"),
    "asset": gettext_lazy("same asset"),
    "text": gettext_lazy("similar words"),
    "alarm": gettext_lazy("the alarm"),
    "hand": gettext_lazy("chosen by hand"),
}


@dataclass(frozen=True)
class Candidate:
    """A case that may belong, with what speaks for it (keys of ``SIGNS``)."""

    case: Complaint
    why: tuple[str, ...]

    @property
    def words(self) -> str:
        return ", ".join(str(SIGNS[code]) for code in self.why)


def candidates(incident: Incident, viewer: Viewer) -> list[Candidate]:
    """Open cases of the time that fit, those with most in common first.

    One that names the same transaction, address or number fits by that alone; else two
    of topic, asset and words have to be the same. In six queries.
    """
    mine = _members(incident)
    names, profile = _named(mine), _profile(mine)
    rows = _in_time(incident, viewer).filter(_alike(incident, names))
    found = []
    for case in rows.prefetch_related("identifiers")[:MOST_READ]:
        why = tuple(_why(case, incident, names, profile))
        if _fits(why):
            found.append(Candidate(case, why))
    found.sort(key=lambda one: (-_weight(one.why), one.case.received_at))
    return found[:MOST_SHOWN]


def _members(incident: Incident) -> list[Complaint]:
    rows = Complaint.objects.filter(
        incidents__incident=incident, incidents__removed_at=None, barrier=Barrier.NONE
    )
    return list(rows.only("subject", "description").order_by("-pk")[:200])


def _named(members: Iterable[Complaint]) -> dict[str, str]:
    """Value -> kind of what members name."""
    rows = Identifier.objects.filter(complaint__in=[one.pk for one in members])
    return dict(rows.values_list("value", "kind")[:MOST_READ])


def _profile(members: list[Complaint]) -> frozenset[str]:
    """Words that many members use; few members say little."""
    used = Counter(word for one in members for word in _text(one))
    needed = max(2.0, SHARED_BY * len(members))
    return frozenset(word for word, n in used.items() if n >= needed)


def _text(case: Complaint) -> set[str]:
    return {word for word in words_of(f"{case.subject} {case.description}") if word}


def _in_time(incident: Incident, viewer: Viewer) -> "QuerySet[Complaint]":
    rows = Complaint.objects.visible_to(viewer).filter(
        barrier=Barrier.NONE,
        state__in=sorted(OPEN_STATES - {State.MERGED}),
        received_at__gte=incident.since - EARLIER,
    )
    if incident.until is not None:
        rows = rows.filter(received_at__lte=incident.until + LOOK_BACK)
    taken = IncidentCase.objects.filter(removed_at=None).values("complaint")
    rows = rows.exclude(pk__in=taken).select_related("category__parent", "team")
    return rows.order_by("-received_at", "-pk")


def _alike(incident: Incident, names: Mapping[str, str]) -> Q:
    """What is worth a look at all."""
    keys = Identifier.objects.filter(value__in=names).values("complaint")
    near = Q(pk__in=keys) if names else Q(pk__in=())
    if incident.asset:
        near |= Q(asset=incident.asset)
    if incident.category_id:
        near |= Q(category=incident.category_id)
        near |= Q(category__parent=incident.category_id)
    if incident.words:
        near |= speaking_of(incident.words, internal=False)
    return near


def _why(
    case: Complaint,
    incident: Incident,
    names: Mapping[str, str],
    profile: frozenset[str],
) -> Iterable[str]:
    kinds = {names[row.value] for row in case.identifiers.all() if row.value in names}
    for kind in sorted(kinds):
        known = (IdentifierKind.TRANSACTION, IdentifierKind.WALLET)
        yield kind if kind in known else "number"
    if _same_topic(case, incident):
        yield "topic"
    if incident.asset and case.asset == incident.asset:
        yield "asset"
    if _is_near(case, incident, profile):
        yield "text"


def _same_topic(case: Complaint, incident: Incident) -> bool:
    """By its category, or by its words where nobody has sorted it yet."""
    wanted = incident.category
    if wanted is None:
        return False
    if case.category is not None:
        return wanted.pk in (case.category_id, case.category.parent_id)
    hits = topics_in(f"{case.subject}\n{case.description}")
    return any(f"{hit.code}.".startswith(f"{wanted.code}.") for hit in hits[:1])


def _is_near(case: Complaint, incident: Incident, profile: frozenset[str]) -> bool:
    wanted = profile or frozenset(words_of(incident.words))
    return bool(wanted) and len(wanted & _text(case)) >= NEAR * len(wanted)


STRONG = frozenset({"transaction", "wallet", "number"})


def _fits(why: tuple[str, ...]) -> bool:
    return bool(STRONG & set(why)) or len(why) >= 2


def _weight(why: tuple[str, ...]) -> int:
    return sum(3 if code in STRONG else 1 for code in why)


# Groups that nobody named so far ------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Open cases of different customers that have one thing in common."""

    sign: str
    what: str
    count: int
    since: datetime
    category: Any = None
    asset: str = ""

    @property
    def words(self) -> str:
        return str(SIGNS[self.sign])


def groups(viewer: Viewer, now: datetime) -> list[Group]:
    """Cases of the last days that look like one incident; the largest first."""
    taken = IncidentCase.objects.filter(removed_at=None).values("complaint")
    rows = Complaint.objects.visible_to(viewer).filter(
        barrier=Barrier.NONE, state__in=sorted(WORKING_STATES)
    )
    free = rows.exclude(pk__in=taken).order_by()
    found = [*_naming_the_same(free, now), *_alike_lately(free, now)]
    return sorted(found, key=lambda one: -one.count)[:10]


def _naming_the_same(free: "QuerySet[Complaint]", now: datetime) -> Iterable[Group]:
    cases = free.filter(received_at__gte=now - LOOK_BACK)
    rows = Identifier.objects.filter(complaint__in=cases).order_by()
    grouped = rows.values("value", "kind").annotate(
        n=Count("complaint__customer", distinct=True)
    )
    shared = list(grouped.filter(n__gte=FEWEST_NAMING).order_by("-n")[:10])
    values = [row["value"] for row in shared]
    first = _first_named(cases, values)
    for row in shared:
        kind = row["kind"] if row["kind"] in SIGNS else "number"
        since = first.get(row["value"], now)
        yield Group(kind, row["value"], row["n"], since)


def _first_named(
    cases: "QuerySet[Complaint]", values: list[str]
) -> dict[str, datetime]:
    rows = Identifier.objects.filter(value__in=values, complaint__in=cases)
    named: dict[str, list[datetime]] = defaultdict(list)
    for value, at in rows.values_list("value", "complaint__received_at"):
        named[value].append(at)
    return {value: min(times) for value, times in named.items()}


def _alike_lately(free: "QuerySet[Complaint]", now: datetime) -> Iterable[Group]:
    """Of different customers: one who writes five times is no incident."""
    lately = free.filter(received_at__gte=now - RECENT).exclude(category=None)
    first: dict[tuple[Any, str], dict[int, datetime]] = defaultdict(dict)
    rows = (
        lately.exclude(asset="")
        .select_related("category")
        .only("category", "asset", "received_at", "customer")
        .order_by("-received_at")
    )
    for case in rows[:MOST_READ]:
        first[case.category, case.asset][case.customer_id] = case.received_at
    for (category, asset), times in first.items():
        if len(times) >= FEWEST_ALIKE:
            what, since = f"{category.label}, {asset}", min(times.values())
            yield Group("topic", what, len(times), since, category, asset)


# The page -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """Members by where they stand, and money by asset: (asset, claimed, given).

    ``hidden`` are members the viewer does not see.
    """

    seen: int
    hidden: int
    waiting: int
    late: int
    answered: int
    money: list[tuple[str, Decimal, Decimal]]


def incidents_of(case: Complaint, viewer: Viewer) -> "QuerySet[Incident]":
    """The incident that a case is in, if ``viewer`` sees it."""
    rows: QuerySet[Incident] = Incident.objects.visible_to(viewer)
    return rows.filter(members__complaint=case, members__removed_at=None)


def member_rows(incident: Incident, viewer: Viewer) -> "QuerySet[IncidentCase]":
    """Live memberships of cases that ``viewer`` sees, the next limit first."""
    seen = Complaint.objects.visible_to(viewer).filter(barrier=Barrier.NONE)
    rows = IncidentCase.objects.filter(
        incident=incident, removed_at=None, complaint__in=seen
    )
    return rows.select_related("complaint__handler", "complaint__team").order_by(
        "complaint__next_due_at", "pk"
    )


def sums_of(incident: Incident, viewer: Viewer) -> Sums:
    """In three queries."""
    rows = member_rows(incident, viewer).order_by()
    working = Q(complaint__state__in=sorted(WORKING_STATES))
    late = working & Q(complaint__next_due_at__lt=viewer.at)
    counted = rows.aggregate(
        n=Count("pk"),
        waiting=Count("pk", filter=working),
        late=Count("pk", filter=late),
    )
    everybody = IncidentCase.objects.filter(incident=incident, removed_at=None)
    return Sums(
        seen=counted["n"],
        hidden=everybody.count() - counted["n"],
        waiting=counted["waiting"],
        late=counted["late"],
        answered=counted["n"] - counted["waiting"],
        money=_money(rows),
    )


def _money(rows: "QuerySet[IncidentCase]") -> list[tuple[str, Decimal, Decimal]]:
    """Summed here: SQLite would add decimals as floats."""
    claimed: dict[str, Decimal] = defaultdict(Decimal)
    given: dict[str, Decimal] = defaultdict(Decimal)
    columns = ("complaint__asset", "complaint__amount", "asset", "amount")
    for asset, asked, paid_in, paid in rows.values_list(*columns):
        if asset and asked is not None:
            claimed[asset] += asked
        if paid_in and paid is not None:
            given[paid_in] += paid
    assets = sorted({*claimed, *given})
    return [(asset, claimed[asset], given[asset]) for asset in assets]


def stage_words(case: Complaint) -> str:
    """What is to be done next for a member, in a word."""
    words: Mapping[str, str] = {
        State.ASSIGNED: _("to be answered"),
        State.INVESTIGATING: _("to be answered"),
        State.IN_REVIEW: _("to be signed off"),
        State.REMEDYING: _("to be sent"),
    }
    return words.get(case.state, "")
