"""What everybody may read: the parts, their topics, one topic, and a search."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from complaints.channels.forum import services, threads
from complaints.channels.forum.complain import may_complain
from complaints.channels.forum.forms import PostForm
from complaints.channels.forum.models import Category, Standing, Topic
from complaints.channels.forum.views.common import member_for, page, reader_for, to_wait
from complaints.channels.safetext import storable
from complaints.throttle import Limit, client_address

ASKED = 200
SEARCHES = Limit("board-search", tries=60, seconds=60)
BIGGEST = 2**31 - 1


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The parts of the board and its newest topics, or what ``?q=`` finds."""
    asked = storable(request.GET.get("q", "")[:ASKED]).strip()
    before = request.GET.get("before", "")[:40]
    reader = reader_for(request)
    if asked:
        if wait := SEARCHES.wait(f"ip:{client_address(request)}"):
            return to_wait(request, wait)
        hits = threads.search(reader, asked, before=before)
        context = {"asked": asked, "hits": hits, "first": not before}
        return page(request, "search", context)
    context = {
        "categories": Category.objects.filter(active=True),
        "listed": threads.topics(reader, before=before),
        "waiting": threads.waiting_of(member_for(request)),
        "first": not before,
    }
    return page(request, "index", context, indexed=not before)


@require_safe
def category(request: HttpRequest, code: str) -> HttpResponse:
    part = get_object_or_404(Category, code=code)
    before = request.GET.get("before", "")[:40]
    listed = threads.topics(reader_for(request), category=part, before=before)
    context = {"category": part, "listed": listed, "first": not before}
    return page(request, "category", context, indexed=not before)


@require_safe
def topic(request: HttpRequest, topic: int) -> HttpResponse:
    """A topic with a page of its posts; a neutral line where it is a private matter."""
    return topic_page(request, topic)


def topic_page(
    request: HttpRequest, pk: int, *, form: PostForm | None = None, status: int = 200
) -> HttpResponse:
    reader = reader_for(request)
    row = threads.find(reader, pk) if pk <= BIGGEST else None
    if row is None:
        if pk <= BIGGEST and threads.is_private(pk):
            return page(request, "private", {})
        raise Http404
    after = request.GET.get("after", "")
    after_number = int(after) if after.isascii() and after.isdigit() else 0
    shown = threads.thread(reader, row, after=min(after_number, BIGGEST))
    context = {
        "topic": row,
        "thread": shown,
        "form": form or PostForm(initial={"key": secrets.token_urlsafe(16)}),
        **_rights(request, row, shown),
    }
    indexed = row.state == Standing.SHOWN and bool(row.title) and status == 200
    return page(request, "topic", context, status=status, indexed=indexed)


def _rights(request: HttpRequest, row: Topic, shown: threads.Thread) -> dict[str, Any]:
    """What this reader may do here, by the keys of posts."""
    member, now = member_for(request), timezone.now()
    posts = [line.post for line in shown.lines if not line.gone]
    may_write = member is None or member.blocked_at is None
    is_open = row.locked_at is None and row.state == Standing.SHOWN
    return {
        "may_reply": is_open and may_write and not request.user.is_staff,
        "editable": {p.pk for p in posts if services.may_edit(p, member, now)},
        "complainable": {p.pk for p in posts if may_complain(p, member)},
        "chooses": member is not None and row.author_id == member.pk and is_open,
    }
