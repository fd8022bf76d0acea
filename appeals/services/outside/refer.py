"""A case taken outside: the row, the consent on record, what staff enter of it."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals import consent
from appeals.models import FeeBearer, Referral
from appeals.services.outside import seats
from appeals.services.outside.rows import managed, record, written
from appeals.services.panel import at_stake
from complaints import profiles
from complaints.errors import IllegalMove, InvalidInput
from complaints.permissions import Viewer, as_viewer
from complaints.registry import Done

if TYPE_CHECKING:
    from teams.models import User

MOST_FEE = Decimal(10) ** 9


def open_referral(done: Done) -> Referral:
    """What the customer's ``refer`` brings; inside its transaction."""
    appeal, case = done.obj, done.obj.complaint
    profile = profiles.by_key(case.profile_key)
    route = next(r for r in profile.outside_routes if r.code == done.fields["route"])
    made = Referral.objects.create(
        complaint=case,
        appeal=appeal,
        route=route.code,
        kind=route.kind,
        referred_at=done.now,
        consent_version=consent.VERSION,
        consent_sha256=consent.digest(),
        consented_by=done.viewer.user,
        wanted=_wanted(appeal) if route.kind == "arbitration" else 1,
        language=case.language,
    )
    facts = {"version": made.consent_version, "sha256": made.consent_sha256}
    record(made, "consent_recorded", done.viewer, done.now, facts)
    if made.is_arbitration:
        seats.fill(made, now=done.now)
    return made


def _wanted(appeal: object) -> int:
    """Three where the appeal had a panel for its amount, else one."""
    from django.conf import settings  # noqa: PLC0415 - read when it is asked

    return 3 if at_stake(appeal) >= settings.APPEAL_PANEL_FROM else 1


@transaction.atomic
def enter_terms(
    *,
    referral: Referral,
    seat: str,
    body_reference: str,
    fee: Decimal | None,
    fee_borne_by: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Referral:
    """Seat, the body's own reference and the fee, as the body said them.

    Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove`` (it has ended) or
    ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = managed(referral, viewer)
    if not row.is_alive:
        raise IllegalMove
    if fee_borne_by not in FeeBearer.values:
        words = _("This is not one of the choices.")
        raise InvalidInput(words, field="fee_borne_by")
    if fee is not None and not (fee.is_finite() and 0 <= fee < MOST_FEE):
        words = _("Enter the amount as a number, such as 0.25")
        raise InvalidInput(words, field="fee")
    columns = {
        "seat": written(seat, "seat", needed=False, most=100),
        "body_reference": written(body_reference, "body_reference", needed=False),
        "fee": fee,
        "fee_borne_by": fee_borne_by,
    }
    Referral.objects.filter(pk=row.pk).update(**columns)
    for name, value in columns.items():
        setattr(referral, name, value)
    facts = {"fee": str(fee) if fee is not None else "", "borne_by": fee_borne_by}
    record(row, "referral_terms", viewer, moment, facts)
    return referral
