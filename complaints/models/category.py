"""The tree of topics: two levels, one main category a complaint."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.states import Severity
from teams.words import in_language


class Category(models.Model):
    """A topic, the team that knows it, and what it means to the regulators.

    ``code`` is dotted below its parent ("withdrawals.delayed"). ``names`` maps a
    language code to the label. ``sign_offs`` lists the capacities that must sign
    besides those of the amount band. ``mappings`` maps a list ("fca_cause",
    "cfpb_issue", …) to its value there.
    """

    code = models.CharField(max_length=48, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    names = models.JSONField(default=dict)
    team = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, related_name="categories"
    )
    default_severity = models.CharField(
        max_length=8, choices=Severity.choices, default=Severity.NORMAL
    )
    sign_offs = models.JSONField(default=list, blank=True)
    mappings = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=100)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.label

    def mapped(self, to: str, default: str) -> str:
        """Its value on a regulator's list, else that of the topic above it."""
        above = self.parent.mappings if self.parent else {}
        return str({**above, **self.mappings}.get(to, default))

    @property
    def label(self) -> str:
        """The name in the reader's language, else in English."""
        return in_language(self.names) or self.code
