"""What members do: choose a nickname, ask, answer, change, report, complain."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from complaints.channels.forum import complain as complaints_from
from complaints.channels.forum import members, services, threads
from complaints.channels.forum.forms import (
    EditForm,
    JoinForm,
    PostForm,
    ReportForm,
    TopicForm,
    explain,
)
from complaints.channels.forum.models import Category, Member, Post
from complaints.channels.forum.services import Written
from complaints.channels.forum.views.common import (
    members_only,
    page,
    post_or_404,
    reader_for,
    refused,
    signed_in,
    to_post,
    to_wait,
    too_many,
)
from complaints.channels.forum.views.read import BIGGEST, topic_page
from complaints.channels.safetext import storable
from complaints.errors import RecourseError
from complaints.throttle import Limit, with_wait

if TYPE_CHECKING:
    from django.forms import Form

    from teams.models import User

TOPICS = Limit("board-topic", tries=5, seconds=3600)
POSTS = Limit("board-post", tries=20, seconds=3600)
REPORTS = Limit("board-report", tries=20, seconds=3600)
NICKNAMES = Limit("board-join", tries=20, seconds=3600)
COMPLAINTS = Limit("board-complain", tries=10, seconds=3600)
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _done(form: Form, limit: Limit, user: User, do: Callable[..., Any]) -> Any:
    """What ``do`` made of a form that was sent; None, and why in the form, if not."""
    if not (form.is_bound and form.is_valid()):
        return None
    if wait := limit.wait(f"user:{user.pk}"):
        form.add_error(None, too_many(wait))
        form.wait = wait  # type: ignore[attr-defined]
        return None
    try:
        return do(**form.cleaned_data)
    except RecourseError as error:
        explain(form, error)
        return None


def _again(request: HttpRequest, name: str, form: Form, **context: Any) -> HttpResponse:
    """The form's page, with what was refused: 422, or 429 with Retry-After."""
    wait = getattr(form, "wait", 0)
    status = 429 if wait else 422 if form.errors else 200
    return with_wait(
        page(request, name, {"form": form, **context}, status=status), wait
    )


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@form_methods
@signed_in
def join(request: HttpRequest, user: User) -> HttpResponse:
    """Choose a nickname once; ``next`` says where one came from."""
    onward = _onward(request)
    if members.member_of(user) is not None:
        return redirect(onward)
    if user.is_staff:
        return page(request, "staff", {}, status=403)
    form = JoinForm(_sent(request))
    if _done(form, NICKNAMES, user, partial(members.join, user=user)):
        return redirect(onward)
    return _again(request, "join", form, next=onward)


def _onward(request: HttpRequest) -> str:
    sent = request.POST if request.method == "POST" else request.GET
    wanted, hosts = sent.get("next", ""), {request.get_host()}
    good = url_has_allowed_host_and_scheme(
        wanted, hosts, require_https=request.is_secure()
    )
    if good and wanted.startswith("/"):
        return wanted
    return reverse("forum:index")


@form_methods
@members_only
def new(request: HttpRequest, member: Member) -> HttpResponse:
    """Ask something; ``?category=`` chooses where."""
    code = storable(request.GET.get("category", "")[:40])
    part = Category.objects.filter(active=True, code=code).first()
    initial = {"key": secrets.token_urlsafe(16), "category": part}
    form = TopicForm(_sent(request), initial=initial)
    ask = partial(services.begin_topic, member=member)
    written = _done(form, TOPICS, member.user, ask)
    return _kept(request, written) if written else _again(request, "new", form)


@form_methods
@members_only
def reply(request: HttpRequest, topic: int, member: Member) -> HttpResponse:
    """Answer; the form stands on the page of the topic as well."""
    row = threads.find(reader_for(request), topic) if topic <= BIGGEST else None
    if row is None:
        raise Http404
    if request.method != "POST":
        return redirect(f"{reverse('forum:topic', kwargs={'topic': topic})}#reply")
    form = PostForm(request.POST)
    answer = partial(services.reply, member=member, topic=row)
    if written := _done(form, POSTS, member.user, answer):
        return _kept(request, written)
    wait = getattr(form, "wait", 0)
    again = topic_page(request, topic, form=form, status=429 if wait else 422)
    return with_wait(again, wait)


def _kept(request: HttpRequest, written: Written) -> HttpResponse:
    """Say what others see of it, and what was made unreadable."""
    if written.masked:
        messages.warning(
            request,
            _("We made unreadable what looked like a secret or somebody's own data."),
        )
    if written.post.state != "shown":
        messages.info(
            request,
            _("Thank you. We look at the first posts of an account; then it is shown."),
        )
    return to_post(written.post)


@form_methods
@members_only
def edit(request: HttpRequest, post: int, member: Member) -> HttpResponse:
    row = _own(request, post, member)
    form = EditForm(_sent(request), initial={"text": row.text})
    change = partial(services.edit, post=row, member=member)
    written = _done(form, POSTS, member.user, change)
    if written:
        return _kept(request, written)
    return _again(request, "edit", form, post=row)


@form_methods
@members_only
def delete(request: HttpRequest, post: int, member: Member) -> HttpResponse:
    row = _own(request, post, member)
    if request.method != "POST":
        return page(request, "delete", {"post": row})
    try:
        services.delete(post=row, member=member)
    except RecourseError as error:
        return refused(request, error)
    messages.success(request, _("Your words are off the board."))
    return to_post(row)


def _own(request: HttpRequest, pk: int, member: Member) -> Post:
    row = post_or_404(request, pk) if pk <= BIGGEST else None
    if row is None or row.author_id != member.pk or row.is_deleted:
        raise Http404
    return row


@form_methods
@members_only
def report(request: HttpRequest, post: int, member: Member) -> HttpResponse:
    """Ask us to look at a post of somebody else."""
    row = post_or_404(request, min(post, BIGGEST))
    form = ReportForm(_sent(request))
    tell = partial(services.report, post=row, member=member)
    if _done(form, REPORTS, member.user, tell):
        messages.success(request, _("Thank you. We look at it."))
        return to_post(row)
    return _again(request, "report", form, post=row)


@require_POST
@members_only
def accept(request: HttpRequest, post: int, member: Member) -> HttpResponse:
    row = post_or_404(request, min(post, BIGGEST))
    try:
        services.accept(post=row, member=member)
    except RecourseError as error:
        return refused(request, error)
    return to_post(row)


@form_methods
@members_only
def complain(request: HttpRequest, post: int, member: Member) -> HttpResponse:
    """Make a complaint of one's own post: what will happen, and one press."""
    row = _own(request, post, member)
    known = row.raw.complaint if row.raw else None
    if known is not None:
        return redirect("portal:case", reference=known.reference)
    if request.method != "POST":
        return page(request, "complain", {"post": row})
    if wait := COMPLAINTS.wait(f"user:{member.user_id}"):
        return to_wait(request, wait)
    try:
        case = complaints_from.by_author(post=row, user=member.user)
    except RecourseError as error:
        return refused(request, error)
    return redirect("portal:received", reference=case.reference)
