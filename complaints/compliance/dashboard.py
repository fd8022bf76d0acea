"""The dashboards: all twelve boards at once, each on its own page, as files, and the
cases behind each number. GET and HEAD alone; every view is on the ledger."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.compliance import behind, files, listing
from complaints.compliance.asked import Asked, read_query
from complaints.compliance.boards.all import BOARDS
from complaints.compliance.boards.base import Board, Ctx
from complaints.compliance.models import Snapshot
from complaints.compliance.noted import note
from complaints.compliance.rollup import compare
from complaints.compliance.rollup.read import Reader
from complaints.compliance.views import reviewers_only
from complaints.permissions import Viewer
from teams.models import Team
from teams.roles import Perm

KEYS = ("team", "zone")
PERIODS = (28, 91, 182, 365)


@reviewers_only
def overview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All boards, small."""
    ctx = _context(request, viewer, timezone.now())
    # Only what has to be cleared up leads further from here: a link costs as much as
    # a number.
    small = replace(ctx, linked=False)
    boards = [
        make(ctx if slug == "quality" else small) for slug, make in BOARDS.items()
    ]
    checksum = files.checksum(boards)
    _note(
        ctx,
        {
            "door": "overview",
            "rows": sum(len(b.body) for b in boards),
            "checksum": checksum,
        },
    )
    shown = {
        **_frame(ctx),
        "quality": boards[0],
        "boards": boards[1:],
        "checksum": checksum,
    }
    return render(request, "compliance/overview.html", shown)


