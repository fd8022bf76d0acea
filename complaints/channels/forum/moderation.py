"""What those do who look after the board; each step on the ledger, with its reason.

The author is told in their private notes what became of a post, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from complaints import ledger, outbox
from complaints.channels.forum import services
from complaints.channels.forum.models import Member, Post, Report, Standing, Topic
from complaints.channels.forum.sight import may_moderate
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Event, Outbox
from complaints.permissions import Viewer, as_viewer
from complaints.states import Channel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from teams.models import User

NOTICE = "board"
"""``Outbox.kind`` of what the board itself tells a member."""

REASON_LIMIT = 500


@dataclass(frozen=True)
class Act:
    """A step of a moderator: from which standings to which, and what is said of it.

    ``told`` is what the author reads; empty where they are not told.
    """

    label: StrOrPromise
    sources: frozenset[str]
    target: str
    needs_reason: bool
    told: str = ""


_ANY = frozenset(Standing.values)

ACTS: Final[Mapping[str, Act]] = {
    "approve": Act(
        _("Approve"),
        frozenset({Standing.PENDING}),
        Standing.SHOWN,
        needs_reason=False,
        told=gettext_noop("Your post is on the board now."),
    ),
    "hide": Act(
        _("Hide"),
        frozenset({Standing.PENDING, Standing.SHOWN}),
        Standing.HIDDEN,
        needs_reason=True,
        told=gettext_noop("Your post is not shown on the board."),
    ),
    "private": Act(
        _("Move out of sight"),
        frozenset({Standing.PENDING, Standing.SHOWN, Standing.HIDDEN}),
        Standing.PRIVATE,
        needs_reason=True,
        told=gettext_noop(
            "Your post holds what is yours alone, so others no longer see it."
        ),
    ),
    "show": Act(
        _("Show again"),
        frozenset({Standing.HIDDEN, Standing.PRIVATE}),
        Standing.SHOWN,
        needs_reason=True,
        told=gettext_noop("Your post is on the board again."),
    ),
}

SWITCHES: Final[Mapping[str, StrOrPromise]] = {
    "lock": _("Lock the topic"),
    "unlock": _("Open the topic again"),
    "settle": _("Nothing to do about the reports"),
    "block": _("Let the author write no more"),
    "unblock": _("Let the author write again"),
}
"""Steps that leave the post where it stands; each needs a reason."""


def possible(post: Post) -> list[str]:
    """The names of the steps that make sense for ``post`` now, in order. Of words that
    were taken back nothing is to be decided."""
    acts = {} if post.is_deleted else ACTS
    found = [name for name, act in acts.items() if post.state in act.sources]
    found.append("unlock" if post.topic.locked_at else "lock")
    if post.reports.filter(settled_at=None).exists():
        found.append("settle")
    if post.author is not None:
        found.append("unblock" if post.author.blocked_at else "block")
    return [name for name in found if not (post.is_official and name == "private")]


def moderate(
    *,
    post: Post,
    name: str,
    reason: str,
    actor: User | Viewer,
    seen: str = "",
    now: datetime | None = None,
) -> None:
    """Do one of ``ACTS`` or ``SWITCHES``; ``seen`` is the mark of the words that the
    moderator read, where a page showed them.

    Raises ``NotPermitted``, ``InvalidInput`` without a reason that is needed, and
    ``IllegalMove`` where somebody did it, or something else, before.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_moderate(viewer):
        raise NotPermitted
    words = " ".join(reason.split())[:REASON_LIMIT]
    act = ACTS.get(name)
    if seen and seen != post.mark:
        raise IllegalMove(_("Its author changed it in the meantime. Read it again."))
    if not words and (act is None or act.needs_reason):
        raise InvalidInput(_("Give a reason."), field="reason")
    with transaction.atomic():
        if act is not None:
            _move(post, act)
        else:
            _switch(post, name, moment)
        event = _record(post, name, words, viewer, moment)
        if name in ("approve", "hide", "private"):
            settle_reports(post, moment)
        if act is not None:
            _tell(post, act, words, event, moment)


def _move(post: Post, act: Act) -> None:
    """Only while it says what was read: its author may put other words there."""
    rows = Post.objects.filter(
        pk=post.pk, state__in=act.sources, text=post.text, deleted_at=None
    )
    fresh = rows.values_list("state", flat=True).first()
    if fresh is None or not rows.filter(state=fresh).update(state=act.target):
        raise IllegalMove(_("Somebody decided this in the meantime."))
    if fresh == Standing.PENDING and act.target == Standing.SHOWN:
        services.note_approved(post)
    services.stand(post, act.target)


def _switch(post: Post, name: str, now: datetime) -> None:
    topics = Topic.objects.filter(pk=post.topic_id)
    members = Member.objects.filter(pk=post.author_id or 0)
    changed = {
        "lock": lambda: topics.filter(locked_at=None).update(locked_at=now),
        "unlock": lambda: topics.exclude(locked_at=None).update(locked_at=None),
        "settle": lambda: settle_reports(post, now),
        "block": lambda: members.filter(blocked_at=None).update(blocked_at=now),
        "unblock": lambda: members.exclude(blocked_at=None).update(blocked_at=None),
    }
    if name not in changed or not changed[name]():
        raise IllegalMove(_("Somebody decided this in the meantime."))


def settle_reports(post: Post, now: datetime) -> int:
    return Report.objects.filter(post=post, settled_at=None).update(settled_at=now)


def _record(post: Post, name: str, reason: str, viewer: Viewer, now: datetime) -> Event:
    payload = {"topic": post.topic_id, "post": post.pk, "state": post.state}
    texts = {"reason": reason} if reason else {}
    entry = ledger.Entry(f"board_{name}", viewer, now, payload, texts=texts)
    return ledger.append_of_day(entry)


def _tell(post: Post, act: Act, reason: str, event: Event, now: datetime) -> None:
    """Put a private note to the author into the outbox, in their language."""
    if post.author is None or not act.told:
        return
    with override(post.author.user.language):
        said = gettext(act.told)
        lines = [gettext("The topic: %(title)s") % {"title": post.topic.title}]
        if reason:
            lines.append(gettext("Why: %(reason)s") % {"reason": reason})
    outbox.put(
        Outbox(
            key=f"board:{event.stream}#{event.seq}",
            kind=NOTICE,
            channel=Channel.FORUM,
            recipient=post.author.address,
            recipient_name=post.author.nickname,
            subject=said[:200],
            body="\n\n".join(lines),
            due_at=now,
            created_at=now,
        )
    )
