"""Reading the board: lists of topics, one topic with its posts, what a search finds.

Every row comes from ``visible_to``; of a post that the reader may not read, that it is
there is all that is said. The number of queries is the same for one row and for many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from complaints.channels.forum.markup import html_of
from complaints.channels.forum.models import Category, Member, Post, Standing, Topic
from complaints.channels.forum.search import condition
from complaints.channels.forum.sight import Reader

PAGE = 20
POSTS_A_PAGE = 30
EXCERPT = 180
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """A page of topics; ``older`` is where the next one begins, or empty."""

    topics: list[Topic]
    older: str


def topics(
    reader: Reader, *, category: Category | None = None, before: str = ""
) -> Page:
    """Topics that lists name, the one with the newest words first. Two queries."""
    rows = Topic.objects.visible_to(reader).listed()
    if category is not None:
        rows = rows.filter(category=category)
    if (cursor := _read_cursor(before)) is not None:
        at, pk = cursor
        rows = rows.filter(Q(last_at__lt=at) | Q(last_at=at, pk__lt=pk))
    rows = rows.select_related("category", "author").order_by("-last_at", "-pk")
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    return Page(found[:PAGE], _cursor(found[PAGE - 1]) if more else "")


def waiting_of(member: Member | None) -> list[Topic]:
    """The member's own topics that others do not see yet."""
    if member is None:
        return []
    rows = Topic.objects.filter(author=member, state=Standing.PENDING)
    return list(rows.select_related("category").order_by("-pk")[:PAGE])


def _cursor(topic: Topic) -> str:
    return f"{(topic.last_at - EPOCH) // timedelta(microseconds=1)}-{topic.pk}"


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    """None for what is no cursor of ours: then the list begins where it begins."""
    at, _dash, pk = text.partition("-")
    if not (at.isascii() and at.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if len(at) > 17 or len(pk) > 18:
        return None
    return EPOCH + timedelta(microseconds=int(at)), int(pk)


# Search -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    post: Post
    excerpt: str

    @property
    def url(self) -> str:
        return address_of(self.post)


@dataclass(frozen=True)
class Hits:
    found: list[Hit]
    older: str


def search(reader: Reader, question: str, *, before: str = "") -> Hits:
    """Posts that hold every word of ``question``, the newest first. One query."""
    asked = condition(question)
    if asked is None:
        return Hits([], "")
    rows = Post.objects.visible_to(reader).filter(asked, deleted_at=None)
    rows = rows.filter(state=Standing.SHOWN, topic__state=Standing.SHOWN)
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    rows = rows.select_related("topic__category", "author").order_by("-pk")
    found = list(rows[: PAGE + 1])
    older = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Hits([Hit(post, _excerpt(post.text)) for post in found[:PAGE]], older)


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT else f"{flat[:EXCERPT].rstrip()} …"


# One topic ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A post as this reader meets it. ``html`` is empty where ``gone`` says why:
    deleted, hidden, private, or pending."""

    post: Post
    html: SafeString
    gone: str
    mine: bool
    accepted: bool


@dataclass(frozen=True)
class Thread:
    topic: Topic
    lines: list[Line]
    older: int
    newer: int
    """Numbers after which the pages before and after this one begin; -1: none."""


def find(reader: Reader, pk: int) -> Topic | None:
    rows = Topic.objects.visible_to(reader).filter(pk=pk)
    return rows.select_related("category", "author__user").first()


def is_private(pk: int) -> bool:
    """Whether a neutral line stands at this address, for those who may not read it."""
    return Topic.objects.filter(pk=pk, state=Standing.PRIVATE).exists()


def thread(reader: Reader, topic: Topic, *, after: int = 0) -> Thread:
    """One page of a topic. Two queries."""
    readable = Post.objects.visible_to(reader).values("pk")
    rows = Post.objects.filter(topic=topic, number__gt=after)
    rows = rows.filter(Q(pk__in=readable) | ~Q(state=Standing.PENDING))
    rows = rows.select_related("author__user", "raw__complaint").order_by("number")
    found = list(rows[: POSTS_A_PAGE + 1])
    allowed = set(readable.filter(pk__in=[post.pk for post in found]).values_list("pk"))
    lines = [
        _line(reader, topic, post, (post.pk,) in allowed)
        for post in found[:POSTS_A_PAGE]
    ]
    newer = found[POSTS_A_PAGE - 1].number if len(found) > POSTS_A_PAGE else -1
    older = max(0, after - POSTS_A_PAGE) if after else -1
    return Thread(topic, lines, older, newer)


def _line(reader: Reader, topic: Topic, post: Post, readable: bool) -> Line:
    post.topic = topic
    mine = post.author is not None and post.author.user_id == reader.user_id
    gone = "deleted" if post.is_deleted else ""
    if not readable:
        gone = gone or str(post.state)
    html = SafeString() if gone else html_of(post.text)
    return Line(post, html, gone, mine, topic.accepted_id == post.pk)


def post_of(reader: Reader, pk: int) -> Post | None:
    """A post whose words this reader may read."""
    rows = Post.objects.visible_to(reader).filter(pk=pk)
    found = rows.select_related("topic__category", "author__user", "raw__complaint")
    return found.first()


def address_of(post: Post) -> str:
    """The path to a post, on the page of its topic that holds it."""
    url = reverse("forum:topic", kwargs={"topic": post.topic_id})
    after = (post.number - 1) // POSTS_A_PAGE * POSTS_A_PAGE
    return f"{url}{f'?after={after}' if after else ''}#post-{post.number}"
