"""What somebody asks about their own data (GDPR Art 15 to 21), with its one month."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WORDS_LIMIT = 5_000


class RequestKind(TextChoices):
    ACCESS = "access", _("A copy of the data (Art 15)")
    CORRECTION = "correction", _("Correction (Art 16)")
    ERASURE = "erasure", _("Erasure (Art 17)")
    RESTRICTION = "restriction", _("Restriction (Art 18)")
    PORTABILITY = "portability", _("Data to take elsewhere (Art 20)")
    OBJECTION = "objection", _("Objection (Art 21)")


class RequestAnswer(TextChoices):
    DONE = "done", _("Done as asked")
    IN_PART = "in_part", _("Done in part, with reasons")
    REFUSED = "refused", _("Refused, with reasons")
    NOT_THEM = "not_them", _("Not proven to be them")


class PersonRequest(models.Model):
    """One request. ``due_on`` is a month after ``received_on``, or the day it was
    extended to, at most two months later (Art 12(3)); its words go three years after
    the answer."""

    kind = models.CharField(_("what is asked"), max_length=12, choices=RequestKind)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    note = models.TextField(_("what they wrote"), blank=True, default="")
    received_on = models.DateField(_("received"))
    due_on = models.DateField(_("due"))
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_why = models.TextField(blank=True, default="")
    answer = models.CharField(max_length=10, choices=RequestAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("request of a person")
        verbose_name_plural = _("requests of persons")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None, answered_by=None)
                | (
                    ~models.Q(answer="")
                    & models.Q(answered_at__isnull=False, answered_by__isnull=False)
                ),
                name="person_request_answered_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="person_request_open",
                condition=models.Q(answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def is_late(self, today: date) -> bool:
        return self.answered_at is None and self.due_on < today
