"""The register in the staff's door: queue, case, and the pages hanging on them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from complaints.admin.access_view import AccessPages
from complaints.admin.barrier_view import BarrierPages
from complaints.admin.board_view import BoardPage
from complaints.admin.break_glass import BreakGlassPage
from complaints.admin.bulk_view import BulkPages
from complaints.admin.case_view import CasePages
from complaints.admin.compose import ComposePages
from complaints.admin.customer_view import CustomerPages
from complaints.admin.decision_view import DraftPages
from complaints.admin.dry_run_view import DryRunPage
from complaints.admin.evidence_view import EvidencePages
from complaints.admin.hold_view import HoldPage
from complaints.admin.letter_view import LetterPages
from complaints.admin.log_view import LogPage
from complaints.admin.moves import TransitionAdminMixin
from complaints.admin.order_view import OrderPages
from complaints.admin.person_view import PersonPages
from complaints.admin.presence_view import PresencePages
from complaints.admin.quality_view import QualityPages
from complaints.admin.queue_view import QueuePage
from complaints.admin.scoped import TeamScopedAdmin
from complaints.admin.status_view import StatusPage
from complaints.admin.work_view import WorkPages
from complaints.models import Complaint
from complaints.services.reading import record_reading


@admin.register(Complaint)
class ComplaintAdmin(
    QueuePage,
    OrderPages,
    BulkPages,
    PresencePages,
    CasePages,
    ComposePages,
    WorkPages,
    EvidencePages,
    CustomerPages,
    LetterPages,
    DraftPages,
    LogPage,
    BarrierPages,
    BreakGlassPage,
    AccessPages,
    BoardPage,
    QualityPages,
    HoldPage,
    PersonPages,
    DryRunPage,
    StatusPage,
    TransitionAdminMixin,
    TeamScopedAdmin,
):
    """Django's list and form give way to our pages; its rights to the viewer's."""

    PAGES: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("log/", "log_view", "log"),
        ("break-glass/", "break_glass_view", "break_glass"),
        ("board/", "board_view", "board"),
        ("quality/", "quality_view", "quality"),
        ("quality/<int:number>/", "score_view", "score"),
        ("holds/", "holds_view", "holds"),
        ("persons/", "persons_view", "persons"),
        ("persons/new/", "person_new_view", "person_new"),
        ("persons/<int:number>/extend/", "person_extend_view", "person_extend"),
        ("persons/<int:number>/answer/", "person_answer_view", "person_answer"),
        ("rules/", "dry_run_view", "dry_run"),
        ("access/", "access_view", "access"),
        ("access/export/", "access_export_view", "access_export"),
        ("restricted/", "restricted_view", "restricted"),
        ("restricted/<int:barrier_pk>/", "barrier_view", "barrier"),
        (
            "restricted/<int:barrier_pk>/file/<int:number>/",
            "barrier_file_view",
            "barrier_file",
        ),
        ("tasks/", "tasks_view", "tasks"),
        ("live/", "live_view", "live"),
        ("<int:pk>/here/", "here_view", "here"),
        ("bulk/", "bulk_view", "bulk"),
        ("bulk/<slug:key>/", "bulk_done_view", "bulk_done"),
        ("view/save/", "save_view_view", "view_save"),
        ("view/<int:number>/drop/", "drop_view_view", "view_drop"),
        ("<int:pk>/watch/", "watch_view", "watch"),
        ("<int:pk>/tag/", "tag_view", "tag"),
        ("<int:pk>/write/", "write_view", "write"),
        ("<int:pk>/timeline/", "timeline_view", "timeline"),
        ("<int:pk>/task/<int:number>/done/", "task_done_view", "task_done"),
        ("<int:pk>/care/", "care_view", "care"),
        ("<int:pk>/care/lift/", "care_lift_view", "care_lift"),
        ("<int:pk>/act/<slug:name>/", "act_view", "act"),
        ("<int:pk>/status/", "status_view", "status"),
        ("<int:pk>/status/message/", "status_message_view", "status_message"),
        ("<int:pk>/evidence/<int:number>/", "evidence_view", "evidence"),
        ("<int:pk>/evidence/<int:number>/look/", "look_view", "evidence_look"),
        ("<int:pk>/evidence/<int:number>/redact/", "redact_view", "evidence_redact"),
        (
            "<int:pk>/evidence/<int:number>/page/<int:page>/",
            "evidence_page_view",
            "evidence_page",
        ),
        ("<int:pk>/customer/", "customer_view", "customer"),
        ("<int:pk>/customer/merge/<int:number>/", "merge_view", "customer_merge"),
        ("<int:pk>/customer/part/<int:number>/", "part_view", "customer_part"),
        ("paper/", "paper_view", "paper"),
        ("<int:pk>/letter/<int:letter_pk>/", "letter_view", "letter"),
        ("<int:pk>/letter/<int:letter_pk>/pdf/", "letter_pdf_view", "letter_pdf"),
        ("<int:pk>/letter/<int:letter_pk>/print/", "letter_print_view", "letter_print"),
        ("<int:pk>/letter/<int:letter_pk>/posted/", "posted_view", "letter_posted"),
        ("<int:pk>/decision/", "draft_view", "draft"),
        ("<int:pk>/decision/remedy/", "remedy_view", "draft_remedy"),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return self.queue_page(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        case, viewer = self._case(request, pk)
        record_reading(complaint=case, actor=viewer)
        return self.case_page(request, case, viewer)
