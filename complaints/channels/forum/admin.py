"""The desk's side of the board: what waits or was reported, and what is done about it.

Those who moderate see every post; nothing here is edited or deleted by Django.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
)
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.channels.forum import complain, moderation, services, threads
from complaints.channels.forum.forms import TextField, explain
from complaints.channels.forum.models import TEXT_LIMIT, Category, Post, Standing
from complaints.channels.forum.sight import as_moderator, may_moderate
from complaints.channels.safetext import one_line
from complaints.errors import NotPermitted, RecourseError
from complaints.permissions import viewer_of_request
from teams.words_field import WordsField

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

BOARD = "admin:forum_post_changelist"
POST = "admin:forum_post_change"


def moderates(request: HttpRequest) -> bool:
    user = request.user
    staff = user.is_authenticated and user.is_active and user.is_staff
    return bool(staff and may_moderate(viewer_of_request(request)))


class StepForm(forms.Form):
    """One step of a moderator: which, and why."""

    step = forms.ChoiceField(
        label=gettext_lazy("What is to be done"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is to be done.")},
    )
    reason = TextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Needed for all but approving. The author reads it; it is on the ledger."
        ),
        max_length=moderation.REASON_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            **{name: act.label for name, act in moderation.ACTS.items()},
            **moderation.SWITCHES,
        }
        step: Any = self.fields["step"]
        step.choices = [(name, labels[name]) for name in moderation.possible(post)]


class AnswerForm(forms.Form):
    text = TextField(
        label=gettext_lazy("Official answer"),
        help_text=gettext_lazy(
            "Everybody reads it. It names no case, no account and no person."
        ),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class StandingFilter(admin.SimpleListFilter):
    """What waits or was reported comes first; the rest can be asked for."""

    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        del request, model_admin
        return [
            ("all", gettext_lazy("All posts")),
            ("reported", gettext_lazy("Reported")),
            *Standing.choices,
        ]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Waits or reported")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        del request
        asked = self.value()
        if asked in Standing.values:
            return queryset.filter(state=asked)
        if asked == "reported":
            return queryset.filter(open_reports__gt=0)
        if asked == "all":
            return queryset
        waiting = Q(state=Standing.PENDING) | Q(open_reports__gt=0)
        return queryset.filter(waiting, deleted_at=None)


@admin.register(Post)
class PostAdmin(Base):
    """The queue of the board."""

    list_display = ("excerpt", "topic_title", "who", "state", "reported", "created_at")
    list_filter = (StandingFilter,)
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering = ("created_at", "pk")
    actions = None
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return moderates(request)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return moderates(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        if not moderates(request):
            return Post.objects.none()
        reader = as_moderator(request.user)  # type: ignore[arg-type]
        rows = Post.objects.visible_to(reader).select_related("topic", "author__user")
        still = Q(reports__isnull=False, reports__settled_at=None)
        return rows.annotate(open_reports=Count("reports", filter=still))

    @admin.display(description=pgettext_lazy("board", "Post"))
    def excerpt(self, post: Post) -> str:
        return Truncator(one_line(post.text, 200)).chars(40) or _("taken back")

    @admin.display(description=gettext_lazy("Topic"))
    def topic_title(self, post: Post) -> str:
        return Truncator(post.topic.title).chars(40)

    @admin.display(description=pgettext_lazy("board", "By"))
    def who(self, post: Post) -> str:
        return post.author.nickname if post.author else _("the desk")

    @admin.display(description=gettext_lazy("Reports"))
    def reported(self, post: Any) -> int:
        return int(post.open_reports)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/step/", view(self.step_view), name="forum_post_step"),
            path("<int:pk>/answer/", view(self.answer_view), name="forum_post_answer"),
            path("<int:pk>/hold/", view(self.hold_view), name="forum_post_hold"),
        ]
        return [*own, *super().get_urls()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        raise Http404

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        post = self._post(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return self._page(request, post)

    def step_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: one step of ``moderation``, with its reason."""
        post = self._posted(request, pk)
        form = StepForm(request.POST, post=post)
        if form.is_valid():
            said = form.cleaned_data
            try:
                moderation.moderate(
                    post=post,
                    name=said["step"],
                    reason=said["reason"],
                    seen=said["seen"],
                    actor=request.user,  # type: ignore[arg-type]
                )
            except RecourseError as error:
                _explain(form, error)
            else:
                messages.success(request, _("Done, and on the ledger."))
                return redirect(BOARD)
        return self._page(request, post, step=form)

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: the desk's own answer in the topic of the post."""
        post = self._posted(request, pk)
        form = AnswerForm(request.POST)
        if form.is_valid():
            try:
                said = services.answer_officially(
                    topic=post.topic,
                    actor=request.user,  # type: ignore[arg-type]
                    **form.cleaned_data,
                )
            except RecourseError as error:
                _explain(form, error)
            else:
                messages.success(request, _("The answer is on the board."))
                return redirect(POST, said.pk)
        return self._page(request, post, answer=form)

    def hold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: hold the post as a complaint, with its snapshot, out of sight."""
        post = self._posted(request, pk)
        try:
            raw = complain.by_desk(post=post, actor=request.user)  # type: ignore[arg-type]
        except NotPermitted as error:
            raise PermissionDenied from error
        except RecourseError as error:
            messages.error(request, str(error))
            return redirect(POST, post.pk)
        messages.success(
            request, _("It is held as a complaint, and off the board meanwhile.")
        )
        return redirect("admin:complaints_rawmessage_change", raw.pk)

    def _posted(self, request: HttpRequest, pk: int) -> Post:
        post = self._post(request, str(pk))
        if request.method != "POST":
            raise PermissionDenied
        return post

    def _post(self, request: HttpRequest, object_id: str) -> Post:
        good = object_id.isascii() and object_id.isdigit() and len(object_id) < 19
        rows = self.get_queryset(request).select_related(
            "topic__category", "author__user", "raw__complaint"
        )
        found = rows.filter(pk=int(object_id) if good else 0).first()
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    def _page(
        self,
        request: HttpRequest,
        post: Post,
        *,
        step: StepForm | None = None,
        answer: AnswerForm | None = None,
    ) -> HttpResponse:
        reader = as_moderator(request.user)  # type: ignore[arg-type]
        after = max(0, post.number - threads.POSTS_A_PAGE // 2)
        key = {"key": secrets.token_urlsafe(16)}
        refused = step or answer
        context = {
            **self.admin_site.each_context(request),
            "title": post.topic.title or _("A topic that its author took back"),
            "post": post,
            "thread": threads.thread(reader, post.topic, after=after),
            "reports": post.reports.filter(settled_at=None).select_related("by"),
            "step": step or StepForm(post=post),
            "answer": answer or AnswerForm(initial=key),
            "form": refused,
            "may_hold": post.author and not post.is_deleted and not post.raw_id,
            "public_url": threads.address_of(post),
            "back_url": reverse(BOARD),
        }
        template = "admin/forum/post.html"
        status = 422 if refused else 200
        return TemplateResponse(request, template, context, status=status)


def _explain(form: forms.Form, error: RecourseError) -> None:
    if isinstance(error, NotPermitted):
        raise PermissionDenied from error
    explain(form, error)


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    names = WordsField(label=pgettext_lazy("field", "Name"))
    about = WordsField(
        label=gettext_lazy("What belongs here"), max_length=300, required=False
    )

    class Meta:
        model = Category
        fields = ("code", "names", "about", "position", "active")


@admin.register(Category)
class CategoryAdmin(Base):
    """Configuration: superusers alone; a part that holds topics is switched off."""

    form = CategoryForm
    list_display = ("__str__", "code", "position", "active")
    ordering = ("position", "code")
    actions = None

    def _may(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and getattr(user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
