"""What has become of a request to protect the account, live and by reload."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.models import Clock, Complaint, Draft, ProtectionRequest
from complaints.permissions import Viewer
from complaints.portal import filing
from complaints.portal.file import hold
from complaints.portal.viewer import case_view
from complaints.states import InterimKind, Step

ASKED: dict[str, Any] = {
    InterimKind.FREEZE: lambda: _("You asked us to freeze the account."),
    InterimKind.WITHDRAWAL_LOCK: lambda: _("You asked us to lock withdrawals."),
    InterimKind.SESSION_KILL: lambda: _("You asked us to end all sessions."),
    InterimKind.KEY_RESET: lambda: _("You asked us to reset keys and passkeys."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@case_view
def show(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The state of the request; a POST goes on to telling the rest."""
    asked = _asked(case)
    if request.method == "POST":
        draft = filing.rest_of(request, case)
        hold(request, draft)
        return redirect("portal:draft", key=draft.key)
    context = {
        **_state(case, asked),
        "rest_told": Draft.objects.filter(
            complaint=case, sent_at__isnull=False
        ).exists(),
    }
    return render(request, "portal/protection.html", context)


@require_safe
@case_view
def state(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The part of that page which changes, for a script that asks now and then."""
    context = _state(case, _asked(case))
    return render(request, "portal/protection_state.html", context)


def _asked(case: Complaint) -> ProtectionRequest:
    rows = ProtectionRequest.objects.filter(complaint=case).select_related("measure")
    asked = rows.first()
    if asked is None:
        raise Http404
    return asked


def _state(case: Complaint, asked: ProtectionRequest) -> dict[str, Any]:
    clock = Clock.objects.filter(
        complaint=case, step=Step.PROTECT, subject=str(asked.pk)
    ).first()
    return {
        "case": case,
        "asked": asked,
        "entries": _entries(asked),
        "sentence": _sentence(asked),
        "due_at": clock.due_at if clock and asked.answered_at is None else None,
    }


def _sentence(asked: ProtectionRequest) -> str:
    """Where it stands, in one sentence."""
    if asked.measure is not None:
        return _("Done: %(measure)s.") % {"measure": asked.measure.get_kind_display()}
    if asked.answered_at is not None:
        return _("Security looked and took no measure.")
    if asked.seen_at is not None:
        return _("Somebody of the security team is looking at it now.")
    return _("The security team has your request before everything else.")


def _entries(asked: ProtectionRequest) -> list[dict[str, Any]]:
    """What has happened so far, newest first."""
    entries = [(asked.asked_at, ASKED[asked.kind](), "")]
    if asked.seen_at is not None:
        entries.append((asked.seen_at, _("The security team opened it."), ""))
    if asked.answered_at is not None:
        entries.append((asked.answered_at, _sentence(asked), asked.declined))
    return [
        {"at": at, "kind": "person", "text": words, "body": body, "direction": "out"}
        for at, words, body in reversed(entries)
    ]
