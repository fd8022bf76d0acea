"""The reviewer's door to the returns, GET and HEAD alone: what was produced, the file,
and the same sheets as a page to print."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from complaints.compliance.noted import note
from complaints.compliance.returns import orders, paper
from complaints.compliance.returns.kinds import BUILDERS, FORMS_OF, paper_for, suits
from complaints.compliance.returns.models import READERS, Form, Kind, Production
from complaints.compliance.returns.period import parse
from complaints.compliance.returns.serving import handed_out
from complaints.permissions import Viewer, as_staff, viewer_of_request

SIZE = 50
PRINTED = [kind for kind, forms in FORMS_OF.items() if Form.PDF in forms]
"""Returns that are also a page to print."""


def readers_only(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Signed in, and one of those who answer for the returns."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **keys: Any) -> HttpResponseBase:
        viewer = as_staff(viewer_of_request(request))
        if not any(map(viewer.holds, READERS)):
            raise PermissionDenied
        return view(request, viewer, *args, **keys)

    return require_safe(never_cache(login_required(inner)))


@readers_only
def returns(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What was produced, newest first, and what can be printed."""
    rows = Production.objects.visible_to(viewer).select_related("asked_by")
    before = request.GET.get("before", "")
    if before:
        if not before.isdecimal() or len(before) > 18:
            raise BadRequest("no such place")
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: SIZE + 1])
    shown = found[:SIZE]
    context = {
        "rows": [(row, row.is_ready and orders.may_open(row, viewer)) for row in shown],
        "older": shown[-1].pk if len(found) > SIZE else 0,
        "printed": [(kind, Kind(kind).label) for kind in PRINTED],
        "may_order": any(orders.may_order(kind, viewer) for kind in Kind.values),
        "year": timezone.now().year,
        "now": viewer.at,
    }
    return render(request, "compliance/returns.html", context)


@readers_only
def file(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponseBase:
    row = Production.objects.visible_to(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    return handed_out(row, viewer)


@readers_only
def printed(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    """The sheets of a return for ``?period=``, counted now."""
    if kind not in PRINTED:
        raise Http404
    now = timezone.now()
    try:
        period = parse(request.GET.get("period", "") or str(now.year))
        if not suits(kind, period):
            raise BadRequest("not of such a period")
        found = BUILDERS[kind](period, now)
    except ValueError as error:
        raise BadRequest("no such period") from error
    note(viewer, now, {"door": "return", **found.facts, "form": "page"})
    context = paper.context_of(paper_for(found), now)
    context["back_url"] = reverse("compliance:returns")
    return render(request, "compliance/paper.html", context)
