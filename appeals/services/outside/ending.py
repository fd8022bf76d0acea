"""Ending the outside stage without an award: by the arbitrators, or by the customer."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from appeals.models import Referral, ReferralState
from appeals.models.referral import UNDECIDED
from appeals.services.outside.rows import held, own_seat, record, written
from complaints.errors import IllegalMove, NotPermitted
from complaints.permissions import Viewer, as_viewer, customer_self
from complaints.workflow import perform
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User


@transaction.atomic
def end_hearing(
    *, referral: Referral, reason: str, actor: Viewer, now: datetime | None = None
) -> None:
    """The presiding arbitrator ends it: settled, or not theirs to decide."""
    moment = now or timezone.now()
    row, seat = own_seat(referral, actor)
    if not seat.presides:
        raise NotPermitted
    if row.state != ReferralState.HEARING:
        raise IllegalMove
    said = written(reason, "reason")
    record(row, "arbitrator_ended_it", actor, moment, texts={"reason": said})
    _discontinue(row, said, moment)


@transaction.atomic
def take_back_consent(
    *, referral: Referral, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """The customer ends their part before the award, without a reason."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = held(referral, viewer)
    if not customer_self(row.complaint, viewer):
        raise NotPermitted
    if row.state not in UNDECIDED:
        raise IllegalMove
    record(row, "consent_taken_back", viewer, moment)
    _discontinue(row, gettext("The customer ended their part."), moment)


def _discontinue(referral: Referral, reason: str, now: datetime) -> None:
    actor = system_actor()
    perform(referral.appeal, "discontinue", actor=actor, now=now, reason=reason)
