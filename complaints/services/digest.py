"""The morning's mail to those who lead: numbers of their team, no case by name.

Once a business day and lead, from eight o'clock where the team is; who is away, has
nothing open, or does not lead any more hears nothing.
"""

from dataclasses import replace
from datetime import datetime, time
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from complaints import clocks
from complaints.outbox import staff_notice
from complaints.permissions import viewer_of
from complaints.selectors.board import Board, board_of
from complaints.timing import team_calendar
from teams.models import Absence, Team, User
from teams.permissions import holders_on
from teams.roles import Perm

FROM: Final = time(8)
BOARD: Final = "admin:complaints_complaint_board"


def send_digests(*, now: datetime | None = None) -> int:
    """Write what is due this morning; how many mails that were (known ones too)."""
    at, written = now or timezone.now(), 0
    for team in Team.objects.select_related("calendar").order_by("pk"):
        if _is_morning(team, at):
            written += sum(_send(team, lead, at) for lead in _leads(team, at))
    return written


def _is_morning(team: Team, at: datetime) -> bool:
    """A business day of the team, after eight; the later hours catch up."""
    calendar = team_calendar(team)
    local = at.astimezone(clocks.zone(calendar.timezone))
    return local.time() >= FROM and clocks.is_business_day(local.date(), calendar)


def _leads(team: Team, at: datetime) -> list[User]:
    away = Absence.objects.filter(starts_at__lte=at, ends_at__gt=at).values("user")
    return list(holders_on(team, Perm.LEAD, at).exclude(pk__in=away))


def _send(team: Team, lead: User, at: datetime) -> bool:
    board = board_of(team, replace(viewer_of(lead), at=at))
    if not board.open:
        return False
    day = clocks.local_day(at, team.calendar.time_zone)
    with override(lead.language):
        staff_notice(
            key=f"digest:{team.pk}:{day}:{lead.pk}",
            user=lead,
            subject=_("%(team)s this morning") % {"team": team.label},
            body=_body(board),
            complaint=None,
            now=at,
        )
    return True


def _body(board: Board) -> str:
    unassigned = board.loads[0].open
    lines = [
        ngettext("%(n)s case is open.", "%(n)s cases are open.", board.open),
        ngettext("%(n)s case is late.", "%(n)s cases are late.", board.late),
        ngettext(
            "%(n)s falls due within a day.",
            "%(n)s fall due within a day.",
            board.soon,
        ),
        ngettext("%(n)s has nobody.", "%(n)s have nobody.", unassigned),
    ]
    numbers = (board.open, board.late, board.soon, unassigned)
    said = [line % {"n": n} for line, n in zip(lines, numbers, strict=True)]
    link = f"{settings.SITE_URL}{reverse(BOARD, query={'team': board.team.code})}"
    return "\n".join([*said, "", link, ""])
