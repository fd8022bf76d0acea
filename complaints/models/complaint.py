"""The complaint: one row of the register. Its moves stand in ``moves``."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from complaints.models.amount import AmountField
from complaints.models.moves import ComplaintMoves
from complaints.permissions import Viewer, status_visible_to, visible_to
from complaints.reference_number import new_reference
from complaints.states import (
    OPEN_STATES,
    PUBLIC_LABELS,
    WORKING_STATES,
    Barrier,
    CauseScope,
    Channel,
    ClosingReason,
    PublicLabel,
    Scale,
    Severity,
    State,
    Step,
)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The cases ``viewer`` may read in full; the only source of rows."""
        return self.filter(visible_to(viewer, viewer.at))

    def status_visible_to(self, viewer: Viewer) -> Self:
        """The cases of which ``viewer`` may at least read the public status."""
        return self.filter(status_visible_to(viewer, viewer.at))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def working(self) -> Self:
        """Cases in which staff owe the next step."""
        return self.filter(state__in=WORKING_STATES)


ComplaintManager = models.Manager.from_queryset(ComplaintQuerySet)


class Complaint(ComplaintMoves):
    """A complaint as registered (source steps 1 and 2; Annex of RTS 2025/294).

    ``received_at`` is the trusted receipt from which statutory limits run, not the
    moment of entry. Free text is personal data and stands only here and in rows
    that can be emptied, never in events.
    """

    OBJECT_TYPE: ClassVar[str] = "complaint"
    INITIAL: ClassVar[str] = State.RECEIVED

    reference = models.CharField(
        max_length=12, unique=True, default=new_reference, editable=False
    )
    state = FSMField(
        default=State.RECEIVED, choices=State.choices, max_length=20, protected=True
    )
    state_before = models.CharField(max_length=20, blank=True, default="")

    # Who and how (steps 1 and 2 of the source)
    customer = models.ForeignKey(
        "complaints.Party", on_delete=models.PROTECT, related_name="complaints"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=10, default="en")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    idempotency_key = models.CharField(
        max_length=80, null=True, blank=True, unique=True, editable=False
    )

    # What about (3.a to 3.e of the Annex)
    subject = models.CharField(max_length=200)
    description = models.TextField()
    service_reference = models.CharField(max_length=200, blank=True, default="")
    facts_from = models.DateField(null=True, blank=True)
    facts_until = models.DateField(null=True, blank=True)
    loss_description = models.TextField(blank=True, default="")
    desired_outcome = models.TextField(blank=True, default="")
    comments = models.TextField(blank=True, default="")
    signed_place = models.CharField(max_length=100, blank=True, default="")
    signed_on = models.DateField(null=True, blank=True)
    signed_name = models.CharField(max_length=200, blank=True, default="")
    asset = models.CharField(max_length=16, blank=True, default="")
    amount = AmountField(max_digits=38, decimal_places=18, null=True, blank=True)
    reporting_value = AmountField(
        max_digits=20, decimal_places=2, null=True, blank=True
    )

    # Judged in triage (ISO 10002 initial assessment)
    category = models.ForeignKey(
        "complaints.Category",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="complaints",
    )
    severity = models.CharField(
        max_length=8, choices=Severity.choices, default=Severity.NORMAL
    )
    funds_at_risk = models.BooleanField(default=False)
    complexity = models.CharField(
        max_length=6, choices=Scale.choices, blank=True, default=""
    )
    impact = models.CharField(
        max_length=6, choices=Scale.choices, blank=True, default=""
    )
    immediate_action = models.BooleanField(default=False)
    refusal_ground = models.CharField(max_length=32, blank=True, default="")

    # Who works on it
    team = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, related_name="complaints"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="handled",
    )
    barrier = models.CharField(
        max_length=10, choices=Barrier.choices, blank=True, default=Barrier.NONE
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed"
    )
    merged_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Which rules govern it, fixed on the day of receipt
    profile_key = models.CharField(max_length=32)
    account_tier = models.CharField(max_length=24, blank=True, default="")
    privacy_notice_version = models.CharField(max_length=16, blank=True, default="")
    procedure_version = models.CharField(max_length=16, blank=True, default="")

    # What it taught
    closing_reason = models.CharField(
        max_length=16, choices=ClosingReason.choices, blank=True, default=""
    )
    cause = models.CharField(max_length=24, blank=True, default="")
    cause_scope = models.CharField(
        max_length=10, choices=CauseScope.choices, blank=True, default=""
    )

    # Kept beside the row so that lists need no join; derived, never a source
    next_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_due_step = models.CharField(
        max_length=20, choices=Step.choices, blank=True, default="", editable=False
    )
    last_message_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_message_from = models.CharField(
        max_length=10, blank=True, default="", editable=False
    )

    objects = ComplaintManager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-received_at", "-pk"]
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="complaint_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")),
                name="complaint_not_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="complaint_amount_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["team", "next_due_at", "id"],
                name="complaint_team_queue",
                condition=models.Q(state__in=sorted(WORKING_STATES)),
            ),
            models.Index(
                fields=["handler", "next_due_at", "id"],
                name="complaint_my_queue",
                condition=models.Q(state__in=sorted(WORKING_STATES)),
            ),
            models.Index(
                fields=["next_due_at", "id"],
                name="complaint_due",
                condition=models.Q(state__in=sorted(WORKING_STATES)),
            ),
            models.Index(
                fields=["category", "next_due_at", "id"],
                name="complaint_category_queue",
                condition=models.Q(state__in=sorted(WORKING_STATES)),
            ),
            models.Index(
                fields=["team", "id"],
                name="complaint_at_risk",
                condition=models.Q(funds_at_risk=True, state__in=sorted(OPEN_STATES)),
            ),
            models.Index(fields=["customer", "-received_at"], name="complaint_mine"),
            models.Index(fields=["team", "state"], name="complaint_team_state"),
            models.Index(fields=["-received_at", "-id"], name="complaint_received"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def title(self) -> str:
        """The subject as the customer wrote it; the number where that was erased."""
        words = gettext("Complaint %(reference)s") % {"reference": self.reference}
        return self.subject or words

    @property
    def public_label(self) -> PublicLabel:
        """One of the six words the customer sees."""
        return PUBLIC_LABELS[self.state]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def may_be_unmerged(self, now: datetime) -> bool:
        """Within 30 days of the merger."""
        return self.merged_at is not None and (now - self.merged_at).days < 30


class Point(models.Model):
    """One thing the customer complains of; each needs its own finding (Art 6(1))."""

    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="points"
    )
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("point")
        verbose_name_plural = _("points")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "number"], name="point_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:60]}"


class Identifier(models.Model):
    """A transaction, order or address named in a complaint; how cases are linked."""

    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="identifiers"
    )
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=200)
    network = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "kind", "value"], name="identifier_once"
            ),
        ]
        indexes = [models.Index(fields=["value"], name="identifier_value")]

    def __str__(self) -> str:
        return self.value
