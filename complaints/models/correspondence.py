"""What was said: raw messages as they came, messages as read, letters as sent."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from complaints.models.barrier import EveryManager, OpenManager
from complaints.models.labels import Labelled
from complaints.states import Channel, Direction, Intake, LetterKind


class RawMessage(models.Model):
    """A provider's message, byte for byte, stored before anybody parses it.

    ``outcome`` is empty until it was decided; afterwards exactly one of
    ``Intake``, so that counts in always equal opened + appended + held + dropped.
    ``received_at`` may be the provider's own time; ``stored_at`` is when the bytes
    first came, by our clock, and is empty on what is older than the column.
    """

    provider = models.CharField(max_length=16)
    account = models.CharField(max_length=120)
    external_id = models.CharField(max_length=128)
    raw = models.BinaryField()
    raw_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=8, choices=Intake.choices, blank=True, default=""
    )
    reason = models.CharField(max_length=60, blank=True, default="")
    sender = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=255, blank=True, default="")
    verdicts = models.JSONField(default=dict, blank=True)
    complaint = models.ForeignKey(
        "complaints.Complaint",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="raw_messages",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("incoming message")
        verbose_name_plural = _("incoming messages")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "account", "external_id"], name="raw_message_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                name="raw_message_undecided",
                condition=models.Q(outcome__in=["", Intake.HELD]),
            ),
            models.Index(
                fields=["provider", "outcome", "-received_at", "-id"],
                name="raw_message_outcome",
            ),
            models.Index(Lower("sender"), "provider", name="raw_message_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id[:16]}"


class Message(Labelled, models.Model):
    """One thing said on a case. ``text`` is what is read, ``full_text`` everything.

    Internal notes are rows of the same table with their own direction, which no page
    of the customer reads. What stands ``behind`` a barrier is met through ``every``
    alone.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="messages"
    )
    direction = models.CharField(max_length=8, choices=Direction.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    author_role = models.CharField(max_length=12, blank=True, default="")
    text = models.TextField()
    full_text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    at = models.DateTimeField()
    raw = models.OneToOneField(
        RawMessage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="message",
    )
    sender_verified = models.BooleanField(default=True)
    is_question = models.BooleanField(default=False)
    behind = models.ForeignKey(
        "complaints.InformationBarrier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = OpenManager()
    every = EveryManager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["complaint", "at", "id"], name="message_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.at:%Y-%m-%d %H:%M}"


class Letter(Labelled, models.Model):
    """A document of a version and a language, written when its cause happened.

    ``facts`` are the values the words were made from. Neither changes afterwards.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="letters"
    )
    kind = models.CharField(max_length=16, choices=LetterKind.choices)
    version = models.CharField(max_length=16)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    facts = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [models.Index(fields=["-written_at"], name="letter_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.written_at:%Y-%m-%d}"


class OutboxStatus(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Could not be sent")
    WITHHELD = "withheld", _("Not sent: not theirs any more")


class Outbox(models.Model):
    """A notice that is due, written in the transaction of its cause.

    ``key`` is unique: the same cause can never announce itself twice. A relay
    claims rows by a lease, so a killed worker's row is sent by the next one. ``user``
    is whom of our own people it goes to: sent only while they work here and see the
    case, or with ``unseen_too`` though they do not see it.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16)
    complaint = models.ForeignKey(
        "complaints.Complaint",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outbox",
    )
    letter = models.ForeignKey(
        Letter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    conference = models.ForeignKey(
        "complaints.Conference",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    unseen_too = models.BooleanField(default=False, db_default=False)
    channel = models.CharField(max_length=10, default=Channel.EMAIL)
    recipient = models.CharField(max_length=254)
    recipient_name = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField(blank=True, default="")
    message_id = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(
        max_length=8, choices=OutboxStatus.choices, default=OutboxStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("outgoing notice")
        verbose_name_plural = _("outgoing notices")
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="outbox_due",
                condition=models.Q(status=OutboxStatus.PENDING),
            ),
            models.Index(fields=["message_id"], name="outbox_message_id"),
            models.Index(
                fields=["created_at"],
                name="outbox_alarms",
                condition=models.Q(kind="alarm"),
            ),
        ]

    def __str__(self) -> str:
        return self.key
