"""Cases that fit an incident, with what speaks for each; only what the viewer sees."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from complaints.bigrams import words_of
from complaints.models import Complaint, Identifier, Incident, IncidentCase
from complaints.permissions import Viewer
from complaints.selectors.search import speaking_of
from complaints.states import OPEN_STATES, Barrier, IdentifierKind, State
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
