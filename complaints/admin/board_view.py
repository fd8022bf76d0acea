"""The board of a team, for those who lead it and for the head of complaints."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.moves import do_url
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import viewer_for
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.selectors import sla
from complaints.selectors.board import Board, board_of, led_teams, urgent_of
from complaints.selectors.quality import weeks_of
from complaints.selectors.receipts import receipts_of
from teams.models import Team
from teams.roles import Perm

BOARD = "admin:complaints_complaint_board"


class BoardPage:
    """A view of ``ComplaintAdmin``; it changes nothing."""

    admin_site: Any

    def board_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        teams = led_teams(viewer)
        if not teams:
            raise PermissionDenied
        team = _chosen(teams, request.GET.get("team", ""))
        board = board_of(team, viewer)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(team)s at a glance") % {"team": team.label},
            "rail_groups": rail_groups(viewer, self.admin_site, request, "board"),
            "board": board,
            "teams": _lines(teams, team),
            "coming": _coming(board, viewer),
            "weeks": weeks_of(team),
            "urgent": _urgent(team, viewer),
            "now": viewer.at,
        }
        return TemplateResponse(request, "admin/complaints/board.html", context)


def _chosen(teams: list[Team], code: str) -> Team:
    return next((team for team in teams if team.code == code), teams[0])


def _lines(teams: list[Team], chosen: Team) -> list[dict[str, Any]]:
    return [
        {
            "words": team.label,
            "url": reverse(BOARD, query={"team": team.code}),
            "chosen": team == chosen,
        }
        for team in teams
    ]


def _urgent(team: Team, viewer: Viewer) -> list[dict[str, Any]]:
    """Cases at risk, those that nobody opened first, with who has and who has not."""
    cases = urgent_of(team, viewer)
    seen = receipts_of(cases)
    rows = [{"case": case, "receipts": seen.get(case.pk, [])} for case in cases]
    return sorted(rows, key=lambda row: any(r.seen_at for r in row["receipts"]))


def _coming(board: Board, viewer: Viewer) -> list[dict[str, Any]]:
    """The next limits; whoever leads the team may give the case to another."""
    may = viewer.holds_on(Perm.LEAD, board.team.pk)
    return [_row(case, viewer, may=may) for case in board.coming]


def _row(case: Complaint, viewer: Viewer, *, may: bool) -> dict[str, Any]:
    return {
        "case": case,
        "chip": sla.chip(case, viewer.at),
        "assign_url": do_url(case, "assign_to") if may else "",
    }
