"""Staff's side of the public pages: drafts, preview, publishing, who subscribed.

Rights and rules are those of ``publish``; a published version is read, not edited.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from complaints.errors import RecourseError
from complaints.permissions import viewer_of_request
from complaints.public import publish
from complaints.public.models import Document, Kind, Subscriber, Version, Wording
from complaints.public.views.pages import page_context

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
    Inline = admin.StackedInline[Any, Any]
else:
    Base, Inline = admin.ModelAdmin, admin.StackedInline

RESERVED = frozenset({"suggest", "subscribe", "unsubscribe", "feed"})
TEMPLATES = {Kind.NOTICE: "public/notice.html", Kind.ARTICLE: "public/article.html"}


def may_edit(request: HttpRequest) -> bool:
    user = request.user
    staff = user.is_authenticated and user.is_active and user.is_staff
    return bool(staff and publish.may_edit(viewer_of_request(request)))


class EditorsOnly:
    """Every permission is that of the editors; nothing is deleted in bulk."""

    actions: ClassVar[Any] = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_edit(request)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return may_edit(request)

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class VersionLine(EditorsOnly, admin.TabularInline):  # type: ignore[type-arg]
    """The versions of a document, each with a link to its page."""

    model = Version
    extra = 0
    can_delete = False
    show_change_link = True
    fields = readonly_fields = (
        "number",
        "stage",
        "effective_from",
        "published_at",
        "published_by",
    )
    ordering = ("-number",)


class DocumentForm(ModelForm):  # type: ignore[type-arg]
    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in RESERVED:
            self.add_error("code", _("This address is taken."))
        return code

    def clean(self) -> dict[str, Any]:
        """An area belongs to notices, and each notice has one."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        kind = given.get("kind") or self.instance.kind
        if (kind == Kind.NOTICE) != bool(given.get("area")):
            self.add_error("area", _("Notices have an area, and nothing else has."))
        return given


@admin.register(Document)
class DocumentAdmin(EditorsOnly, Base):
    form = DocumentForm
    list_display = ("name", "kind", "area", "in_force_from", "has_draft", "helped")
    list_filter = ("kind", "area")
    list_per_page = 100
    search_fields = ("code", "versions__wordings__title")
    fields = ("kind", "code", "area", "topic", "position")
    inlines = (VersionLine,)
    change_form_template = "admin/public/document.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        votes = {
            "yes": Count("votes", filter=Q(votes__helpful=True), distinct=True),
            "no": Count("votes", filter=Q(votes__helpful=False), distinct=True),
        }
        rows: QuerySet[Document] = super().get_queryset(request).annotate(**votes)
        return rows.prefetch_related("versions__wordings")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        return ("kind", "code") if obj else ()

    @admin.display(description=gettext_lazy("title"))
    def name(self, document: Document) -> str:
        versions = sorted(document.versions.all(), key=lambda row: -row.number)
        return versions[0].words().title or document.code if versions else document.code

    @admin.display(description=gettext_lazy("in force from"))
    def in_force_from(self, document: Document) -> Any:
        days = [
            row.effective_from for row in document.versions.all() if row.published_at
        ]
        return max((day for day in days if day), default=None)

    @admin.display(description=gettext_lazy("draft"), boolean=True)
    def has_draft(self, document: Document) -> bool:
        return any(row.is_draft for row in document.versions.all())

    @admin.display(description=gettext_lazy("helpful, not"))
    def helped(self, document: Any) -> str:
        return f"{document.yes}, {document.no}" if document.yes + document.no else ""

    def response_add(
        self, request: HttpRequest, obj: Document, post_url_continue: Any = None
    ) -> HttpResponse:
        """Whoever adds a document goes on to write its words."""
        version = publish.draft(document=obj, actor=request.user)  # type: ignore[arg-type]
        return redirect("admin:public_version_change", version.pk)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "<int:pk>/draft/", view(self.draft_view), name="public_document_draft"
            ),
            path(
                "<int:pk>/withdraw/",
                view(self.withdraw_view),
                name="public_document_withdraw",
            ),
        ]
        return [*own, *super().get_urls()]

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: the draft of the next version, made when there is none."""
        document = _posted(request, Document, pk)
        version = publish.draft(document=document, actor=request.user)  # type: ignore[arg-type]
        return redirect("admin:public_version_change", version.pk)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = _posted(request, Document, pk)
        try:
            publish.withdraw(document=document, actor=request.user)  # type: ignore[arg-type]
        except RecourseError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("It is off the lists."))
        return redirect("admin:public_document_change", document.pk)


def _posted(request: HttpRequest, model: type[Model], pk: int) -> Any:
    if not may_edit(request):
        raise PermissionDenied
    if request.method != "POST":
        raise PermissionDenied
    return get_object_or_404(model, pk=pk)


class WordingInline(EditorsOnly, Inline):
    """One block a language; the languages are those of the site."""

    model = Wording
    extra = 0
    can_delete = False
    fields = ("language", "title", "summary", "body", "keywords", "changes")
    readonly_fields = ("language",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request) and (obj is None or obj.is_draft)


@admin.register(Version)
class VersionAdmin(EditorsOnly, Base):
    list_display = ("__str__", "effective_from", "published_at", "published_by")
    list_select_related = ("document", "published_by")
    fields = ("document", "number", "stage", "effective_from")
    inlines = (WordingInline,)
    change_form_template = "admin/public/version.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request) and obj is not None and obj.is_draft

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        return ("document", "number")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "<int:pk>/preview/",
                view(self.preview_view),
                name="public_version_preview",
            ),
            path(
                "<int:pk>/publish/",
                view(self.publish_view),
                name="public_version_publish",
            ),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        version = context.get("original")
        context["lacking"] = publish.lacking(version) if version else []
        return super().render_change_form(request, context, *args, **kwargs)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page as it would be, in ``?language=`` or the reader's own."""
        if not may_edit(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        rows = Version.objects.with_words()
        version = get_object_or_404(rows, pk=pk)
        asked = request.GET.get("language", "")
        known = asked in dict(settings.LANGUAGES)
        language = asked if known else get_language() or "en"
        with override(language):
            context = {**page_context(version, language), "preview": True}
            name = TEMPLATES.get(Kind(version.document.kind), "public/page.html")
            response = render(request, name, context)
        response["Cache-Control"] = "no-store, private"
        return response

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = _posted(request, Version, pk)
        try:
            publish.publish(version=version, actor=request.user)  # type: ignore[arg-type]
        except RecourseError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The version is published."))
        return redirect(reverse("admin:public_version_change", args=(version.pk,)))


@admin.register(Subscriber)
class SubscriberAdmin(EditorsOnly, Base):
    """Who gets notices: to be looked at when somebody asks, and ended for them."""

    list_display = ("email", "language", "confirmed_at")
    search_fields = ("email",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)
