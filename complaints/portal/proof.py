"""The customer's proof that the history of their case is in the published ledger."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.portal.viewer import case_view
from complaints.services import ledger_roots


@require_safe
@case_view
def show(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """What the receipt says, and the check of it in this browser."""
    found = ledger_roots.receipt(case)
    context = {
        "case": case,
        "found": found,
        "root": ledger_roots.latest(),
        "receipt": _text(found) if found else "",
    }
    return render(request, "portal/proof.html", context)


@require_safe
@case_view
def file(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The receipt to keep; the page that says why where there is none yet."""
    found = ledger_roots.receipt(case)
    if found is None:
        return redirect("portal:proof", case.reference)
    response = HttpResponse(_text(found), content_type="application/json")
    name = f"{case.reference}-receipt.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _text(found: object) -> str:
    return json.dumps(found, indent=1)
