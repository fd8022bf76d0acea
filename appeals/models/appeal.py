"""The appeal and its machine (design: "Appeal")."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from appeals import guards
from appeals.models.panel import PanelReason
from complaints import permissions
from complaints.models.base import Stateful
from complaints.models.of_case import OfCaseQuerySet
from complaints.permissions import Viewer, status_visible_to
from complaints.states import (
    AppealGroundKind,
    AppealState,
    RulingOutcome,
)
from complaints.transitions import Field, Kind, spec, transition

S = AppealState
REASON = Field("reason", _("Reason"), Kind.TEXT)


def _appellant(appeal: Any, viewer: Viewer) -> bool:
    return permissions.by_customer(appeal.complaint, viewer)


def _hears(_appeal: Any, viewer: Viewer) -> bool:
    return permissions.hears_appeals(_appeal, viewer)


def _is_reviewer(appeal: Any, viewer: Viewer) -> bool:
    return appeal.reviewer_id == viewer.user.pk and _hears(appeal, viewer)


class AppealQuerySet(OfCaseQuerySet["Appeal"]):
    def status_visible_to(self, viewer: Viewer) -> Self:
        """Appeals that ``viewer`` may lodge or withdraw with the customer's word."""
        return self.of_cases(status_visible_to(viewer, viewer.at))


AppealManager = models.Manager.from_queryset(AppealQuerySet)


