"""Who had to do with a case, read in one statement for all who are asked about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from complaints.models import Conflict, Decision, Event, Representative, SignOff
from complaints.together import Shape
from teams.models import User
from teams.models.user import UserKind


@dataclass(frozen=True)
class Concerned:
    """Everybody who had to do with one case, by primary key.

    ``acts`` has the first event of each on the case's stream, ``given`` those whom it
    was ever assigned to, ``deciders`` who proposed, signed or refused at the first
    stage, ``conflicted`` who is named in it, ``sides`` the customer and who speaks for
    them. ``bosses`` is the direct line of everybody in the house.
    """

    acts: Mapping[int, int]
    given: frozenset[int]
    deciders: frozenset[int]
    conflicted: frozenset[int]
    sides: frozenset[int]
    systems: frozenset[int]
    bosses: Mapping[int, int]

    def line(self, person: int) -> frozenset[int]:
        """Everyone ``person`` reports to, directly or not."""
        seen: set[int] = set()
        boss = self.bosses.get(person)
        while boss is not None and boss not in seen:
            seen.add(boss)
            boss = self.bosses.get(boss)
        return frozenset(seen)

    @cached_property
    def over_deciders(self) -> frozenset[int]:
        """Everyone to whom somebody reports who decided."""
        return frozenset().union(*map(self.line, self.deciders))


def concerned(complaint: Any) -> Concerned:
    """As it stands now; one statement."""
    events = Event.objects.filter(stream=complaint.stream)
    rows = _SHAPE.read(
        events.only("seq", "what", "actor_id", "payload"), case=complaint.pk
    )
    decisions, signed, conflicts, speakers, systems, reporting, happened = rows
    refused = (one for one in happened if one.what == "refuse_admission")
    return Concerned(
        acts=_first_acts(happened),
        given=_given(complaint, happened),
        deciders=frozenset(
            (
                *(one.proposed_by_id for one in decisions),
                *(one.signer_id for one in signed),
                *(one.actor_id for one in refused),
            )
        ),
        conflicted=frozenset(one.user_id for one in conflicts),
        sides=frozenset(
            (complaint.customer.user_id, *(one.user_id for one in speakers))
        )
        - {None},
        systems=frozenset(one.pk for one in systems),
        bosses={one.pk: one.reports_to_id for one in reporting},
    )


def _wanted(case: int) -> list[QuerySet[Any]]:
    first = Decision.objects.filter(complaint=case, on_appeal=False)
    signed = SignOff.objects.filter(decision__complaint=case, decision__on_appeal=False)
    named = Conflict.objects.filter(complaint=case, lifted_at=None)
    speakers = Representative.objects.filter(complaint=case, user__isnull=False)
    return [
        first.exclude(proposed_by=None).only("proposed_by_id"),
        signed.only("signer_id"),
        named.only("user_id"),
        speakers.only("user_id"),
        User.objects.filter(kind=UserKind.SYSTEM).only("pk"),
        User.objects.filter(reports_to__isnull=False).only("reports_to_id"),
    ]


_SHAPE = Shape(_wanted)


def _first_acts(events: Iterable[Event]) -> dict[int, int]:
    """In the order of ``seq`` as they are read, so the first of each stays."""
    acts: dict[int, int] = {}
    for event in events:
        acts.setdefault(event.actor_id, event.seq)
    return acts


def _given(complaint: Any, events: Iterable[Event]) -> frozenset[int]:
    """Those who had the case, even if they did nothing on it."""
    given = {one.payload.get("handler") for one in events if one.what == "assign_to"}
    return frozenset({*given, complaint.handler_id} - {None})
