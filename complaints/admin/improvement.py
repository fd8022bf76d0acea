"""Improvement actions and root causes: what is done, by whom, and whether it helped."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.incident_forms import ActionForm, WordsForm, teams_to_run
from complaints.admin.moves import explain, words_of
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import TeamScopedAdmin, desk_context, viewer_for
from complaints.errors import NotPermitted, RecourseError
from complaints.models import (
    ImprovementAction,
    Incident,
    Progress,
    Verdict,
    cause_labels,
)
from complaints.permissions import Viewer
from complaints.selectors.causes import pareto
from complaints.services import improvement, improvement_effect
from complaints.states import CauseScope
from teams.roles import Perm

ACTION = "admin:complaints_improvementaction_change"
LIST = "admin:complaints_improvementaction_changelist"
DAYS = 90
SHOWN = 200


@admin.register(ImprovementAction)
class ImprovementActionAdmin(TeamScopedAdmin):
    PAGES: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("causes/", "causes_view", "causes"),
        ("new/", "new_view", "new"),
        ("<int:pk>/do/<slug:name>/", "do_view", "do"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the viewer's teams, and their own."""
        viewer = viewer_for(request)
        seen = ImprovementAction.objects.visible_to(viewer).values("pk")
        own = Q(owner=viewer.user)
        rows = ImprovementAction.objects.filter(own | Q(pk__in=seen))
        return rows.select_related("owner", "team", "incident", "category")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer, labels = viewer_for(request), cause_labels()
        rows = self.get_queryset(request).order_by("state", "due_on", "pk")[:SHOWN]
        order = list(Progress.values)
        lines = [_line(row, labels, viewer.at.date()) for row in rows]
        lines.sort(key=lambda line: order.index(line["action"].state))
        context = {
            **desk_context(self.admin_site, request),
            "title": _("Improvement actions"),
            "lines": lines,
            "may_open": teams_to_run(viewer).exists(),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "improvement"),
        }
        return TemplateResponse(request, "admin/complaints/improvements.html", context)

    def causes_view(self, request: HttpRequest) -> HttpResponse:
        """Causes by number, with who acts on each and whether it fell."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        if not (viewer.holds(Perm.LEAD) or viewer.holds(Perm.VIEW_REGISTER)):
            raise PermissionDenied
        today = viewer.at.date()
        last = _day(request.GET.get("to", "")) or today
        first = _day(request.GET.get("from", "")) or last - timedelta(days=DAYS - 1)
        since, until = _midnight(first), _midnight(last + timedelta(days=1))
        lines = pareto(viewer, since, until)
        natures = dict(CauseScope.choices)
        context = {
            **desk_context(self.admin_site, request),
            "title": _("Why complaints come about"),
            "first": first,
            "last": last,
            "total": sum(line.count for line in lines),
            "lines": [_cause_line(line, lines[0].count, natures) for line in lines],
            "now": viewer.at,
            "may_open": teams_to_run(viewer).exists(),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "causes"),
        }
        return TemplateResponse(request, "admin/complaints/causes.html", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks, filled in from the incident or cause of the address."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        if not teams_to_run(viewer).exists():
            raise PermissionDenied
        incident = _incident(request, viewer)
        data = request.POST if request.method == "POST" else None
        initial = _initial(incident, request.GET.get("cause", ""))
        form = ActionForm(data, viewer=viewer, initial=initial)
        if data is not None and form.is_valid():
            try:
                made = improvement.open_action(
                    team=form.cleaned_data["team"],
                    plan=form.plan(incident),
                    actor=viewer,
                )
            except RecourseError as error:
                explain(form, error)
            else:
                return HttpResponseRedirect(reverse(ACTION, args=(made.pk,)))
        back = reverse(LIST)
        if incident is not None:
            back = reverse("admin:complaints_incident_change", args=(incident.pk,))
        context = {
            **desk_context(self.admin_site, request),
            "title": _("New improvement action"),
            "subtitle": incident.title if incident else _("Improvement actions"),
            "form": form,
            "button": _("Keep"),
            "back_url": back,
            "rail_groups": rail_groups(viewer, self.admin_site, request, "improvement"),
        }
        status, name = (422 if form.errors else 200), "learning_form.html"
        template = f"admin/complaints/{name}"
        return TemplateResponse(request, template, context, status=status)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        action = self.visible_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return self._page(request, action, WordsForm())

    def _page(
        self,
        request: HttpRequest,
        action: ImprovementAction,
        form: WordsForm,
        status: int = 200,
    ) -> HttpResponse:
        viewer = viewer_for(request)
        runs = improvement.may_run(action, viewer)
        found = improvement_effect.effect_of(action, viewer.at)
        context = {
            **desk_context(self.admin_site, request),
            "title": action.title,
            **_line(action, cause_labels(), viewer.at.date()),
            "form": form,
            "effect": found,
            "weeks": improvement_effect.WEEKS,
            "verdict": Verdict(found.verdict).label if found and found.verdict else "",
            "may_end": runs and action.state == Progress.OPEN,
            "may_verify": runs
            and action.state == Progress.DONE
            and action.owner_id != viewer.user.pk
            and bool(found and found.verdict),
            "may_publish": viewer.holds(Perm.SIGN_COMPLIANCE)
            or viewer.holds(Perm.HEAD),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "improvement"),
        }
        template = "admin/complaints/improvement.html"
        return TemplateResponse(request, template, context, status=status)

    def do_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """POST: done, given up, or looked at."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        action = self.visible_or_404(request, str(pk))
        viewer, form = viewer_for(request), WordsForm(request.POST)
        words = form.cleaned_data["words"] if form.is_valid() else ""
        try:
            if name == "verify":
                improvement.verify(action=action, actor=viewer)
            elif name == "finish":
                improvement.finish(action=action, words=words, actor=viewer)
            elif name == "drop":
                improvement.drop(action=action, words=words, actor=viewer)
            else:
                raise Http404
        except NotPermitted as error:
            raise PermissionDenied from error
        except RecourseError as error:
            messages.error(request, " ".join(words_of(error)))
            return self._page(request, action, form, status=error.status)
        messages.success(request, _("Kept."))
        return HttpResponseRedirect(reverse(ACTION, args=(action.pk,)))


def _line(
    action: ImprovementAction, labels: dict[str, str], today: date
) -> dict[str, Any]:
    return {
        "action": action,
        "cause": labels.get(action.cause, action.cause),
        "late": action.state == Progress.OPEN and action.due_on < today,
    }


def _cause_line(line: Any, most: int, natures: dict[str, Any]) -> dict[str, Any]:
    named = [f"{natures.get(code, code)} {n}" for code, n in line.natures.items()]
    return {
        "line": line,
        "width": round(100 * line.count / most, 2),
        "natures": ", ".join(named),
    }


def _incident(request: HttpRequest, viewer: Viewer) -> Incident | None:
    given = request.GET.get("incident", "")
    if not given.isdecimal() or len(given) > 18:
        return None
    found: Incident | None = (
        Incident.objects.visible_to(viewer).filter(pk=int(given)).first()
    )
    return found


def _initial(incident: Incident | None, cause: str) -> dict[str, Any]:
    if incident is None:
        return {"cause": cause}
    return {
        "team": incident.team_id,
        "cause": incident.cause,
        "category": incident.category_id,
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