class Appeal(Stateful):
    """An appeal against a decision, or (``decision`` empty) against a refusal.

    ``first_proposer`` repeats who proposed the decision so that the database itself
    refuses that person as reviewer; ``panel_why`` is set where three people hear it,
    the reviewer and those on the ``seats``; ``file_seq`` and ``file_head`` are the end
    of the case's ledger stream when the file was frozen.
    """

    OBJECT_TYPE: ClassVar[str] = "appeal"
    INITIAL: ClassVar[str] = S.LODGED

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="appeals"
    )
    decision = models.ForeignKey(
        "complaints.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals",
    )
    state = FSMField(default=S.LODGED, choices=S.choices, protected=True, max_length=12)
    lodged_at = models.DateTimeField()
    lodged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    statement = models.TextField()
    desired_outcome = models.TextField(blank=True, default="")
    in_time = models.BooleanField(default=True)
    late_reason = models.TextField(blank=True, default="")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reviews",
    )
    first_proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    panel_why = models.CharField(
        max_length=9, choices=PanelReason.choices, blank=True, default=""
    )
    file_seq = models.PositiveBigIntegerField(default=0)
    file_head = models.CharField(max_length=64, blank=True, default="")
    outcome = models.CharField(
        max_length=10, choices=RulingOutcome.choices, blank=True, default=""
    )
    ruling_summary = models.TextField(blank=True, default="")
    ruling_reasons = models.TextField(blank=True, default="")
    lesson = models.TextField(blank=True, default="")
    new_decision = models.ForeignKey(
        "complaints.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="born_of_appeal",
    )
    ruled_at = models.DateTimeField(null=True, blank=True)

    objects = AppealManager()

    class Meta:
        ordering = ["-lodged_at", "-pk"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=models.Q(decision__isnull=False),
                name="appeal_once_a_decision",
            ),
            models.UniqueConstraint(
                fields=["complaint"],
                condition=~models.Q(state__in=[S.CLOSED, S.WITHDRAWN, S.OUT_OF_TIME]),
                name="appeal_one_alive",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewer__isnull=True)
                | models.Q(first_proposer__isnull=True)
                | ~models.Q(reviewer=models.F("first_proposer")),
                name="appeal_reviewer_not_proposer",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=S.values), name="appeal_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reviewer", "lodged_at"],
                name="appeal_my_queue",
                condition=~models.Q(state__in=[S.CLOSED, S.WITHDRAWN, S.OUT_OF_TIME]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} A{self.pk}"

    @property
    def in_hand(self) -> bool:
        """Whether its reviewer still has something to do."""
        return self.state in (S.LODGED, S.ADMITTED, S.REVIEWING)

    @property
    def is_against_refusal(self) -> bool:
        return self.decision_id is None

    @transition(
        source=S.LODGED,
        target=S.ADMITTED,
        permission=_hears,
        custom=spec(label=_("Admit appeal"), guards=(guards.in_time_or_excused,)),
    )
    def admit(self) -> None:
        """The reviewer is chosen by the effects."""

    @transition(
        source=S.LODGED,
        target=S.OUT_OF_TIME,
        permission=_is_reviewer,
        custom=spec(
            label=_("Out of time"),
            fields=(Field("explanation", _("Explanation"), Kind.TEXT),),
            guards=(guards.is_late,),
            grave=True,
        ),
    )
    def reject_late(self, **_: Any) -> None:
        """The complaint goes back to where it stood."""

    @transition(
        source=S.ADMITTED,
        target=S.REVIEWING,
        permission=_is_reviewer,
        custom=spec(label=_("Start the review"), guards=(guards.independent,)),
    )
    def start_review(self) -> None:
        """The clock of the ruling runs from admission."""

    @transition(
        source=[S.LODGED, S.ADMITTED, S.REVIEWING],
        target=None,
        permission=_is_reviewer,
        custom=spec(label=_("Recuse myself"), fields=(REASON,)),
    )
    def recuse(self, **_: Any) -> None:
        self.reviewer = None

    @transition(
        source=S.REVIEWING,
        target=S.RULED,
        permission=_is_reviewer,
        custom=spec(
            label=_("Rule"),
            guards=(
                guards.independent,
                guards.every_ground_answered,
                guards.ruling_written,
                guards.new_decision_signed,
                guards.panel_agrees,
            ),
            grave=True,
        ),
    )
    def rule(self) -> None:
        """What was ruled stands in the ruling's fields, written before."""

    @transition(
        source=[S.LODGED, S.ADMITTED, S.REVIEWING],
        target=S.WITHDRAWN,
        permission=_appellant,
        custom=spec(label=_("Withdraw appeal"), by_customer=True, grave=True),
    )
    def withdraw(self, **_: Any) -> None:
        """The complaint goes back to where it stood."""

    @transition(
        source=S.RULED,
        target=S.REFERRED,
        permission=_appellant,
        custom=spec(
            label=_("Refer to an outside body"),
            fields=(
                Field("route", _("Outside route"), Kind.LINE),
                Field("consent", _("I agree to take part; it is voluntary"), Kind.FLAG),
                Field("words", _("Version of the words"), Kind.LINE, required=False),
            ),
            checks=(guards.consent_given, guards.known_route),
            by_customer=True,
            grave=True,
        ),
    )
    def refer(self, **_: Any) -> None:
        """The referral and its consent stand in the event."""

    @transition(
        source=S.REFERRED,
        target=S.AWARDED,
        permission=_hears,
        custom=spec(
            label=_("Record the award"),
            fields=(Field("award", _("What was awarded"), Kind.TEXT),),
        ),
    )
    def record_award(self, **_: Any) -> None:
        """Its remedies come by the complaint's ``execute_award``."""

    @transition(
        source=S.REFERRED,
        target=S.DISCONTINUED,
        permission=_hears,
        custom=spec(label=_("Discontinued"), fields=(REASON,)),
    )
    def discontinue(self, **_: Any) -> None:
        """The outside stage ended without an award."""

    @transition(
        source=[S.RULED, S.AWARDED, S.DISCONTINUED],
        target=S.CLOSED,
        permission=_hears,
        custom=spec(label=_("Close appeal"), guards=(guards.outside_window_over,)),
    )
    def close(self) -> None:
        """Nothing further can come of it."""


class Ground(models.Model):
    """Why the customer thinks the decision is wrong, by point; each is answered."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="grounds")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24, choices=AppealGroundKind.choices)
    point = models.ForeignKey(
        "complaints.Point",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField()
    accepted = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["number"]
        verbose_name = _("ground of appeal")
        verbose_name_plural = _("grounds of appeal")
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "number"], name="appeal_ground_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_kind_display()}"