@reviewers_only
def chart(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """One board with its table; /slug.csv and /slug.xlsx are the same as files."""
    ctx = _context(request, viewer, timezone.now())
    board = _board(ctx, slug)
    checksum = files.checksum([board])
    _note(
        ctx,
        {
            "door": "chart",
            "figure": slug,
            "rows": len(board.body),
            "checksum": checksum,
        },
    )
    shown = {
        **_frame(ctx),
        "board": board,
        "checksum": checksum,
        "zone": ctx.asked.others.get("zone", ""),
    }
    return render(request, "compliance/chart.html", shown)


@reviewers_only
def chart_csv(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The table of one board as comma-separated values."""
    return _file(request, viewer, slug, "csv", "text/csv; charset=utf-8")


@reviewers_only
def chart_xlsx(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The table of one board as a workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(request, viewer, slug, "xlsx", kind)


def _file(
    request: HttpRequest, viewer: Viewer, slug: str, form: str, content_type: str
) -> HttpResponse:
    ctx = _context(request, viewer, timezone.now())
    board = _board(ctx, slug)
    checksum = files.checksum([board])
    _note(
        ctx,
        {"door": form, "figure": slug, "rows": len(board.body), "checksum": checksum},
    )
    facts = _facts(ctx, checksum)
    write = {"csv": files.to_csv, "xlsx": files.to_xlsx}[form]
    answer = HttpResponse(write(board, facts), content_type=content_type)
    name = f"{slug}-{ctx.asked.first}-{ctx.asked.last}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@reviewers_only
def rows(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The cases behind one number, a page at a time."""
    now = timezone.now()
    asked = read_query(request.GET, now, behind.FILTERS)
    team = _team(asked)
    reader = Reader(asked.first, asked.last)
    marks = behind.marks_of(
        asked, (reader.as_of or now).date(), team.pk if team else None
    )
    found = listing.page_of(behind.cases(viewer, marks), asked.others.get("after", ""))
    ctx = Ctx(asked, viewer, now, reader)
    keys = "".join(f"{case.pk}," for case in found.cases)
    checksum = hashlib.sha256(keys.encode()).hexdigest()
    _note(ctx, {"door": "rows", "rows": len(found.cases), "checksum": checksum})
    others = {key: text for key, text in asked.others.items() if key != "after"}
    kept = {"team": others["team"]} if "team" in others else {}
    shown = {
        "asked": asked,
        "now": now,
        "cases": found.cases,
        "back_query": asked.query(**kept),
        "older": asked.query(**others, after=found.after) if found.after else "",
        "newest": asked.query(**others) if "after" in asked.others else "",
    }
    return render(request, "compliance/cases.html", shown)


@reviewers_only
def months(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The frozen months, who signed them, and what restatements changed."""
    now = timezone.now()
    asked = read_query(request.GET, now)
    versions = list(Snapshot.objects.select_related("signed_by")[:60])
    before = {(row.month, row.version): row for row in versions}
    lines = [
        (row, compare.differences(old, row) if old else [])
        for row in versions
        for old in [before.get((row.month, row.version - 1))]
    ]
    ctx = Ctx(asked, viewer, now, Reader(asked.first, asked.last))
    _note(ctx, {"door": "months", "rows": len(lines)})
    shown = {"lines": lines, "now": now, "may_sign": viewer.holds(Perm.HEAD)}
    return render(request, "compliance/months.html", shown)


# What all of them need ----------------------------------------------------------------


def _context(request: HttpRequest, viewer: Viewer, now: datetime) -> Ctx:
    asked = read_query(request.GET, now, KEYS)
    team = _team(asked)
    zone = asked.others.get("zone", "")
    if zone not in ("", "local"):
        raise BadRequest("no such zone")
    reader = Reader(asked.first, asked.last, team.pk if team else None)
    return Ctx(asked, viewer, now, reader, _hours(now) if zone else 0)


def _hours(now: datetime) -> int:
    """Whole hours that the reader's own clock is ahead of UTC."""
    ahead = timezone.localtime(now).utcoffset()
    return round(ahead.total_seconds() / 3600) if ahead else 0


def _team(asked: Asked) -> Team | None:
    code = asked.others.get("team")
    if not code:
        return None
    team = Team.objects.filter(code=code).first()
    if team is None:
        raise BadRequest("no such team")
    return team


def _board(ctx: Ctx, slug: str) -> Board:
    if slug not in BOARDS:
        raise Http404
    return BOARDS[slug](ctx)


def _frame(ctx: Ctx) -> dict[str, Any]:
    """What stands above every board: period, team, as of, and links that keep them."""
    code = ctx.asked.others.get("team", "")
    kept = dict(ctx.asked.others)
    return {
        "asked": ctx.asked,
        "at": ctx.as_of,
        "reckoned": ctx.reader.as_of is not None,
        "teams": ctx.teams,
        "team": next((team for team in ctx.teams if team.code == code), None),
        "query": ctx.asked.query(**kept),
        "local_query": ctx.asked.query(**{**kept, "zone": "local"}),
        "utc_query": ctx.asked.query(**{k: v for k, v in kept.items() if k != "zone"}),
        "whole_query": ctx.asked.query(),
        "periods": _periods(ctx, kept),
        "frozen": _frozen_words(ctx),
    }


def _periods(ctx: Ctx, kept: dict[str, str]) -> list[dict[str, Any]]:
    """Lengths up to today, as one click each."""
    today = ctx.now.date()
    words = (_("4 weeks"), _("13 weeks"), _("26 weeks"), _("a year"))
    found = []
    for days, name in zip(PERIODS, words, strict=True):
        first = today.fromordinal(today.toordinal() - days + 1)
        asked = Asked(first, today, kept)
        chosen = (ctx.asked.first, ctx.asked.last) == (first, today)
        found.append({"words": name, "query": asked.query(**kept), "chosen": chosen})
    return found


def _frozen_words(ctx: Ctx) -> int:
    """How many months of the period are signed off."""
    return sum(
        ctx.asked.first.replace(day=1) <= month <= ctx.asked.last
        for month in ctx.reader.frozen
    )


def _facts(ctx: Ctx, checksum: str) -> files.Facts:
    return [
        (_("Taken by"), ctx.viewer.user.get_username()),
        (_("At"), ctx.now.isoformat(timespec="seconds")),
        (_("Period"), f"{ctx.asked.first} … {ctx.asked.last}"),
        (_("Team"), ctx.asked.others.get("team", _("all"))),
        (_("As of"), ctx.as_of.isoformat(timespec="seconds")),
        (_("Checksum"), checksum),
        (_("For"), _("compliance alone; every copy is on the ledger")),
    ]


def _note(ctx: Ctx, facts: dict[str, str | int]) -> None:
    """Who looked at what; a cursor says nothing and is left out."""
    others = {key: text for key, text in ctx.asked.others.items() if key != "after"}
    asked_for = {"from": ctx.asked.first, "to": ctx.asked.last, **others}
    note(ctx.viewer, ctx.now, {"filter": asked_for, **facts})
