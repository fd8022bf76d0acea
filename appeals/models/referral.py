"""The outside stage and its machine: from the customer's consent to the award done."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from appeals import outside_guards as guards
from appeals.seated import SeatViewer
from complaints import permissions
from complaints.models.amount import AmountField
from complaints.models.base import Stateful
from complaints.models.of_case import OfCaseQuerySet
from complaints.permissions import Viewer
from complaints.transitions import spec, transition


class ReferralState(models.TextChoices):
    """Where the outside stage of a case stands."""

    OPEN = "open", _("Taken to the body")
    HEARING = "hearing", _("Before the arbitrators")
    AWARDED = "awarded", _("Award made")
    CARRYING_OUT = "carrying_out", _("Award being carried out")
    DONE = "done", _("Award carried out")
    DISCONTINUED = "discontinued", _("Ended without an award")


S = ReferralState
UNDECIDED = (S.OPEN, S.HEARING)
"""Nothing is awarded yet; a seat is work."""
ALIVE = (S.OPEN, S.HEARING, S.AWARDED, S.CARRYING_OUT)
"""While it is in one of these, its bundle is kept and its links may live."""


class FeeBearer(models.TextChoices):
    EXCHANGE = "exchange", _("The exchange")
    CUSTOMER = "customer", _("The customer")
    SHARED = "shared", _("Each side a half")


def _hears(referral: Any, viewer: Viewer) -> bool:
    return permissions.hears_appeals(referral, viewer)


def _presides(referral: Any, viewer: Viewer) -> bool:
    if not isinstance(viewer, SeatViewer):
        return False
    seats = referral.seats.filter(left_at=None, accepted_at__isnull=False)
    return bool(seats.filter(pk=viewer.seat_pk, seat=1).exists())


class ReferralQuerySet(OfCaseQuerySet["Referral"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """An arbitrator's own and no other; of cases that the viewer sees."""
        if isinstance(viewer, SeatViewer):
            return self.filter(seats=viewer.seat_pk, seats__left_at=None)
        return super().visible_to(viewer)

    status_visible_to = visible_to


class Referral(Stateful):
    """An appeal taken outside: to arbitrators of the register, or to another body.

    ``consent_sha256`` is that of the words the customer agreed to, ``consent_version``
    names them. ``wanted`` is how many arbitrators sit (1 or 3). ``bundle`` is the one
    file that they decide on.
    """

    OBJECT_TYPE: ClassVar[str] = "referral"
    INITIAL: ClassVar[str] = S.OPEN

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="referrals"
    )
    appeal = models.OneToOneField(
        "appeals.Appeal", on_delete=models.PROTECT, related_name="referral"
    )
    route = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    state = FSMField(default=S.OPEN, choices=S.choices, protected=True, max_length=12)
    referred_at = models.DateTimeField()
    consent_version = models.CharField(max_length=16)
    consent_sha256 = models.CharField(max_length=64)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    wanted = models.PositiveSmallIntegerField(default=1)
    seat = models.CharField(max_length=100, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    body_reference = models.CharField(max_length=60, blank=True, default="")
    fee = AmountField(max_digits=20, decimal_places=2, null=True, blank=True)
    fee_currency = models.CharField(max_length=3, default="EUR")
    fee_borne_by = models.CharField(
        max_length=8, choices=FeeBearer.choices, default=FeeBearer.EXCHANGE
    )
    bundle = models.ForeignKey(
        "appeals.Bundle",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals",
    )

    objects = models.Manager.from_queryset(ReferralQuerySet)()

    class Meta:
        ordering = ["-referred_at", "-pk"]
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=S.values), name="referral_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(wanted__in=(1, 3)), name="referral_one_or_three"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} {self.route}"

    @property
    def is_arbitration(self) -> bool:
        """Heard by arbitrators of the register, by their own links."""
        return self.kind == "arbitration"

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE

    @transition(
        source=S.OPEN,
        target=S.HEARING,
        permission=permissions.by_system,
        custom=spec(
            label=_("Begin the hearing"), guards=(guards.all_seated,), internal=True
        ),
    )
    def begin_hearing(self) -> None:
        """When the last arbitrator has declared that nothing ties them."""

    @transition(
        source=S.HEARING,
        target=S.AWARDED,
        permission=_presides,
        custom=spec(
            label=_("Make the award"),
            guards=(
                guards.still_independent,
                guards.objections_decided,
                guards.award_written,
                guards.points_found,
                guards.majority_agrees,
            ),
            grave=True,
        ),
    )
    def make_award(self) -> None:
        """By the presiding arbitrator; what was awarded stands in the award's rows."""

    @transition(
        source=S.OPEN,
        target=S.AWARDED,
        permission=permissions.by_system,
        custom=spec(label=_("Award recorded"), internal=True),
    )
    def note_award(self) -> None:
        """Follows the appeal's ``record_award``: a body decided that has no link."""

    @transition(
        source=S.AWARDED,
        target=S.CARRYING_OUT,
        permission=_hears,
        custom=spec(
            label=_("Carry out the award"),
            guards=(guards.award_signed, guards.case_stands),
            grave=True,
        ),
    )
    def carry_out(self) -> None:
        """Its remedies are approved and the complaint goes to ``remedying``."""

    @transition(
        source=[S.AWARDED, S.CARRYING_OUT],
        target=S.DONE,
        permission=permissions.by_system,
        custom=spec(
            label=_("Award carried out"), guards=(guards.all_done,), internal=True
        ),
    )
    def finish(self) -> None:
        """When the last remedy of the award is settled, or there is none."""

    @transition(
        source=[S.OPEN, S.HEARING],
        target=S.DISCONTINUED,
        permission=permissions.by_system,
        custom=spec(label=_("Ended without an award"), internal=True),
    )
    def end(self) -> None:
        """Follows the appeal's ``discontinue``, or an award that came on paper."""
