"""Private notes: letters about one's complaints, and news of one's posts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from complaints.channels.forum.models import Member, Note
from complaints.channels.forum.views.common import members_only, page

PAGE = 20


@require_safe
@members_only
def notes(request: HttpRequest, member: Member) -> HttpResponse:
    """The newest first; ``?before=`` goes on. Reading changes nothing."""
    before = request.GET.get("before", "")
    rows = Note.objects.filter(member=member)
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    rows = rows.select_related("outbox__letter", "outbox__complaint").order_by("-pk")
    found = list(rows[: PAGE + 1])
    older = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    context = {"notes": found[:PAGE], "older": older, "first": not before}
    response = page(request, "notes", context)
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@members_only
def mark_read(request: HttpRequest, member: Member) -> HttpResponse:
    """Mark every note of one's own as read."""
    rows = Note.objects.filter(member=member, read_at=None)
    rows.update(read_at=timezone.now())
    return redirect("forum:notes")
