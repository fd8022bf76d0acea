"""The first-stage file as it was when the appeal was lodged."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.states import LetterKind

WORDS = {
    "complaint": _("The complaint as it was filed"),
    "message_in": _("Message from the customer"),
    "message_out": _("Message to the customer"),
    "note": _("Internal note"),
}


class FiledItem(models.Model):
    """One numbered document of the frozen file, named by its hash."""

    appeal = models.ForeignKey(
        "appeals.Appeal", on_delete=models.PROTECT, related_name="file"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    object_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    dated = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("document of the file")
        verbose_name_plural = _("documents of the file")
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "number"], name="filed_item_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.label}"

    @property
    def label(self) -> str:
        """What the document is, in the reader's language."""
        if self.kind == "letter" and self.title in LetterKind.values:
            words = LetterKind(self.title).label
            return gettext("Letter: %(kind)s") % {"kind": words}
        if self.kind == "decision":
            return gettext("Decision %(number)s") % {"number": self.title}
        return str(WORDS.get(self.kind, self.title))
