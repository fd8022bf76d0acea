"""Who can see what: the page on which the head confirms or revokes each role."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from complaints.admin.rail import rail_groups
from complaints.admin.scoped import viewer_for
from complaints.errors import NotPermitted
from complaints.permissions import Viewer
from complaints.selectors.access import Seat, all_seats, number_due, seats
from complaints.services import access_review
from complaints.spreadsheet import csv_text
from teams.models import Membership, Team

ACCESS = "admin:complaints_complaint_access"
DECISIONS = {"confirm": access_review.confirm, "revoke": access_review.revoke}


class AccessPages:
    """Views of ``ComplaintAdmin`` for the head of complaints and superusers."""

    admin_site: Any

    def access_view(self, request: HttpRequest) -> HttpResponse:
        """GET lists, POST decides about one role."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = _reviewer(request)
        if request.method == "POST":
            return _decide(request, viewer)
        team, only_due = _asked(request)
        after = request.GET.get("after", "").replace("\0", "")[:150]
        listed, more = seats(viewer.at, team=team, only_due=only_due, after=after)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who can see what"),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "access"),
            "seats": listed,
            "due": number_due(viewer.at),
            **_filters(team, only_due),
            "older_url": _address(team, only_due, more) if more else "",
            "newer_url": _address(team, only_due) if after else "",
            "now": viewer.at,
            "me": viewer.user.pk,
        }
        return TemplateResponse(request, "admin/complaints/access.html", context)

    def access_export_view(self, request: HttpRequest) -> HttpResponse:
        """The same as a table for a spreadsheet; taking it away is on the ledger."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        viewer = _reviewer(request)
        with transaction.atomic():
            listed = all_seats(viewer.at)
            access_review.record_export(actor=viewer, rows=len(listed))
        answer = HttpResponse(
            csv_text([_head(), *map(_cells, listed)]),
            content_type="text/csv; charset=utf-8",
        )
        name = f"access-{viewer.at:%Y-%m-%d}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "no-store"
        return answer


def _reviewer(request: HttpRequest) -> Viewer:
    viewer = viewer_for(request)
    if not access_review.may_review(viewer):
        raise PermissionDenied
    return viewer


def _decide(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    number, do = request.POST.get("membership", ""), request.POST.get("do", "")
    if do not in DECISIONS:
        return HttpResponseBadRequest()
    key = int(number) if number.isdecimal() and len(number) < 19 else 0
    rows = Membership.objects.live(viewer.at).select_related("user", "team")
    row = get_object_or_404(rows, pk=key)
    try:
        DECISIONS[do](membership=row, actor=viewer)
    except NotPermitted as error:
        raise PermissionDenied(str(error.words)) from error
    messages.success(request, _said(do, row))
    return HttpResponseRedirect(_address(*_asked(request)))


def _said(do: str, row: Membership) -> str:
    words = (
        _("%(person)s keeps %(role)s, %(team)s.")
        if do == "confirm"
        else _("%(person)s has lost %(role)s, %(team)s, and is signed out everywhere.")
    )
    facts = {"person": row.user, "role": row.get_role_display(), "team": row.team}
    return words % facts


# Addresses ----------------------------------------------------------------------------


def _asked(request: HttpRequest) -> tuple[str, bool]:
    return request.GET.get("team", "").replace("\0", "")[:32], "due" in request.GET


def _address(team: str, only_due: bool, after: str = "") -> str:
    parts = {"team": team, "due": "1" if only_due else "", "after": after}
    return reverse(
        ACCESS, query={name: value for name, value in parts.items() if value}
    )


def _filters(team: str, only_due: bool) -> dict[str, Any]:
    teams = [
        {
            "words": row.label,
            "url": _address("" if row.code == team else row.code, only_due),
            "chosen": row.code == team,
        }
        for row in Team.objects.all()
    ]
    return {
        "teams": teams,
        "chosen": [line for line in teams if line["chosen"]],
        "only_due": only_due,
        "due_url": _address(team, not only_due),
    }


# The spreadsheet ----------------------------------------------------------------------


def _head() -> list[str]:
    return [
        _("Account"),
        _("Name"),
        _("Team"),
        _("Role"),
        _("Sees"),
        _("Approval limit"),
        _("Since"),
        _("Until"),
        _("Last used"),
        _("Confirmed"),
        _("By"),
        _("Given with"),
    ]


def _cells(seat: Seat) -> list[str]:
    return [
        seat.user.username,
        str(seat.user),
        *_role_cells(seat),
        *_review_cells(seat),
    ]


def _role_cells(seat: Seat) -> Iterator[str]:
    row = seat.membership
    yield str(row.team) if row else ""
    yield str(row.get_role_display()) if row else _("Superuser")
    yield "; ".join(str(words) for words in seat.sees)
    yield "" if row is None or row.approval_limit is None else f"{row.approval_limit:f}"


def _review_cells(seat: Seat) -> Iterator[str]:
    row = seat.membership
    yield _moment(row.since if row else seat.user.date_joined)
    yield _moment(row.until if row else None)
    yield _moment(seat.last_used)
    yield _moment(row.confirmed_at if row else None)
    yield str(row.confirmed_by or "") if row else ""
    yield str(row.template or "") if row else ""


def _moment(at: Any) -> str:
    return date_format(localtime(at), "Y-m-d H:i") if at else ""
