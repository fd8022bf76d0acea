"""What the page of an incident says of its members; only what the viewer sees."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from complaints.models import Complaint, Incident, IncidentCase
from complaints.permissions import Viewer
from complaints.states import WORKING_STATES, Barrier, State


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


def incidents_of(case: int, viewer: Viewer) -> "QuerySet[Incident]":
    """The incident that the case of that key is in, if ``viewer`` sees it."""
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
