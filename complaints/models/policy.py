"""Passages of the house's rules, ready to be put into the reasons of a decision."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PolicySnippet(models.Model):
    """One passage in one language: which rule in which version, and what it says.

    Without a category it is offered in every case; with one, in those of the category
    and of the topics below it. What was put into a decision is a copy.
    """

    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES
    )
    category = models.ForeignKey(
        "complaints.Category",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="policy_snippets",
        verbose_name=_("category"),
        help_text=_("Empty: every category."),
    )
    title = models.CharField(_("title"), max_length=80)
    rule = models.CharField(_("rule and version"), max_length=200)
    text = models.TextField(_("text"), max_length=5_000)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "title", "pk"]
        verbose_name = _("policy passage")
        verbose_name_plural = _("policy passages")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "title"], name="policy_snippet_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
