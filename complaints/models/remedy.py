"""What is done for the customer, and the machine by which it is really done."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from complaints import permissions
from complaints.models.amount import AmountField, digits
from complaints.models.base import Stateful
from complaints.models.of_case import OfCaseQuerySet
from complaints.permissions import Viewer
from complaints.remedy_guards import (
    case_remedying,
    decision_approved,
    executor_independent,
    ledger_ready,
    not_with_ledger,
    proof_given,
    take_back_agreed,
)
from complaints.states import MONEY_KINDS, Executor, OrderState, RemedyKind, RemedyState
from complaints.transitions import Field, Kind, spec, transition

S = RemedyState


def _customer(remedy: Any, viewer: Viewer) -> bool:
    return permissions.by_customer(remedy.complaint, viewer)


def _executor(remedy: Any, viewer: Viewer) -> bool:
    return permissions.executes(remedy.complaint, viewer)


def _instead_of_ledger(remedy: Any, viewer: Viewer) -> bool:
    return remedy.by_ledger and _executor(remedy, viewer)


def _takes_back(remedy: Any, viewer: Viewer) -> bool:
    """Not offered before a second person agreed to it."""
    agreed = viewer.is_system or any(
        row.state == OrderState.AGREED for row in remedy.instructions.all()
    )
    return agreed and _executor(remedy, viewer)


class RemedyQuerySet(OfCaseQuerySet["Remedy"]):
    def status_visible_to(self, viewer: Viewer) -> Self:
        """No public status is told of a remedy: whoever sees its case sees it."""
        return self.visible_to(viewer)


RemedyManager = models.Manager.from_queryset(RemedyQuerySet)


class Remedy(Stateful):
    """One remedy of a decision. Money is an exact amount of an asset.

    ``reporting_value`` is the amount in the reporting currency at ``rate`` (units
    of it per one of the asset) as of ``rate_at``.
    """

    OBJECT_TYPE: ClassVar[str] = "remedy"
    INITIAL: ClassVar[str] = S.PROPOSED

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="remedies"
    )
    decision = models.ForeignKey(
        "complaints.Decision", on_delete=models.PROTECT, related_name="remedies"
    )
    kind = models.CharField(max_length=20, choices=RemedyKind.choices)
    description = models.TextField(blank=True, default="")
    on_acceptance = models.BooleanField(
        _("only if the customer accepts"), default=False
    )
    amount = AmountField(max_digits=38, decimal_places=18, null=True, blank=True)
    asset = models.CharField(max_length=16, blank=True, default="")
    rate = AmountField(max_digits=38, decimal_places=18, null=True, blank=True)
    rate_at = models.DateTimeField(null=True, blank=True)
    reporting_value = AmountField(
        max_digits=20, decimal_places=2, null=True, blank=True
    )
    reporting_currency = models.CharField(max_length=3, default="EUR")
    destination = models.CharField(max_length=200, blank=True, default="")
    executor = models.CharField(max_length=12, default="manual")
    state = FSMField(
        default=S.PROPOSED, choices=S.choices, protected=True, max_length=10
    )

    objects = RemedyManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("remedy")
        verbose_name_plural = _("remedies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gt=0),
                name="remedy_amount_positive",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=sorted(MONEY_KINDS))
                | (models.Q(amount__isnull=False) & ~models.Q(asset="")),
                name="remedy_money_has_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=S.values), name="remedy_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.complaint})"

    @property
    def is_money(self) -> bool:
        return self.kind in MONEY_KINDS

    @property
    def by_ledger(self) -> bool:
        """Carried out by the exchange's own ledger, not by a person."""
        return self.executor == Executor.HTTP

    @property
    def payout_key(self) -> str:
        """The idempotency key of its one execution. A key is for ever, and a restored
        database gives its numbers out again."""
        return f"{self.complaint.reference}-{self.pk}"

    @property
    def plain_amount(self) -> str:
        """All its digits and no other sign, as it is signed and as it is ordered."""
        return digits(self.amount)

    @property
    def is_valued(self) -> bool:
        return self.reporting_value is not None and self.rate is not None

    def content(self) -> list[Any]:
        """What a signer puts their name to, as plain JSON values."""
        return [
            self.pk,
            self.kind,
            self.description,
            self.on_acceptance,
            self.plain_amount,
            self.asset,
            digits(self.rate),
            self.executor,
            "" if self.reporting_value is None else f"{self.reporting_value:.2f}",
            self.destination,
        ]

    # Moves: bodies are empty because the machine is the whole of it ---------------

    @transition(
        source=S.PROPOSED,
        target=S.APPROVED,
        permission=permissions.by_system,
        custom=spec(label=_("Approve"), guards=(decision_approved,), internal=True),
    )
    def approve(self) -> None:
        """Comes with the approval of its decision."""

    @transition(
        source=S.APPROVED,
        target=S.OFFERED,
        permission=permissions.by_system,
        custom=spec(label=_("Offer"), internal=True),
    )
    def offer(self) -> None:
        """Comes with the issue of its decision."""

    @transition(
        source=S.OFFERED,
        target=S.ACCEPTED,
        permission=_customer,
        custom=spec(label=_("Accept"), by_customer=True),
    )
    def accept(self, **_: Any) -> None:
        """Moves this remedy alone; the appeal stays open."""

    @transition(
        source=S.OFFERED,
        target=S.REFUSED,
        permission=_customer,
        custom=spec(label=_("Refuse"), by_customer=True),
    )
    def refuse(self, **_: Any) -> None:
        """Moves this remedy alone; the appeal stays open."""

    @transition(
        source=S.OFFERED,
        target=S.LAPSED,
        permission=permissions.by_system,
        custom=spec(label=_("Lapse"), internal=True),
    )
    def lapse(self) -> None:
        """The window ended without an answer."""

    @transition(
        source=[S.APPROVED, S.ACCEPTED, S.FAILED],
        target=S.EXECUTING,
        permission=_executor,
        custom=spec(
            label=_("Start"),
            guards=(case_remedying, executor_independent, ledger_ready),
        ),
    )
    def start(self) -> None:
        """The payout row is claimed by the effects, and the ledger told to pay."""

    @transition(
        source=[S.APPROVED, S.ACCEPTED, S.FAILED],
        target=S.EXECUTING,
        permission=_instead_of_ledger,
        custom=spec(
            label=_("Do it by hand instead"),
            guards=(case_remedying, executor_independent),
            grave=True,
        ),
    )
    def start_by_hand(self) -> None:
        """Only where the ledger was never asked, or said that it did not pay."""

    @transition(
        source=S.EXECUTING,
        target=S.EXECUTED,
        permission=_executor,
        custom=spec(
            label=_("Record as done"),
            fields=(
                Field(
                    "proof", _("Transaction or ledger ID"), Kind.LINE, required=False
                ),
            ),
            guards=(not_with_ledger,),
            checks=(proof_given,),
        ),
    )
    def complete(self, **_: Any) -> None:
        """The proof stands on the payout row and in the event."""

    @transition(
        source=S.EXECUTING,
        target=S.FAILED,
        permission=_executor,
        custom=spec(
            label=_("Record as failed"),
            fields=(Field("reason", _("Reason"), Kind.TEXT),),
            guards=(not_with_ledger,),
        ),
    )
    def fail(self, **_: Any) -> None:
        """May be started again; the payout row stays the same one."""

    @transition(
        source=[S.PROPOSED, S.APPROVED, S.OFFERED, S.ACCEPTED, S.FAILED],
        target=S.CANCELLED,
        permission=permissions.by_system,
        custom=spec(label=_("Cancel"), internal=True),
    )
    def cancel(self) -> None:
        """The decision was replaced, or the complaint was withdrawn."""

    @transition(
        source=S.EXECUTED,
        target=S.REVERSED,
        permission=_takes_back,
        custom=spec(
            label=_("Record as taken back"),
            fields=(
                Field("reason", _("Reason"), Kind.TEXT),
                Field("proof", _("Transaction or ledger ID"), Kind.LINE),
            ),
            guards=(take_back_agreed,),
            grave=True,
        ),
    )
    def reverse(self, **_: Any) -> None:
        """Taken back, with the proof of that."""


class Payout(models.Model):
    """The one execution of one remedy; a second one cannot be inserted."""

    remedy = models.OneToOneField(
        Remedy, on_delete=models.PROTECT, related_name="payout"
    )
    idempotency_key = models.CharField(max_length=64, unique=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=200, blank=True, default="")
    reversal_proof = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")

    def __str__(self) -> str:
        return self.idempotency_key
