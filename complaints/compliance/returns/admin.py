"""Staff's side of the returns: order one, see how far it is, take it away, say that it
is final. Rights and rules are those of ``orders``."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints import letter_system
from complaints.compliance.returns import (  # noqa: F401 - one signs itself up
    make,
    orders,
    report_admin,
)
from complaints.compliance.returns.desk import ReadOnly, viewer_for
from complaints.compliance.returns.models import Form, Kind, Production
from complaints.compliance.returns.serving import handed_out
from complaints.errors import RecourseError
from complaints.permissions import Viewer

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

LIST = "admin:returns_production_changelist"
PAGE = "admin:returns_production_change"


class OrderForm(forms.Form):
    kind = forms.ChoiceField(label=_("Return"))
    period = forms.CharField(
        label=_("Period"),
        max_length=24,
        help_text=_(
            "A year, half year, quarter or month: 2026, 2026-H1, 2026-Q3, 2026-09. Or "
            "days: 2026-09-01..2026-09-15."
        ),
    )
    form = forms.ChoiceField(label=_("Form"), choices=Form.choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [
            (kind, label)
            for kind, label in Kind.choices
            if orders.may_order(kind, viewer) and orders.forms_of(kind)
        ]
        self.fields["language"].initial = get_language()


@admin.register(Production)
class ProductionAdmin(ReadOnly, Base):
    list_display = ("what", "days", "state", "asked_by", "asked_at", "sum_of")
    list_display_links = ("what",)
    list_filter = ("kind",)
    list_per_page = 50
    list_select_related = ("asked_by",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Production]:
        return Production.objects.visible_to(viewer_for(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        viewer = viewer_for(request)
        return any(orders.may_order(kind, viewer) for kind in Kind.values)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "returns_production"
        own = [
            path("<int:pk>/file/", view(self.file_view), name=f"{name}_file"),
            path("<int:pk>/final/", view(self.final_view), name=f"{name}_final"),
        ]
        return [*own, *super().get_urls()]

    # Columns --------------------------------------------------------------------------

    @admin.display(description=_("Return"))
    def what(self, row: Production) -> str:
        return f"{row.get_kind_display()} · {row.get_form_display()} · {row.language}"

    @admin.display(description=_("Period"))
    def days(self, row: Production) -> str:
        return row.period

    @admin.display(description=_("State"))
    def state(self, row: Production) -> Any:
        return row.state_words

    @admin.display(description=_("Checksum"))
    def sum_of(self, row: Production) -> str:
        return format_html(
            '<span class="code" title="{}">{}</span>', row.sha256, row.sha256[:12]
        )

    # Pages ----------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The order."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        asked = {key: request.GET.get(key, "") for key in ("kind", "period")}
        form = OrderForm(request.POST or None, viewer=viewer, initial=asked)
        if request.method == "POST" and form.is_valid():
            try:
                row = orders.order(**form.cleaned_data, actor=viewer)
            except RecourseError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, str(_("A worker makes it now.")))
                return HttpResponseRedirect(reverse(PAGE, args=(row.pk,)))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Order a return"),
            "form": form,
            "missing": ", ".join(letter_system.missing()),
            "back_url": reverse(LIST),
        }
        return TemplateResponse(request, "admin/returns/order.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self._row(request, object_id)
        viewer = viewer_for(request)
        context = {
            "row": row,
            "lines_done": 0 if row.made_at else make.lines_done(row),
            "may_open": row.is_ready and orders.may_open(row, viewer),
            "may_final": orders.may_order(row.kind, viewer)
            and orders.may_be_final(row),
        }
        if "part" in request.GET:
            return TemplateResponse(request, "admin/returns/facts.html", context)
        context |= {
            **self.admin_site.each_context(request),
            "title": str(row),
            "back_url": reverse(LIST),
        }
        return TemplateResponse(request, "admin/returns/production.html", context)

    def _row(self, request: HttpRequest, object_id: str) -> Production:
        key = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        rows = self.get_queryset(request).select_related("asked_by", "final_by")
        row = rows.filter(pk=key).first()
        if row is None:
            raise Http404
        return row

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        return handed_out(self._row(request, str(pk)), viewer_for(request))

    def final_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self._row(request, str(pk))
        try:
            orders.make_final(row=row, actor=viewer_for(request))
        except RecourseError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(_("It is kept as the one handed in.")))
        return HttpResponseRedirect(reverse(PAGE, args=(pk,)))
