"""What is learned: alarms that something grows, and actions that are to end it."""

from django.conf import settings
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.models.incident import TITLE_LIMIT, Incident, TeamScopedManager


class AlarmKind(TextChoices):
    RECURRENCE = "recurrence", _("The same cause again and again")
    RISE = "rise", _("A sudden rise")


class Alarm(models.Model):
    """That a cause recurs or a cell of topic, asset and channel rises.

    ``cell`` names what it is about; at most one alarm of a cell is open. ``figures``
    hold what it rests on: count, weeks, expected, chance; no personal data. Answered
    with an incident or with a reason.
    """

    kind = models.CharField(max_length=10, choices=AlarmKind.choices)
    cell = models.CharField(max_length=120)
    team = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, related_name="alarms"
    )
    category = models.ForeignKey(
        "complaints.Category",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    asset = models.CharField(max_length=16, blank=True, default="")
    channel = models.CharField(max_length=10, blank=True, default="")
    cause = models.CharField(max_length=24, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField()
    count = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    incident = models.ForeignKey(
        Incident,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="alarms",
    )
    reason = models.CharField(max_length=300, blank=True, default="")

    objects = TeamScopedManager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["cell"],
                condition=Q(answered_at__isnull=True),
                name="alarm_open_once",
            ),
        ]
        indexes = [models.Index(fields=["cell", "raised_at"], name="alarm_cell")]

    def __str__(self) -> str:
        return self.cell


class Progress(TextChoices):
    """Where an improvement action stands."""

    OPEN = "open", _("To be done")
    DONE = "done", _("Done, effect not shown yet")
    VERIFIED = "verified", _("Effect looked at")
    DROPPED = "dropped", _("Given up")


class Verdict(TextChoices):
    """What before and after say."""

    FELL = "fell", _("It fell")
    ROSE = "rose", _("It rose")
    UNCLEAR = "unclear", _("Cannot be told from so few")


class ImprovementAction(models.Model):
    """Something that is done so that a cause does not bring complaints again.

    ``before`` and ``after`` count complaints received within ``weeks`` before and after
    it was done, and closed under the cause in time; ``ratio`` has 95 % bounds.
    """

    title = models.CharField(_("title"), max_length=TITLE_LIMIT)
    text = models.TextField(_("what is done"))
    cause = models.CharField(max_length=24)
    category = models.ForeignKey(
        "complaints.Category",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    incident = models.ForeignKey(
        Incident,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="actions",
    )
    team = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, related_name="improvements"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="improvements"
    )
    due_on = models.DateField(_("due"))
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=Progress.choices, default=Progress.OPEN
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_words = models.TextField(blank=True, default="")
    verified_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(
        max_length=8, choices=Verdict.choices, blank=True, default=""
    )
    weeks = models.PositiveSmallIntegerField(default=0)
    before = models.PositiveIntegerField(default=0)
    after = models.PositiveIntegerField(default=0)
    ratio_low = models.FloatField(null=True, blank=True)
    ratio_high = models.FloatField(null=True, blank=True)

    objects = TeamScopedManager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("improvement action")
        verbose_name_plural = _("improvement actions")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["state", "due_on"], name="improvement_due"),
            models.Index(fields=["cause"], name="improvement_cause"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return f"improvement:{self.pk}"
