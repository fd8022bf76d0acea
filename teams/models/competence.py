"""What a handler was trained or certified for, and until when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Competence(models.Model):
    """A training or certificate of one person, valid through the day ``valid_until``.

    ``category`` is the code of the category it is for, those below it included; empty
    for all cases. Whoever renews it gets another row, so that the past stays readable.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="competences"
    )
    title = models.CharField(_("training or certificate"), max_length=120)
    category = models.CharField(
        _("category it is for"), max_length=48, blank=True, default=""
    )
    valid_until = models.DateField(_("valid until"))
    proof = models.CharField(
        _("number of the certificate"), max_length=120, blank=True, default=""
    )

    class Meta:
        ordering = ["user", "category", "-valid_until"]
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "category", "title", "valid_until"],
                name="competence_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.valid_until}"
