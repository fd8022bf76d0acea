"""Staff's side of the report to the management body: begin, write, sign off.

Rights and rules are those of ``reports``.
"""

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
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.compliance.returns import changes, paper, reports
from complaints.compliance.returns.desk import ReadOnly, viewer_for
from complaints.compliance.returns.models import Report, Section
from complaints.errors import RecourseError, Stale

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

LIST = "admin:returns_report_changelist"
PAGE = "admin:returns_report_change"


class BeginForm(forms.Form):
    period = forms.CharField(
        label=_("Period"),
        max_length=24,
        help_text=_("A half year, as a rule: 2026-H1. Also 2026, 2026-Q3, 2026-09."),
    )


class WriteForm(forms.Form):
    """The sections in one language; beside each, which text the writer had read."""

    def __init__(self, data: Any, *, report: Report, language: str) -> None:
        super().__init__(data)
        self.language = language
        self.texts = reports.newest(report)
        for section in Section:
            row = self.texts.get((language, section.value))
            self.fields[section.value] = forms.CharField(
                label=section.label,
                required=False,
                strip=False,
                max_length=reports.LONGEST,
                initial=row.text if row else "",
                widget=forms.Textarea(attrs={"rows": 7, "lang": language}),
            )
            self.fields[f"{section.value}_seen"] = forms.IntegerField(
                initial=row.number if row else 0,
                min_value=0,
                widget=forms.HiddenInput,
            )

    def save(self, report: Report, viewer: Any) -> None:
        """Raises ``Stale`` and what ``reports.write`` raises; sections before the one
        that is stale are saved."""
        for section in Section:
            try:
                reports.write(
                    report=report,
                    language=self.language,
                    section=section.value,
                    text=self.cleaned_data[section.value],
                    seen=self.cleaned_data[f"{section.value}_seen"],
                    actor=viewer,
                )
            except Stale:
                self._show_both(section)
                raise

    def _show_both(self, section: Section) -> None:
        """What the other wrote stands in the message, one's own in the field."""
        row = self.texts.get((self.language, section.value))
        words = _("%(person)s wrote meanwhile: “%(text)s” Yours is not saved.") % {
            "person": row.written_by if row else "",
            "text": row.text if row else "",
        }
        self.add_error(section.value, words)
        # Whoever saves again has read it.
        seen = {f"{section.value}_seen": str(row.number if row else 0)}
        self.data = {**dict(self.data.items()), **seen}


@admin.register(Report)
class ReportAdmin(ReadOnly, Base):
    list_display = ("period", "number", "state", "opened_by", "signed_by", "signed_at")
    list_select_related = ("opened_by", "signed_by")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return Report.objects.select_related("opened_by", "signed_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return reports.may_write(viewer_for(request))

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "returns_report"
        own = [
            path("<int:pk>/sign/", view(self.sign_view), name=f"{name}_sign"),
            path("<int:pk>/print/", view(self.print_view), name=f"{name}_print"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=_("State"))
    def state(self, report: Report) -> Any:
        return _("Signed off") if report.signed_at else _("Draft")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        form = BeginForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                report = reports.begin(
                    period=form.cleaned_data["period"], actor=viewer_for(request)
                )
            except RecourseError as error:
                form.add_error("period", str(error))
            else:
                return HttpResponseRedirect(reverse(PAGE, args=(report.pk,)))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Begin a report"),
            "form": form,
            "back_url": reverse(LIST),
        }
        return TemplateResponse(request, "admin/returns/begin.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """GET shows what stands, in ``?language=``; POST saves what was written."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        report, viewer = self._row(request, object_id), viewer_for(request)
        language = _language(request)
        form = WriteForm(request.POST or None, report=report, language=language)
        if request.method == "POST":
            if not reports.may_write(viewer):
                raise PermissionDenied
            if form.is_valid() and self._saved(request, form, report):
                return HttpResponseRedirect(f"{request.path}?language={language}")
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": str(report),
            "report": report,
            "form": form,
            "language": language,
            "languages": settings.LANGUAGES,
            "texts": [
                (section.label, form.texts.get((language, section.value)))
                for section in Section
            ],
            "may_write": report.signed_at is None and reports.may_write(viewer),
            "may_sign": report.signed_at is None and reports.may_sign(viewer),
            "lacking": [] if report.signed_at else reports.lacking(report, now),
            "changes": None if report.signed_at else changes.since_signed(report, now),
            "back_url": reverse(LIST),
        }
        return TemplateResponse(request, "admin/returns/report.html", context)

    def _saved(self, request: HttpRequest, form: WriteForm, report: Report) -> bool:
        try:
            form.save(report, viewer_for(request))
        except Stale:
            return False
        except RecourseError as error:
            messages.error(request, str(error))
            return False
        messages.success(request, str(_("Saved.")))
        return True

    def _row(self, request: HttpRequest, object_id: str) -> Report:
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        report = self.get_queryset(request).filter(pk=key).first()
        if report is None:
            raise Http404
        return report

    def sign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        report = self._row(request, str(pk))
        try:
            reports.sign(report=report, actor=viewer_for(request))
        except RecourseError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(_("The report is signed off.")))
        return HttpResponseRedirect(reverse(PAGE, args=(pk,)))

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The sheets of this version."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        report, now = self._row(request, str(pk)), timezone.now()
        found = reports.figures_of(report, now)
        context = paper.context_of(reports.sheet_of_report(report, found), now)
        context["back_url"] = reverse(PAGE, args=(pk,))
        return render(request, "compliance/paper.html", context)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    known = dict(settings.LANGUAGES)
    return asked if asked in known else (get_language() or settings.LANGUAGE_CODE)
