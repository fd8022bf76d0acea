"""What members do on the board, and what the desk answers there.

Nobody writes under their own name: a member is a nickname, the desk is the desk. What
an account writes first is looked at before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.channels.forum.models import (
    EDIT_WINDOW,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Category,
    Member,
    Post,
    Report,
    ReportReason,
    Standing,
    Topic,
)
from complaints.channels.forum.privacy import public_words
from complaints.channels.forum.search import indexed
from complaints.channels.forum.sight import may_moderate
from complaints.channels.language import language_of
from complaints.channels.safetext import one_line, storable
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.permissions import Viewer, as_viewer
from complaints.reference_number import normalise

if TYPE_CHECKING:
    from teams.models import User

_REFERENCE = re.compile(r"\bRC-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.I)


# Writing ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A post as it was kept; ``masked`` where something private was taken out."""

    post: Post
    masked: bool = False


def begin_topic(
    *,
    member: Member,
    category: Category,
    title: str,
    text: str,
    key: str,
    now: datetime | None = None,
) -> Written:
    """Ask something. The same ``key`` of the same member gives the same topic.

    Raises ``InvalidInput`` or ``NotPermitted``.
    """
    _may_write(member)
    moment, words = now or timezone.now(), _text(text, member)
    said = one_line(title, TITLE_LIMIT)
    heading = public_words(said, member.user)
    if not heading:
        raise InvalidInput(_("Give it a title."), field="title")
    if not category.active:
        raise InvalidInput(_("Nothing new is taken in this part."), field="category")
    topic = Topic(
        category=category,
        author=member,
        title=heading,
        language=language_of(f"{heading}\n{words}"),
        state=Standing.SHOWN if member.is_trusted else Standing.PENDING,
        created_at=moment,
        last_at=moment,
    )

    def write() -> Post:
        topic.save(force_insert=True)
        return _post(topic, member, 1, words, key, moment)

    post = _once(member, key, write)
    return Written(post, masked=(heading, words) != (said, _plain(text)))


def reply(
    *, member: Member, topic: Topic, text: str, key: str, now: datetime | None = None
) -> Written:
    """Answer in a topic that the member sees. Raises as ``begin_topic``."""
    _may_write(member)
    moment, words = now or timezone.now(), _text(text, member)

    def write() -> Post:
        post = _post(_open(topic), member, _next(topic), words, key, moment)
        recount(topic)
        return post

    post = _once(member, key, write)
    return Written(post, masked=words != _plain(text))


