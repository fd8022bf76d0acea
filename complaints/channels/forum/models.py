"""The board: categories, members by nickname, topics, posts, reports, private notes.

A member is known to others by a nickname alone. Who reads a row is asked from
``visible_to``, which every page, search and list goes through.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.channels.forum.sight import Reader
from complaints.letter_markup import Block, blocks_of
from teams.words import in_language

TITLE_LIMIT = 150
TEXT_LIMIT = 10_000
NICKNAME_LIMIT = 24
FIRST_POSTS = 2
"""So many posts of an account are looked at before they are shown."""

EDIT_WINDOW = timedelta(minutes=30)

NAMED_BOARD = "board:"
"""How a member's handle begins where it stands beside those of other platforms."""


class Standing(models.TextChoices):
    """Whether others read it."""

    PENDING = "pending", _("Waits for approval")
    SHOWN = "shown", _("Shown")
    HIDDEN = "hidden", _("Hidden")
    PRIVATE = "private", _("Moved to a private matter")


class Category(models.Model):
    """A part of the board. ``names`` and ``about`` map a language code to words."""

    code = models.SlugField(_("address"), max_length=40, unique=True)
    names = models.JSONField(_("names by language"), default=dict)
    about = models.JSONField(_("what belongs here"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("open for new topics"), default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("board category")
        verbose_name_plural = _("board categories")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.names) or self.code

    @property
    def words(self) -> str:
        return in_language(self.about)


class Member(models.Model):
    """A customer on the board. ``handle`` is what other parts know them by: it never
    changes and says nothing; ``nickname_key`` is the nickname as it is compared."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="board_member"
    )
    handle = models.CharField(max_length=32, unique=True)
    nickname = models.CharField(_("nickname"), max_length=NICKNAME_LIMIT)
    nickname_key = models.CharField(max_length=60, unique=True)
    approved = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField()
    blocked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("board member")
        verbose_name_plural = _("board members")

    if TYPE_CHECKING:
        user_id: int

    def __str__(self) -> str:
        return self.nickname

    @property
    def address(self) -> str:
        """Where private notes to this member go (``Outbox.recipient``)."""
        return f"{NAMED_BOARD}{self.handle}"

    @property
    def is_trusted(self) -> bool:
        return self.approved >= FIRST_POSTS


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, reader: Reader) -> Self:
        """Topics whose words ``reader`` may read."""
        if reader.moderates:
            return self
        mine = Q(author__user_id=reader.user_id) if reader.user_id else Q(pk__in=())
        return self.filter(Q(state=Standing.SHOWN) | mine)

    def listed(self) -> Self:
        """Those that lists name: shown, and not taken back by their author."""
        return self.filter(state=Standing.SHOWN).exclude(title="")


class Topic(models.Model):
    """What somebody asked. ``title`` is empty once its author took it back.

    ``state`` is that of its first post; ``last_at`` is when something was last shown
    in it, ``replies`` counts what is shown besides the first post.
    """

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="topics"
    )
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="topics")
    title = models.CharField(max_length=TITLE_LIMIT, blank=True)
    language = models.CharField(max_length=10, blank=True, default="")
    state = models.CharField(
        max_length=8, choices=Standing.choices, default=Standing.PENDING
    )
    locked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_at = models.DateTimeField()
    replies = models.PositiveIntegerField(default=0)
    official_at = models.DateTimeField(null=True, blank=True)
    accepted = models.ForeignKey(
        "Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        indexes = [
            models.Index(fields=["state", "-last_at", "-id"], name="topic_newest"),
            models.Index(
                fields=["category", "state", "-last_at", "-id"], name="topic_of_part"
            ),
        ]

    if TYPE_CHECKING:
        author_id: int
        accepted_id: int | None

    def __str__(self) -> str:
        return self.title or f"#{self.pk}"


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, reader: Reader) -> Self:
        """Posts whose words ``reader`` may read; a deleted one has none."""
        if reader.moderates:
            return self
        mine = Q(author__user_id=reader.user_id) if reader.user_id else Q(pk__in=())
        return self.filter(Q(state=Standing.SHOWN, topic__state=Standing.SHOWN) | mine)


class Post(models.Model):
    """One text in a topic; ``number`` 1 is the question itself.

    ``author`` is None where the desk itself answers. ``key`` makes a form that was
    sent twice one post. ``search`` holds the terms it is found by. ``raw`` is the
    snapshot with which it became a complaint.
    """

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="posts")
    author = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.PROTECT, related_name="posts"
    )
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True, default="")
    state = models.CharField(
        max_length=8, choices=Standing.choices, default=Standing.PENDING
    )
    key = models.CharField(max_length=64)
    search = models.TextField(blank=True, default="", editable=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    raw = models.OneToOneField(
        "complaints.RawMessage",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="board_post",
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "number"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="post_number"),
            models.UniqueConstraint(fields=["author", "key"], name="post_key_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(author=None), name="official_key_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                name="post_waiting",
                condition=Q(state=Standing.PENDING),
            ),
        ]

    if TYPE_CHECKING:
        author_id: int | None
        topic_id: int
        raw_id: int | None

    def __str__(self) -> str:
        return f"#{self.topic_id}.{self.number}"

    @property
    def mark(self) -> str:
        """Tells the words that somebody read from others put in their place."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:32]

    @property
    def is_official(self) -> bool:
        return self.author_id is None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


class ReportReason(models.TextChoices):
    SCAM = "scam", _("It looks like a scam")
    PRIVATE = "private", _("It shows somebody's private data")
    ABUSE = "abuse", _("It insults or threatens")
    SPAM = "spam", _("It is advertising")
    OTHER = "other", _("Something else")


class Report(models.Model):
    """One member's word that a post should be looked at; ``text`` is what it said
    then. Open until a moderator settles it."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="reports")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=8, choices=ReportReason.choices)
    words = models.CharField(max_length=500, blank=True, default="")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["post", "by"], name="report_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.post_id} {self.reason}"

    if TYPE_CHECKING:
        post_id: int


class Note(models.Model):
    """A letter or notice that reached a member's private notes, once a row of the
    outbox. Its words stay where they are: in the letter, or in that row."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="notes")
    outbox = models.OneToOneField(
        "complaints.Outbox", on_delete=models.CASCADE, related_name="board_note"
    )
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("private note")
        verbose_name_plural = _("private notes")

    def __str__(self) -> str:
        return f"#{self.member_id} {self.at:%Y-%m-%d %H:%M}"

    if TYPE_CHECKING:
        member_id: int

    @property
    def body(self) -> str:
        row = self.outbox
        return row.body or (row.letter.body if row.letter else "")

    @property
    def blocks(self) -> list[Block]:
        """The words as the parts of a letter, ready to be drawn."""
        return blocks_of(self.body)
