"""Cases that belong to an incident: brought in and taken out.

That a case came in or went out stands on both ledgers. A case behind a barrier stays
out: its membership would say that it is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotVisible, RecourseError
from complaints.models import Complaint, Incident, IncidentCase
from complaints.permissions import Viewer, as_viewer
from complaints.services.incidents import ask_may, hold, record
from complaints.states import Barrier, State

if TYPE_CHECKING:
    from teams.models import User

MOST_JOINED = 500
"""Cases that one press brings in."""
SIGNS = frozenset(
    {"transaction", "wallet", "number", "topic", "asset", "text", "hand", "alarm"}
)
"""What can have led to a member; codes for ``IncidentCase.why``."""


@dataclass(frozen=True)
class Joined:
    """How many came in, and why the others did not: (case key, words)."""

    joined: int
    refused: tuple[tuple[int, str], ...]


def add_cases(
    *,
    incident: Incident,
    cases: Iterable[int],
    actor: "User | Viewer",
    why: dict[int, list[str]] | None = None,
    now: datetime | None = None,
) -> Joined:
    """Bring cases in by key, each in its own transaction, at most 500.

    ``why`` are the codes that led to each. Raises ``NotVisible`` or ``NotPermitted``
    for the incident, and ``InvalidInput`` for too many.
    """
    viewer, keys = as_viewer(actor), list(dict.fromkeys(cases))
    ask_may(incident, viewer, run=False)
    if len(keys) > MOST_JOINED:
        raise InvalidInput(_("Bring in at most 500 cases at once."), code="too_many")
    joined, refused = 0, []
    for pk in keys:
        try:
            codes = (why or {}).get(pk) or ["hand"]
            joined += _add(incident, pk, viewer, codes, now or timezone.now())
        except RecourseError as error:
            refused.append((pk, str(error)))
    return Joined(joined, tuple(refused))


@transaction.atomic
def _add(
    incident: Incident, pk: int, viewer: Viewer, why: list[str], now: datetime
) -> bool:
    """Whether it is in by this; False where it was in already."""
    case = Complaint.objects.visible_to(viewer).filter(pk=pk).first()
    if case is None:
        raise NotVisible
    ledger.lock(case.stream)
    case.refresh_from_db(fields=["barrier", "state", "erased_at"])
    fresh = hold(incident)
    if case.barrier != Barrier.NONE:
        raise InvalidInput(_("A restricted case is in no incident."))
    if case.state == State.MERGED or case.erased_at:
        raise InvalidInput(_("This case is merged or its words are erased."))
    known = IncidentCase.objects.filter(complaint=case, removed_at=None).first()
    if known is not None:
        if known.incident_id != incident.pk:
            raise InvalidInput(_("This case is in another incident."))
        return False
    IncidentCase.objects.create(
        incident=fresh,
        complaint=case,
        why=sorted(SIGNS & set(why)),
        asset=case.asset,
        added_at=now,
        added_by=viewer.user,
    )
    _record_on_case(case, "incident_joined", viewer, now, incident)
    record(fresh, "incident_joined", viewer, now, {"case": case.pk})
    return True


@transaction.atomic
def remove_case(
    *,
    incident: Incident,
    complaint: Complaint,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Take a case out; what was drafted for it stays. Raises ``IllegalMove``, too."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer, run=False)
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    ledger.lock(complaint.stream)
    fresh = hold(incident)
    rows = IncidentCase.objects.filter(
        incident=fresh, complaint=complaint, removed_at=None
    )
    if not rows.update(removed_at=moment, removed_by=viewer.user):
        raise IllegalMove(_("This case is not in the incident."))
    _record_on_case(complaint, "incident_left", viewer, moment, incident)
    record(fresh, "incident_left", viewer, moment, {"case": complaint.pk})


def _record_on_case(
    case: Complaint, what: str, viewer: Viewer, now: datetime, incident: Incident
) -> None:
    entry = ledger.Entry(what, viewer, now, {"incident": incident.pk})
    ledger.append(case.stream, entry)


def incident_of(complaint: Complaint) -> IncidentCase | None:
    """The membership of a case that lives, with its incident."""
    rows = IncidentCase.objects.filter(complaint=complaint, removed_at=None)
    return rows.select_related("incident__team").first()


def members(incident: Incident) -> Any:
    """Live memberships, whoever may see their cases."""
    return IncidentCase.objects.filter(incident=incident, removed_at=None)
