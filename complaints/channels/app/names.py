"""What may be told to the app. The names are part of the contract and never change."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventType(TextChoices):
    FILED = "complaint.filed", _("A complaint was filed")
    STATE_CHANGED = "complaint.state_changed", _("Its public status changed")
    MESSAGE = "message.created", _("Something was written, by either side")
    LETTER = "letter.created", _("A letter was written")
    DECISION = "decision.issued", _("A decision was sent")
    REMEDY = "remedy.completed", _("A remedy was carried out")
    APPEAL = "appeal.lodged", _("An appeal was lodged")
    RULING = "appeal.ruled", _("An appeal was ruled on")
    TEST = "webhook.test", _("Somebody tried the webhook out")
