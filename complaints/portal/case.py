"""The page of one complaint and the list of all of them."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints import profiles
from complaints.chains import network_of
from complaints.models import Complaint, Draft, Evidence, Letter, Representative
from complaints.moments import read_moment
from complaints.permissions import Viewer
from complaints.portal.decision import issued_decision
from complaints.portal.steps import closing_sentence, next_step
from complaints.portal.viewer import case_view, no_store, own_complaints, viewer_for
from complaints.profiles import limit_words
from complaints.registry import beside_of
from complaints.selectors.case_file import read_file
from complaints.selectors.public_date import last_day, running
from complaints.selectors.timeline import story_for_customer
from complaints.services import drafts
from complaints.services.feedback import may_rate
from complaints.states import (
    FINAL_STATES,
    Direction,
    EvidenceKind,
    IdentifierKind,
    LetterKind,
    PublicLabel,
    State,
    Step,
)
from complaints.templatetags.look import written
from complaints.workflow import available_transitions

PAGE = 20
LIST_COLUMNS = (
    "pk",
    "reference",
    "subject",
    "state",
    "closing_reason",
    "received_at",
    "profile_key",
)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My complaints, newest first; the next page starts after the last one seen."""
    viewer = viewer_for(request)
    if not request.user.is_authenticated and not viewer.only:
        return no_store(redirect(f"{reverse('portal:track')}?next={request.path}"))
    rows = own_complaints(viewer).select_related("merged_into")
    page = list(_after(rows, request.GET.get("after", ""))[: PAGE + 1])
    context = {
        "rows": [_row(case) for case in page[:PAGE]],
        "older_url": _older(page),
        "newer_url": reverse("portal:mine") if request.GET.get("after") else "",
        "drafts": _drafts(request),
    }
    return no_store(render(request, "portal/mine.html", context))


def _drafts(request: HttpRequest) -> list[Draft]:
    """What was begun and not sent, on the first page of the list."""
    if not request.user.is_authenticated or request.GET.get("after"):
        return []
    return drafts.of_user(request.user)


def _after(rows: Any, mark: str) -> Any:
    """Rows behind the mark ``<ISO moment>~<pk>``; a broken mark means from the top."""
    rows = rows.order_by("-received_at", "-pk").prefetch_related("clocks")
    moment, _tilde, pk = mark.partition("~")
    at = read_moment(moment)
    if at is None or not pk.isdecimal() or len(pk) > 18:
        return rows
    earlier = rows.filter(received_at__lte=at)
    return earlier.exclude(received_at=at, pk__gte=int(pk))


def _older(page: list[Complaint]) -> str:
    if len(page) <= PAGE:
        return ""
    last = page[PAGE - 1]
    mark = f"{last.received_at.isoformat()}~{last.pk}".replace("+", "%2B")
    return f"{reverse('portal:mine')}?after={mark}"


def _row(case: Complaint) -> dict[str, Any]:
    return {
        "case": case,
        "url": reverse("portal:case", args=[case.reference]),
        "status": str(case.public_label),
        "next": next_step(case),
        "closing": closing_sentence(case),
    }


