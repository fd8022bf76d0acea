"""The roots of the ledger, and the page that checks a receipt."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from complaints.services import ledger_roots

MOST_BYTES = ledger_roots.MOST_BYTES


@require_safe
def published(_request: HttpRequest) -> JsonResponse:
    """Every root with its signature; for those who keep them and for the check."""
    response = JsonResponse(ledger_roots.published())
    response["Cache-Control"] = "public, max-age=600"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A receipt held against what is published. The script does it in the browser and
    sends nothing; without scripts the server does, and keeps nothing."""
    context = {"receipt": "", "steps": {}, "holds": False}
    if request.method == "POST":
        text = _given(request)
        steps = ledger_roots.check_receipt(text)
        context = {"receipt": text, "steps": steps, "holds": all(steps.values())}
    return render(request, "public/check.html", context)


def _given(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    if upload is not None:
        raw: bytes = upload.read(MOST_BYTES + 1)
        return raw.decode(errors="replace")
    return request.POST.get("receipt", "")[: MOST_BYTES + 1]
