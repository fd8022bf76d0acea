"""Appeals in the staff's door: the queue of reviewers and the page of one appeal."""

from typing import Any, ClassVar

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
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.bundle import BundlePages
from appeals.admin.draft import NewDecisionPages
from appeals.admin.outside import OutsidePages
from appeals.admin.outside_ask import OutsideFormPages
from appeals.admin.page import appeal_context
from appeals.admin.panel import PanelPages, panel_context
from appeals.admin.register import RegisterPages
from appeals.admin.routes import RoutePages
from appeals.admin.work import ReviewPages
from appeals.cohorts import FEW, cohorts
from appeals.models import Appeal
from appeals.selectors import readable_by_staff, reads_appeals
from complaints.admin.moves import Move, TransitionAdminMixin
from complaints.admin.scoped import TeamScopedAdmin, viewer_for
from complaints.permissions import Viewer

LIST = "admin:appeals_appeal_changelist"
PAGE = "admin:appeals_appeal_change"


@admin.register(Appeal)
class AppealAdmin(
    ReviewPages,
    PanelPages,
    NewDecisionPages,
    BundlePages,
    OutsidePages,
    OutsideFormPages,
    RegisterPages,
    RoutePages,
    TransitionAdminMixin,
    TeamScopedAdmin,
):
    """Rows through ``readable_by_staff``; every write is a transition or a service."""

    list_display = (
        "case",
        "state",
        "due",
        "reviewer_name",
        "against",
        "lodged",
        "in_time",
    )
    list_filter = ("state",)
    list_per_page = 50
    ordering = ("-lodged_at", "-pk")

    PAGES: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("overturned/", "overturned_view", "overturned"),
        ("<int:pk>/ground/<int:number>/", "ground_view", "ground"),
        ("<int:pk>/ruling/", "ruling_view", "ruling"),
        ("<int:pk>/reviewer/", "reviewer_view", "reviewer"),
        ("<int:pk>/panel/", "panel_view", "panel"),
        ("<int:pk>/vote/", "vote_view", "vote"),
        ("<int:pk>/step-back/", "step_back_view", "step_back"),
        ("<int:pk>/decision/", "draft_view", "draft"),
        ("<int:pk>/decision/remedy/", "remedy_view", "draft_remedy"),
        (
            "<int:pk>/decision/remedy/<int:remedy_pk>/remove/",
            "drop_remedy_view",
            "drop_remedy",
        ),
        ("<int:pk>/decision/propose/", "propose_view", "propose"),
        ("<int:pk>/decision/sign/", "sign_view", "sign"),
        ("<int:pk>/decision/return/", "return_view", "return"),
        ("<int:pk>/bundle/", "bundle_view", "bundle"),
        ("<int:pk>/bundle/<int:number>/", "bundle_file_view", "bundle_file"),
        ("routes/", "routes_view", "routes"),
        ("arbitrators/", "arbitrators_view", "arbitrators"),
        ("arbitrators/<int:number>/", "arbitrator_view", "arbitrator"),
        ("<int:pk>/outside/", "outside_view", "outside"),
        ("<int:pk>/outside/terms/", "outside_terms_view", "outside_terms"),
        ("<int:pk>/outside/do/<str:name>/", "outside_do_view", "outside_do"),
        (
            "<int:pk>/outside/seat/<int:number>/<str:name>/",
            "outside_seat_view",
            "outside_seat",
        ),
        (
            "<int:pk>/outside/question/<int:number>/",
            "outside_answer_view",
            "outside_answer",
        ),
        (
            "<int:pk>/outside/order/<int:number>/",
            "outside_comply_view",
            "outside_comply",
        ),
        (
            "<int:pk>/outside/objection/<int:number>/",
            "outside_objection_view",
            "outside_objection",
        ),
        ("<int:pk>/outside/award/", "outside_award_view", "outside_award"),
        ("<int:pk>/outside/prepare/", "outside_prepare_view", "outside_prepare"),
        ("<int:pk>/outside/publish/", "outside_publish_view", "outside_publish"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return readable_by_staff(viewer_for(request))

    @admin.display(description=_("Case"), ordering="complaint__reference")
    def case(self, appeal: Appeal) -> str:
        return str(appeal.complaint.reference)

    @admin.display(description=_("Due"), ordering="complaint__next_due_at")
    def due(self, appeal: Appeal) -> Any:
        return appeal.complaint.next_due_at if appeal.in_hand else None

    @admin.display(description=_("Against"))
    def against(self, appeal: Appeal) -> Any:
        return f"D{appeal.decision.number}" if appeal.decision else _("the refusal")

    @admin.display(description=_("Lodged"), ordering="lodged_at")
    def lodged(self, appeal: Appeal) -> Any:
        return appeal.lodged_at

    @admin.display(description=_("Reviewer"), ordering="reviewer")
    def reviewer_name(self, appeal: Appeal) -> Any:
        return appeal.reviewer or _("nobody yet")

    # One appeal ----------------------------------------------------------------------

    def seen(self, request: HttpRequest, pk: int) -> tuple[Appeal, Viewer]:
        """The appeal and who looks at it; 404 for everything else."""
        viewer = viewer_for(request)
        row = readable_by_staff(viewer).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row, viewer

    def to_page(self, appeal: Appeal, viewer: Viewer, anchor: str = "") -> HttpResponse:
        """The appeal's page, or the queue where it has left the viewer's sight."""
        if not readable_by_staff(viewer).filter(pk=appeal.pk).exists():
            return HttpResponseRedirect(reverse(LIST))
        address = reverse(PAGE, args=(appeal.pk,))
        return HttpResponseRedirect(address + (f"#{anchor}" if anchor else ""))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        row = self.visible_or_404(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            **appeal_context(row, viewer_for(request)),
            **panel_context(row, viewer_for(request)),
            "title": _("Appeal"),
            "subtitle": str(row.complaint.reference),
        }
        return TemplateResponse(request, "admin/appeals/appeal.html", context)

    def overturned_view(self, request: HttpRequest) -> HttpResponse:
        """How first decisions fared, by month and team; for those who read appeals."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        if not reads_appeals(viewer):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("How first decisions fared on appeal"),
            "cohorts": cohorts(viewer.at),
            "few": FEW,
            "back_url": reverse(LIST),
        }
        return TemplateResponse(request, "admin/appeals/overturned.html", context)

    # The generic moves end on the page of the appeal ----------------------------------

    def _move(self, request: HttpRequest, pk: int, name: str) -> Move:
        """Who may not read the appeal moves it by the customer's word alone."""
        move: Move = super()._move(request, pk, name)
        if not move.spec.by_customer:
            self.seen(request, pk)
        return move

    def _done(self, request: HttpRequest, move: Move) -> HttpResponse:
        words = _("%(move)s: done. Now: %(state)s.") % {
            "move": move.spec.label,
            "state": move.obj.get_state_display(),
        }
        messages.success(request, words)
        return self.to_page(move.obj, move.viewer)

    def _frame(self, request: HttpRequest, move: Move) -> dict[str, Any]:
        frame: dict[str, Any] = super()._frame(request, move)
        if readable_by_staff(move.viewer).filter(pk=move.obj.pk).exists():
            frame["back_url"] = reverse(PAGE, args=(move.obj.pk,))
        return frame
