"""One thing that went wrong and that many complain of: members, finding, who is hit."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.amount import AmountField
from complaints.permissions import NOBODY, Viewer
from complaints.states import CauseScope, Finding, Outcome
from teams.roles import Perm

TITLE_LIMIT = 120


def of_teams(viewer: Viewer) -> Q:
    """Rows with a ``team`` that ``viewer`` works with or watches over."""
    if viewer.is_system or viewer.holds(Perm.VIEW_REGISTER):
        return ~NOBODY
    return Q(team_id__in=viewer.grants.get(Perm.VIEW, frozenset()))


class TeamScopedQuerySet(models.QuerySet[Any]):
    """Rows of a team; the base of what is learned from cases."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(of_teams(viewer))


TeamScopedManager = models.Manager.from_queryset(TeamScopedQuerySet)


class Incident(models.Model):
    """An incident. Whoever sees its team sees it; which members they see is another
    question, asked of each case.

    ``category``, ``asset``, ``since``, ``until`` and ``words`` say what belongs to it,
    for the search of members. ``outcome`` to ``exchange_share`` are the shared finding
    without its words, which stand in ``IncidentFinding``, one a language.
    """

    title = models.CharField(_("title"), max_length=TITLE_LIMIT)
    team = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, related_name="incidents"
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    category = models.ForeignKey(
        "complaints.Category",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    asset = models.CharField(max_length=16, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(
        max_length=16, choices=Outcome.choices, blank=True, default=""
    )
    finding = models.CharField(
        max_length=14, choices=Finding.choices, blank=True, default=""
    )
    rule = models.CharField(max_length=300, blank=True, default="")
    cause = models.CharField(max_length=24, blank=True, default="")
    nature = models.CharField(
        max_length=10, choices=CauseScope.choices, blank=True, default=""
    )
    exchange_share = models.PositiveSmallIntegerField(default=100)
    notice = models.SlugField(max_length=60, blank=True, default="")
    lesson = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = TeamScopedManager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(exchange_share__lte=100), name="incident_share_at_most_all"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="incident_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """The ledger stream in which its events stand."""
        return f"incident:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class IncidentFinding(models.Model):
    """What was found, in one language, as it goes into the decisions of members.

    ``{amount}`` and ``{reference}`` in ``summary`` are filled in for each.
    """

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, related_name="findings"
    )
    language = models.CharField(max_length=10)
    summary = models.TextField()
    reasons = models.TextField()
    what_changes = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["language"]
        verbose_name = _("shared finding")
        verbose_name_plural = _("shared findings")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "language"], name="incident_finding_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.incident_id} {self.language}"


class IncidentCase(models.Model):
    """That a case belongs to an incident, and what its customer gets.

    A case is in one incident at a time. ``why`` are codes of what led to it.
    ``drafted`` is the hash of the decision as the shared finding made it, so that one
    that somebody changed by hand can be told.
    """

    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, related_name="members"
    )
    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="incidents"
    )
    why = models.JSONField(default=list)
    amount = AmountField(max_digits=38, decimal_places=18, null=True, blank=True)
    asset = models.CharField(max_length=16, blank=True, default="")
    rate = AmountField(max_digits=38, decimal_places=18, null=True, blank=True)
    drafted = models.CharField(max_length=64, blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("member of an incident")
        verbose_name_plural = _("members of incidents")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"],
                condition=Q(removed_at__isnull=True),
                name="incident_case_once",
            ),
        ]
        indexes = [
            models.Index(fields=["incident", "complaint"], name="incident_cases"),
        ]

    def __str__(self) -> str:
        return f"#{self.incident_id} #{self.complaint_id}"


class AffectedAccount(models.Model):
    """An account that the exchange names as hit and whose owner did not complain.

    No address stands here: the exchange is asked for it when somebody is told.
    ``user`` is the account here, where its owner has one.
    """

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, related_name="affected"
    )
    account = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    record = models.CharField(max_length=64, blank=True, default="")
    amount = models.CharField(max_length=60, blank=True, default="")
    asset = models.CharField(max_length=16, blank=True, default="")
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("affected account")
        verbose_name_plural = _("affected accounts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "account"], name="affected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.incident_id} {self.pk}"
