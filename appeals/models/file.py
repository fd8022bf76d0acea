"""The first-stage file as it was when the appeal was lodged."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.states import LetterKind

EVENT = "event"
"""The kind of a line that stands for one event of the ledger."""

WORDS = {
    "complaint": _("The complaint as it was filed"),
    "message_in": _("Message from the customer"),
    "message_out": _("Message to the customer"),
    "note": _("Internal note"),
}


def label_of(kind: str, title: str) -> str:
    """What a document of the file is, in the reader's language."""
    if kind == "letter" and title in LetterKind.values:
        words = LetterKind(title).label
        return gettext("Letter: %(kind)s") % {"kind": words}
    if kind == "decision":
        return gettext("Decision %(number)s") % {"number": title}
    if kind == EVENT:
        number, _space, what = title.partition(" ")
        said = gettext("Event %(number)s of the ledger (%(what)s)")
        return said % {"number": number, "what": what}
    return str(WORDS.get(kind, title))


class FiledItem(models.Model):
    """One numbered document or event of the frozen file, named by its hash.

    Written once: the database refuses another row after the lodging, and any change
    but emptying ``title``, which may be the name somebody gave a file.
    """

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
        return label_of(self.kind, self.title)
