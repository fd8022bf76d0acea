"""What staff keep beside a case: tasks, unsent texts, words for replies, care."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints import reply_variables
from complaints.states import CareKind, Direction, TaskOrigin

STAFF_DRAFT_LIVES = timedelta(days=30)
TASK_LIMIT = 500


class TaskManager(models.Manager["Task"]):
    """Without those that a note made which stands behind a barrier by now."""

    def get_queryset(self) -> models.QuerySet["Task"]:
        return super().get_queryset().filter(message__behind__isnull=True)


class Task(models.Model):
    """Something that somebody is to do on one case.

    ``assignee`` empty means the leads of the team that has the case. A task that a
    message made has no text of its own: ``message`` is what it is about.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="tasks"
    )
    origin = models.CharField(max_length=8, choices=TaskOrigin.choices)
    text = models.CharField(max_length=TASK_LIMIT, blank=True, default="")
    message = models.ForeignKey(
        "complaints.Message",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    due_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TaskManager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"],
                condition=models.Q(origin=TaskOrigin.MESSAGE, done_at__isnull=True),
                name="task_of_message_once",
            ),
            models.UniqueConstraint(
                fields=["message", "assignee"],
                condition=models.Q(origin=TaskOrigin.MENTION),
                name="task_of_mention_once",
            ),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_on", "id"],
                name="task_open",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class HandOver(models.Model):
    """What the next to have a case is to know, until one of them says they read it.

    Its words are those of ``event``, which gave the case to ``team`` or ``user``.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="hand_overs"
    )
    event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("hand-over note")
        verbose_name_plural = _("hand-over notes")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read_at__isnull=True, read_by__isnull=True)
                | models.Q(read_at__isnull=False, read_by__isnull=False),
                name="hand_over_read_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.complaint_id}"


class StaffDraft(models.Model):
    """A reply or a note that somebody has begun and not sent: theirs alone to see.

    Gone when it is sent, emptied by its writer, or not touched for 30 days.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.CASCADE, related_name="staff_drafts"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Direction.choices)
    text = models.TextField()
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("unsent text")
        verbose_name_plural = _("unsent texts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "user", "kind"], name="staff_draft_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.complaint_id}"


class ReplyTemplate(models.Model):
    """Words that replies need often, of one team (or all of them) in one language.

    ``text`` holds variables such as ``{reference}``; ``reply_variables`` has the list.
    """

    team = models.ForeignKey(
        "teams.Team",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="reply_templates",
        verbose_name=_("team"),
        help_text=_("Empty: every team."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES
    )
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=10_000)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "title", "pk"]
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "language", "title"], name="reply_template_once"
            ),
            models.UniqueConstraint(
                fields=["language", "title"],
                condition=models.Q(team__isnull=True),
                name="reply_template_of_all_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Raises ``ValidationError`` where the text holds a variable nobody knows."""
        wrong = reply_variables.unknown(self.text)
        if wrong:
            words = _("Nobody knows these variables: %(names)s.")
            raise ValidationError({"text": words % {"names": ", ".join(wrong)}})


class CareMarker(models.Model):
    """That a customer needs particular care, and why: seen by few, read on record.

    What is said here stands in no event. The row goes when the marker is lifted or
    its person is erased; the ledger keeps that there was one.
    """

    party = models.ForeignKey(
        "complaints.Party", on_delete=models.CASCADE, related_name="care_markers"
    )
    kind = models.CharField(max_length=12, choices=CareKind.choices)
    note = models.TextField(blank=True, default="")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at", "-pk"]
        verbose_name = _("care marker")
        verbose_name_plural = _("care markers")
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.party_id}"
