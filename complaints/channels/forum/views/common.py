"""What every page of the board shares: who reads, who is a member, what caches keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext_lazy

from complaints.channels.forum import members, threads
from complaints.channels.forum.models import Member, Note, Post
from complaints.channels.forum.sight import NOBODY, Reader, as_customer
from complaints.errors import NotPermitted, RecourseError
from complaints.throttle import in_minutes, with_wait

if TYPE_CHECKING:
    from teams.models import User

View = Callable[..., HttpResponse]


def reader_for(request: HttpRequest) -> Reader:
    return as_customer(request.user) if request.user.is_authenticated else NOBODY


def member_for(request: HttpRequest) -> Member | None:
    """The member behind a request, asked for once."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "board_member"):
        request.board_member = members.member_of(request.user)  # type: ignore[attr-defined]
    found: Member | None = request.board_member  # type: ignore[attr-defined]
    return found


def page(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    indexed: bool = False,
) -> HttpResponse:
    """A page of the board; only what everybody reads may be found by others' search."""
    member = member_for(request)
    unread = Note.objects.filter(member=member, read_at=None).count() if member else 0
    context = {**context, "member": member, "unread": unread, "indexed": indexed}
    response = render(request, f"forum/{name}.html", context, status=status)
    response["Cache-Control"] = "private, no-cache"
    if not indexed or status != 200:
        response["X-Robots-Tag"] = "noindex"
    return response


def signed_in(view: View) -> View:
    """Whoever is not signed in is asked to, and comes back to the same page."""

    @wraps(view)
    def wrapped(request: HttpRequest, **keys: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            query = urlencode({"next": request.path})
            return redirect(f"{reverse('account_login')}?{query}")
        return view(request, user=request.user, **keys)

    return wrapped


def members_only(view: View) -> View:
    """Give the view its member; whoever has no nickname yet chooses one first.

    Staff are told that they answer from the desk (403).
    """

    @wraps(view)
    def wrapped(request: HttpRequest, user: User, **keys: Any) -> HttpResponse:
        member = member_for(request)
        if member is not None:
            return view(request, member=member, **keys)
        if user.is_staff:
            return page(request, "staff", {}, status=403)
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('forum:join')}?{query}")

    return signed_in(wrapped)


def post_or_404(request: HttpRequest, pk: int) -> Post:
    found = threads.post_of(reader_for(request), pk)
    if found is None:
        raise Http404
    return found


def to_post(post: Post) -> HttpResponse:
    """Back to where it stands, on the page of the topic that holds it."""
    return redirect(threads.address_of(post))


def refused(request: HttpRequest, error: RecourseError) -> HttpResponse:
    """A page that says why something was not done."""
    status = 403 if isinstance(error, NotPermitted) else error.status
    return page(request, "refused", {"words": error.words}, status=status)


TOO_MANY = ngettext_lazy(
    "That was a lot in a short time. Try again in %(minutes)d minute.",
    "That was a lot in a short time. Try again in %(minutes)d minutes.",
    "minutes",
)


def too_many(wait: int) -> str:
    """Why one has to wait; ``wait`` is in seconds."""
    return in_minutes(TOO_MANY, wait)


def to_wait(request: HttpRequest, wait: int) -> HttpResponse:
    context = {"words": too_many(wait)}
    return with_wait(page(request, "refused", context, status=429), wait)