def answer_officially(
    *, topic: Topic, text: str, actor: User | Viewer, key: str, now: Any = None
) -> Post:
    """The desk's own answer, which names nobody and no case; on the ledger.

    Raises ``NotPermitted`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_moderate(viewer):
        raise NotPermitted
    words = _official_text(text)

    def write() -> Post:
        held = _open(topic, desk=True)
        post = _post(held, None, _next(topic), words, key, moment)
        recount(topic)
        Topic.objects.filter(pk=topic.pk).update(official_at=moment)
        payload = {"topic": topic.pk, "post": post.pk}
        texts = {"text": words}
        entry = ledger.Entry("board_answered", viewer, moment, payload, texts)
        ledger.append_of_day(entry)
        return post

    return _once(None, key, write)


def _official_text(text: str) -> str:
    """A public answer carries no account data: it is refused, not masked."""
    words = _plain(text)
    if not words:
        raise InvalidInput(_("Write an answer."), field="text")
    numbers = [normalise(hit) for hit in _REFERENCE.findall(words)]
    if any(numbers) or public_words(words) != words:
        refusal = _("A public answer names no case, address, number or account.")
        raise InvalidInput(refusal, field="text")
    return words


def _may_write(member: Member) -> None:
    if member.blocked_at is not None or not member.user.is_active:
        raise NotPermitted(_("You can read here, but no longer write."))
    if member.user.is_staff:
        raise NotPermitted(_("Staff answer on the board from the desk."))


def _text(text: str, member: Member) -> str:
    words = _plain(text)
    if not words:
        raise InvalidInput(_("Write something."), field="text")
    if len(words) > TEXT_LIMIT:
        words_ = _("This is longer than a post can be (10,000 characters).")
        raise InvalidInput(words_, field="text")
    return public_words(words, member.user)


def _plain(text: str) -> str:
    return storable(text).strip()


def _once(member: Member | None, key: str, write: Callable[[], Post]) -> Post:
    """What ``write`` makes in one transaction, or what the same key made before."""
    rows = Post.objects.filter(author=member, key=key[:64]).select_related("topic")
    if known := rows.first():
        return known
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        known = rows.first()
        if known is None:
            raise
        return known


def _open(topic: Topic, *, desk: bool = False) -> Topic:
    """The topic held until the transaction ends; its posts get their numbers in turn.

    Raises ``IllegalMove`` where nobody answers any more.
    """
    held = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    shut = held.locked_at is not None or held.state != Standing.SHOWN
    if shut and not desk:
        raise IllegalMove(_("Nobody can answer here any more."))
    return held


def _next(topic: Topic) -> int:
    last = Post.objects.filter(topic=topic).order_by("-number").first()
    return (last.number if last else 0) + 1


def _post(
    topic: Topic, member: Member | None, number: int, text: str, key: str, now: datetime
) -> Post:
    trusted = member is None or member.is_trusted
    return Post.objects.create(
        topic=topic,
        author=member,
        number=number,
        text=text,
        language=language_of(text),
        state=Standing.SHOWN if trusted else Standing.PENDING,
        key=key[:64],
        search=_terms(topic, number, text),
        created_at=now,
    )


def _terms(topic: Topic, number: int, text: str) -> str:
    return indexed(topic.title, text) if number == 1 else indexed(text)


def recount(topic: Topic) -> None:
    """Bring ``replies`` and ``last_at`` up to what is shown; in a transaction.

    The topic is held before they are counted: of two who hide a post at once the
    second has to see what the first did.
    """
    Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    shown = Post.objects.filter(topic=topic, state=Standing.SHOWN, deleted_at=None)
    last = shown.order_by("-created_at").first()
    replies = shown.filter(number__gt=1).count()
    changes: dict[str, Any] = {"replies": replies}
    if last is not None:
        changes["last_at"] = last.created_at
    Topic.objects.filter(pk=topic.pk).update(**changes)


# Changing one's own words -------------------------------------------------------------


def may_edit(post: Post, member: Member | None, now: datetime) -> bool:
    """Its author, for half an hour, while nothing was decided about it."""
    return (
        member is not None
        and post.author_id == member.pk
        and member.blocked_at is None
        and not post.is_deleted
        and post.raw_id is None
        and post.state in (Standing.PENDING, Standing.SHOWN)
        and post.topic.locked_at is None
        and now <= post.created_at + EDIT_WINDOW
    )


def edit(
    *, post: Post, text: str, member: Member, now: datetime | None = None
) -> Written:
    """Put other words in its place; those of a new account are looked at again."""
    moment = now or timezone.now()
    if not may_edit(post, member, moment):
        raise IllegalMove(_("This can no longer be changed."))
    words = _text(text, member)
    changes = {
        "text": words,
        "language": language_of(words),
        "search": _terms(post.topic, post.number, words),
        "edited_at": moment,
    }
    with transaction.atomic():
        _change(post, **changes)
        if not member.is_trusted and post.state == Standing.SHOWN:
            stand(post, Standing.PENDING)
    return Written(post, masked=words != _plain(text))


@transaction.atomic
def delete(*, post: Post, member: Member, now: datetime | None = None) -> None:
    """Take one's words back; that something stood there stays visible."""
    if post.author_id != member.pk or post.raw_id is not None:
        raise IllegalMove(_("This can no longer be changed."))
    _change(post, text="", search="", deleted_at=now or timezone.now())
    if post.number == 1:
        Topic.objects.filter(pk=post.topic_id).update(title="")
    Topic.objects.filter(pk=post.topic_id, accepted=post).update(accepted=None)
    recount(post.topic)


def _change(post: Post, **columns: Any) -> None:
    """Only while it stands as it was read, and nobody took it meanwhile."""
    rows = Post.objects.filter(pk=post.pk, state=post.state, deleted_at=None, raw=None)
    if not rows.update(**columns):
        raise IllegalMove(_("This can no longer be changed."))
    post.refresh_from_db()


def stand(post: Post, state: str) -> None:
    """Let the post, and with a first one its topic, stand so; in a transaction."""
    Post.objects.filter(pk=post.pk).update(state=state)
    post.state = state
    if post.number == 1:
        Topic.objects.filter(pk=post.topic_id).update(state=state)
        post.topic.state = state
    recount(post.topic)


# Saying something about others' words -------------------------------------------------


def report(
    *, post: Post, member: Member, reason: str, words: str, now: datetime | None = None
) -> Report:
    """Ask the desk to look at a post; once a member and post."""
    if reason not in ReportReason.values:
        raise InvalidInput(_("Choose a reason."), field="reason")
    if post.author_id == member.pk or post.is_deleted:
        raise IllegalMove(_("There is nothing to report here."))
    found, _made = Report.objects.get_or_create(
        post=post,
        by=member,
        defaults={
            "reason": reason,
            "words": one_line(words, 500),
            "text": post.text,
            "at": now or timezone.now(),
        },
    )
    return found


def accept(*, post: Post, member: Member) -> None:
    """Mark the answer that helped; said of the same one again, take it back."""
    topic = post.topic
    if topic.author_id != member.pk or post.number == 1 or post.is_deleted:
        raise IllegalMove(_("Only whoever asked says which answer helped."))
    chosen = None if topic.accepted_id == post.pk else post
    Topic.objects.filter(pk=topic.pk, author=member).update(accepted=chosen)


def note_approved(post: Post) -> None:
    Member.objects.filter(pk=post.author_id or 0).update(approved=F("approved") + 1)
