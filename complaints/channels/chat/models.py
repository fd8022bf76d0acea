"""Conversations, what is said in them, and who is there to answer."""

import secrets
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.permissions import NOBODY, Viewer
from teams.roles import Perm

NAME_LIMIT = 80
TEXT_LIMIT = 4_000
TITLE_LIMIT = 80


def new_key() -> str:
    """132 bits of chance: the account of a chat guest, as a platform would name it."""
    return secrets.token_urlsafe(16)


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ACTIVE = "active", _("In conversation")
    CLOSED = "closed", _("Over")


class Author(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    SYSTEM = "system", _("System")


class Code(models.TextChoices):
    """What a line of the system says; its words are made for whoever reads it."""

    JOINED = "joined", _("An agent joined")
    HANDED_OVER = "handed_over", _("Handed over to another agent")
    PUT_BACK = "put_back", _("Put back into the queue")
    ENDED = "ended", _("The conversation ended")
    LEFT = "left", _("A message was left")
    TAKEN_IN = "taken_in", _("Kept as a complaint")
    LETTER = "letter", _("A letter was announced")


def answers_chats(viewer: Viewer) -> bool:
    """Who answers chats: those who triage, that is the support team."""
    return viewer.holds(Perm.TRIAGE)


def leads_chats(viewer: Viewer) -> bool:
    """Who sees all of them and may take one from an agent: the lead of that team."""
    leading = viewer.grants.get(Perm.LEAD, frozenset())
    return bool(leading & viewer.grants.get(Perm.TRIAGE, frozenset()))


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """For staff: those that wait, their own, and all for a lead.

        Nobody meets a conversation of their own at the desk.
        """
        if viewer.is_system:
            return self
        if not answers_chats(viewer):
            return self.filter(NOBODY)
        rows = self.exclude(user_id=viewer.user.pk)
        if leads_chats(viewer):
            return rows
        return rows.filter(Q(status=Status.WAITING) | Q(agent_id=viewer.user.pk))

    def alive(self) -> Self:
        return self.exclude(status=Status.CLOSED)


ConversationManager = models.Manager.from_queryset(ConversationQuerySet)


class Conversation(models.Model):
    """One customer's talk with the desk.

    ``key`` is their account here, as a platform would name it; it opens nothing by
    itself. ``taken_upto`` is the last message that stands in a complaint already.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="chats",
    )
    name = models.CharField(_("name"), max_length=NAME_LIMIT, blank=True, default="")
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    embedded = models.BooleanField(default=False)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.WAITING
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="chats_answered",
        verbose_name=_("agent"),
    )
    started_at = models.DateTimeField(_("started"))
    waiting_since = models.DateTimeField(_("waiting since"))
    last_at = models.DateTimeField(_("last message"))
    ended_at = models.DateTimeField(null=True, blank=True)
    complaint = models.ForeignKey(
        "complaints.Complaint",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="chats",
    )
    taken_upto = models.PositiveBigIntegerField(default=0)

    objects = ConversationManager()

    class Meta:
        ordering = ["waiting_since", "pk"]
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.CheckConstraint(
                name="chat_active_has_agent",
                condition=~Q(status="active") | Q(agent__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "waiting_since"], name="chat_queue"),
            models.Index(fields=["agent", "status"], name="chat_of_agent"),
            models.Index(fields=["user", "status"], name="chat_of_user"),
        ]

    if TYPE_CHECKING:
        user_id: int | None
        agent_id: int | None
        complaint_id: int | None

    def __str__(self) -> str:
        return self.who

    @property
    def who(self) -> str:
        """The customer as the desk names them: a claim, unless they are signed in."""
        return self.given_name or f"#{self.pk}"

    @property
    def given_name(self) -> str:
        """How they are addressed; empty for somebody who gave no name."""
        return (self.user.get_full_name() if self.user else "") or self.name

    @property
    def is_over(self) -> bool:
        return self.status == Status.CLOSED


class Line(models.Model):
    """One thing said, never changed. ``id`` is the cursor that every reader keeps.

    ``key`` is the sender's own name for it, so that sending twice says it once.
    ``private`` lines are for the customer alone: letters about their case.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="lines"
    )
    author = models.CharField(max_length=8, choices=Author.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField(blank=True, default="")
    code = models.CharField(max_length=12, choices=Code.choices, blank=True, default="")
    facts = models.JSONField(default=dict, blank=True)
    private = models.BooleanField(default=False)
    key = models.CharField(max_length=64, default=new_key)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "key"], name="chat_line_once"
            ),
        ]

    if TYPE_CHECKING:
        conversation_id: int

    def __str__(self) -> str:
        return f"{self.author} {self.at:%Y-%m-%d %H:%M}"


class ChatFile(models.Model):
    """A file of a message. Its bytes stand in the row: written with it or not at all.

    ``preview`` is a picture that we drew anew from it; the file itself is only ever
    handed out as a file.
    """

    line = models.OneToOneField(Line, on_delete=models.CASCADE, related_name="file")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    preview = models.BinaryField(null=True, blank=True)
    has_preview = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name

    @property
    def is_sound(self) -> bool:
        return self.content_type.startswith("audio/")


class Duty(models.Model):
    """Whether somebody of the desk takes chats, and how many at a time."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_duty"
    )
    on = models.BooleanField(_("takes chats"), default=False)
    capacity = models.PositiveSmallIntegerField(_("chats at a time"), default=3)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return str(self.user)


class CannedReply(models.Model):
    """Words that agents need often. ``{name}``, ``{agent}`` and ``{reference}`` are
    filled in; anything else stays as it stands."""

    code = models.SlugField(_("code"), max_length=40)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES
    )
    title = models.CharField(_("title"), max_length=TITLE_LIMIT)
    text = models.TextField(_("text"), max_length=TEXT_LIMIT)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["code", "language"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "language"], name="chat_canned_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
