"""Root causes: a list that can be counted, kept by the house."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.states import CauseScope
from teams.words import in_language


class RootCause(models.Model):
    """Why complaints come about. Cases, decisions and events name it by ``code``.

    ``names`` maps a language code to the label. ``nature`` is what such a cause usually
    is; empty, whoever closes a case has to say. From ``alarm_from`` closings within
    ``alarm_days`` on the desk is told that it recurs; empty: never.
    """

    code = models.SlugField(_("code"), max_length=24, unique=True)
    names = models.JSONField(_("names"), default=dict)
    nature = models.CharField(
        _("usual nature"),
        max_length=10,
        choices=CauseScope.choices,
        blank=True,
        default="",
    )
    alarm_from = models.PositiveSmallIntegerField(
        _("alarm from so many"), null=True, blank=True
    )
    alarm_days = models.PositiveSmallIntegerField(_("within days"), default=30)
    position = models.PositiveIntegerField(_("position"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("root cause")
        verbose_name_plural = _("root causes")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language, else in English."""
        return in_language(self.names) or self.code


def cause_labels() -> dict[str, str]:
    """Code -> label in the reader's language, of all there are; one query."""
    return {row.code: row.label for row in RootCause.objects.all()}