@require_safe
@case_view
def show(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """Everything the customer may know, on one page."""
    context = {**_context(case, viewer), "live": case.state not in FINAL_STATES}
    return render(request, "portal/case.html", context)


@require_safe
@case_view
def live(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """What changes on that page by itself, for the script that asks again."""
    return render(request, "portal/case_body.html", _context(case, viewer))


def _context(case: Complaint, viewer: Viewer) -> dict[str, Any]:
    read_file(case)
    may = available_transitions(case, viewer, seen=True)
    offers = {offer.name: offer for offer in may}
    question = _question(case) if "customer_answered" in offers else None
    files, beside = _files(case, viewer), beside_of(case)
    return {
        "case": case,
        "status": str(PublicLabel.WAITING if beside.turns else case.public_label),
        "turns": beside.turns,
        "stands": beside.stands,
        "next": next_step(case),
        "closing": closing_sentence(case),
        "rate": may_rate(case),
        # What we ask comes before what somebody has still to tell.
        "untold": question is None and _untold(case),
        "question": question,
        "decision": issued_decision(case),
        "entries": story_for_customer(case, viewer, files),
        "evidence": [tile(row) for row in files],
        "letters": _letters(case),
        "facts": facts(case),
        "may": {name: True for name, offer in offers.items() if offer.allowed},
    }


def _untold(case: Complaint) -> bool:
    """Whether an alarm was sent of which the rest is not told yet."""
    if not case.funds_at_risk or case.state in FINAL_STATES:
        return False
    return Draft.objects.filter(complaint=case, sent_at=None).exists()


def _question(case: Complaint) -> dict[str, Any] | None:
    """What we asked, by when the answer is due, and what happens without one."""
    asked = case.messages.filter(is_question=True, direction=Direction.OUTBOUND).last()
    clock = running(case).get(Step.ANSWER_CUSTOMER)
    law = running(case).get(Step.STATUTORY_DECISION)
    if asked is None:
        return None
    return {
        "text": asked.text,
        "lang": asked.language,
        "by": last_day(clock, case) if clock else None,
        "law": last_day(law, case) if law else None,
    }


def _files(case: Complaint, viewer: Viewer) -> list[Evidence]:
    rows = list(Evidence.objects.visible_to(viewer).filter(complaint=case))
    for row in rows:
        row.complaint = case
    return rows


def tile(row: Evidence) -> dict[str, Any]:
    """One file as the evidence tile shows it."""
    ours = row.kind not in (EvidenceKind.CUSTOMER_FILE, EvidenceKind.AUTHORITY)
    return {
        "name": row.original_name,
        "number": row.label,
        "url": _look_url(row),
        "source": _("from our systems") if ours else _("from you"),
        "format": FORMATS.get(row.content_type, ""),
        "size": row.size,
        "at": row.added_at,
        "picture": row.content_type.startswith("image/"),
        "state": row.scan_state,
    }


FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "image/heic": "HEIC",
    "application/pdf": "PDF",
    "text/plain": "TXT",
    "application/zip": "ZIP",
}


def _look_url(row: Evidence) -> str:
    return reverse("portal:evidence-look", args=[row.complaint.reference, row.number])


def evidence_url(row: Evidence) -> str:
    return reverse("portal:evidence", args=[row.complaint.reference, row.number])


def _letters(case: Complaint) -> list[dict[str, Any]]:
    """Newest first; of a case whose file was read."""
    rows = sorted(case.letters.all(), key=lambda row: row.written_at, reverse=True)
    return [
        {
            "url": reverse("portal:letter", args=[case.reference, row.pk]),
            "letter": row,
            "posted_on": _posted_on(row),
        }
        for row in rows
        if row.kind != LetterKind.TRACKING_LINK
    ]


def _posted_on(letter: Letter) -> date | None:
    """The last day on which a copy on paper went out."""
    days = (row.posted_on for row in letter.dispatches.all())
    return max(filter(None, days), default=None)


def facts(case: Complaint) -> list[dict[str, Any]]:
    """What stands beside the page: who has it, when it came, what it is about."""
    rows = [_with(case), _fact(_("Received"), case.received_at)]
    law = running(case).get(Step.STATUTORY_DECISION)
    if law is not None:
        limit = profiles.by_key(case.profile_key).decision
        note = _("%(limit)s, counted from receipt; nothing pauses it") % {
            "limit": limit_words(limit)
        }
        rows.append(
            {
                "term": _("Decision at the latest"),
                "day": last_day(law, case),
                "note": note,
            }
        )
    if case.amount is not None:
        rows.append({"term": _("Amount"), "amount": case.amount, "asset": case.asset})
    rows += [
        {"term": _kind(row.kind), "code": row.value, "note": _network(row.network)}
        for row in case.identifiers.all()[:5]
    ]
    return rows + [_represented(row) for row in case.representatives.all()]


def _represented(speaker: Representative) -> dict[str, Any]:
    """Who speaks for the customer, by what right, how far and until when."""
    notes = [str(speaker.get_capacity_display()), speaker.scope]
    if speaker.valid_until:
        day = written(speaker.valid_until, "date")
        notes.append(_("Until %(day)s") % {"day": day})
    return {
        "term": _("Represented by"),
        "value": speaker.full_name,
        "note": " · ".join(filter(None, notes)),
    }


def _network(name: str) -> str:
    """As the network calls itself; what we do not know stays as it was typed."""
    known = network_of(name)
    return known.name if known else name


def _kind(kind: str) -> str:
    return str(IdentifierKind(kind).label) if kind in IdentifierKind.values else kind


def _fact(term: str, at: Any) -> dict[str, Any]:
    return {"term": term, "at": at}


def _with(case: Complaint) -> dict[str, Any]:
    team = case.team.label
    words = (
        _("Handler, %(team)s") % {"team": team}
        if case.handler_id and case.state not in (State.CLOSED, State.WITHDRAWN)
        else str(team)
    )
    return {"term": _("With"), "value": words}
