"""Where the bot is in its talk with an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """What the bot asked last, and so what the next words answer."""

    NOTHING = "", _("Nothing")
    RISK = "risk", _("Is money or access at risk?")
    DANGER = "danger", _("What is happening?")
    CATEGORY = "category", _("What is it about?")
    WORDS = "words", _("What happened?")
    CODE = "code", _("The code that links")
    CASE = "case", _("Which complaint is it for?")


class Conversation(models.Model):
    """One row an account; ``account`` is Telegram's own number of the person.

    ``category`` is the code chosen so far. ``waiting`` lists the raw messages that
    were said before the bot knew where they belong; each of them is held.
    ``case`` is the complaint that words and pictures are added to.
    """

    account = models.CharField(max_length=32, unique=True)
    language = models.CharField(max_length=10, default="en")
    step = models.CharField(
        max_length=8, choices=Step.choices, blank=True, default=Step.NOTHING
    )
    category = models.CharField(max_length=48, blank=True, default="")
    waiting = models.JSONField(default=list, blank=True)
    case = models.ForeignKey(
        "complaints.Complaint",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")

    def __str__(self) -> str:
        return self.account

    def forget(self) -> None:
        """Begin anew; language and complaint stay."""
        self.step, self.category, self.waiting = Step.NOTHING, "", []
