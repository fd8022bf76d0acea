"""The reviewer's door: GET and HEAD alone, figures and the cases behind them.

Every view is on the ledger: a ``figures_viewed`` event on the day's stream of the desk
with filter and checksum. That event is the only thing these pages ever write.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from complaints.compliance import listing, page
from complaints.compliance.asked import Asked, read_query
from complaints.compliance.export import csv_of
from complaints.compliance.figures import Figures, read
from complaints.compliance.noted import note
from complaints.permissions import Viewer, viewer_of
from teams.roles import Perm

View = Callable[..., HttpResponse]
"""Takes the request, the viewer, and what the address names."""


def reviewers_only(view: View) -> Callable[..., HttpResponse]:
    """Signed in, with the right to read the register; nothing but GET and HEAD."""

    @wraps(view)
    def inner(request: HttpRequest, **named: str) -> HttpResponse:
        viewer = viewer_of(request.user)  # type: ignore[arg-type]
        if not viewer.holds(Perm.VIEW_REGISTER):
            raise PermissionDenied
        return view(request, viewer, **named)

    return require_safe(never_cache(login_required(inner)))


@reviewers_only
def figures(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What Art 8 asks for, for the period of the address."""
    now = timezone.now()
    asked = read_query(request.GET, now)
    found = _read(asked, now, viewer, "page")
    context = {
        "asked": asked,
        "figures": found,
        "checksum": found.checksum(),
        "shown": page.figures_of(found, asked),
        "open_query": asked.query(show="open"),
        "overdue_query": asked.query(show="overdue"),
        "period_query": asked.query(),
    }
    return render(request, "compliance/figures.html", context)


@reviewers_only
def export(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The same figures as a file of comma-separated values."""
    now = timezone.now()
    asked = read_query(request.GET, now)
    found = _read(asked, now, viewer, "csv")
    facts = [
        (_("Period"), asked.first.isoformat(), asked.last.isoformat()),
        (_("As of"), found.at.isoformat(timespec="seconds")),
        (_("Open now"), str(found.open)),
        (_("Overdue now"), str(found.overdue)),
        (_("Checksum"), found.checksum()),
    ]
    text = csv_of(page.figures_of(found, asked), facts)
    answer = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
    name = f"figures-{asked.first}-{asked.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@reviewers_only
def cases(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The cases behind one figure."""
    now = timezone.now()
    asked = read_query(request.GET, now, listing.FILTERS)
    found = listing.list_cases(asked, viewer, now)
    _note(viewer, now, asked, {"door": "cases", "shown": len(found.cases)})
    others = {key: text for key, text in asked.others.items() if key != "after"}
    context = {
        "asked": asked,
        "now": now,
        "cases": found.cases,
        "back_query": asked.query(),
        "older": asked.query(**others, after=found.after) if found.after else "",
        "newest": asked.query(**others) if "after" in asked.others else "",
    }
    return render(request, "compliance/cases.html", context)


def _read(asked: Asked, now: datetime, viewer: Viewer, door: str) -> Figures:
    found = read(asked.since, asked.until, now)
    _note(viewer, now, asked, {"door": door, "checksum": found.checksum()})
    return found


def _note(
    viewer: Viewer, now: datetime, asked: Asked, facts: dict[str, str | int]
) -> None:
    """Who looked at what; a cursor says nothing and is left out."""
    others = {key: text for key, text in asked.others.items() if key != "after"}
    asked_for = {"from": asked.first, "to": asked.last, **others}
    note(viewer, now, {"filter": asked_for, **facts})
