"""The queue page: views at the left, filters in the address, one row a case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.log_view import may_log
from complaints.admin.moves import CASE, QUEUE
from complaints.admin.rail import supervision, to_do
from complaints.admin.scoped import viewer_for
from complaints.errors import InvalidInput
from complaints.models import Category, Complaint
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.selectors.queue import (
    ALL,
    CAP,
    MINE,
    OVERDUE,
    TEAM,
    TO_SIGN,
    UNASSIGNED,
    VIEWS,
    WAITING,
    Page,
    QueueFilters,
    counts,
    queue,
)
from complaints.selectors.sla import Chip, chip, length
from complaints.states import OPEN_STATES, Channel, Severity, State
from complaints.transitions import Words
from teams.models import Team
from teams.roles import Perm

TITLES: Mapping[str, Words] = {
    MINE: gettext_lazy("Mine"),
    UNASSIGNED: gettext_lazy("Unassigned"),
    OVERDUE: gettext_lazy("Overdue"),
    WAITING: gettext_lazy("Waiting for customer"),
    TO_SIGN: gettext_lazy("Needs my sign-off"),
    ALL: gettext_lazy("All I may see"),
}
ONE_VALUE = ("team", "severity", "category", "channel")
OPEN = "open"
"""A word for every state that is not final."""


@dataclass(frozen=True)
class Line:
    """One case as the queue shows it."""

    case: Complaint
    url: str
    channel: Words
    state: Words
    age: str
    last_reply: str
    handler: str
    chip: Chip


@dataclass(frozen=True)
class FilterMenu:
    """One filter: the values chosen, each with a way out, and those to be added."""

    name: Words
    chosen: list[dict[str, Any]]
    choices: list[dict[str, Any]]


class QueuePage:
    """The list of ``ComplaintAdmin``; every row comes from ``selectors.queue``."""

    admin_site: Any

    def queue_page(self, request: HttpRequest) -> HttpResponse:
        viewer = viewer_for(request)
        filters = filters_of(request.GET, viewer)
        teams = own_teams(viewer)
        page = _page(viewer, filters, request.GET.get("after"))
        more = page.next_cursor
        context = {
            **self.admin_site.each_context(request),
            "title": _title(filters, teams),
            "lines": [_line(case, viewer) for case in page.rows],
            "rail_groups": [
                *_rail(viewer, filters, teams),
                to_do(),
                *supervision(viewer),
                *_other_lists(self.admin_site, request),
            ],
            "menus": _menus(request.GET, filters, teams),
            "filters": filters,
            "elsewhere": _elsewhere(viewer, filters) if not page.rows else None,
            "search_off": _with(request.GET, q=None),
            "older_url": _with(request.GET, after=more) if more else "",
            "newer_url": _with(request.GET, after=None)
            if "after" in request.GET
            else "",
            "may_log": may_log(viewer),
            "breaks_glass": request.user.is_superuser,
            "now": viewer.at,
        }
        return TemplateResponse(request, "admin/complaints/queue.html", context)


def _page(viewer: Viewer, filters: QueueFilters, after: str | None) -> Page:
    """The page after that key; a key that never was one starts at the beginning."""
    try:
        return queue(viewer, filters, after)
    except InvalidInput:
        return queue(viewer, filters)


def _elsewhere(viewer: Viewer, filters: QueueFilters) -> Complaint | None:
    """The case of a typed reference of which only the public status may be told."""
    reference = normalise(filters.text) if viewer.holds(Perm.VIEW_STATUS) else None
    if reference is None:
        return None
    rows = Complaint.objects.status_visible_to(viewer)
    return rows.filter(reference=reference).first()


# From and to the address ------------------------------------------------------------


def filters_of(get: QueryDict, viewer: Viewer) -> QueueFilters:
    """The filters an address asks for; names and values nobody knows are left out."""
    given = {name: get.get(name, "")[:64] for name in ONE_VALUE}
    text = get.get("q", "").replace("\0", "").strip()[:200]
    states = tuple(state for state in get.getlist("state") if state in State.values)
    if OPEN in get.getlist("state"):
        states = tuple(sorted({*states, *OPEN_STATES}))
    default = MINE if viewer.holds(Perm.HANDLE) else ALL
    view = get.get("view", ALL if text or states or any(given.values()) else default)
    known = view in VIEWS or view.startswith(TEAM)
    return QueueFilters(view=view if known else ALL, states=states, text=text, **given)


def _with(get: QueryDict, **changes: str | None) -> str:
    """The address of this page with some parameters changed; page keys start anew."""
    query = get.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{reverse(QUEUE)}?{query.urlencode()}"


def _toggled(get: QueryDict, name: str, value: str) -> str:
    """The same with one value of a filter chosen, or taken out if it was."""
    if name in ONE_VALUE:
        return _with(get, **{name: None if get.get(name) == value else value})
    query = get.copy()
    query.pop("after", None)
    values = query.getlist(name)
    kept = [v for v in values if v != value]
    query.setlist(name, kept if value in values else [*kept, value])
    return f"{reverse(QUEUE)}?{query.urlencode()}"


# Left rail --------------------------------------------------------------------------


def own_teams(viewer: Viewer) -> list[Team]:
    """Teams whose queue the viewer may name: their own, or all with the register."""
    rows = Team.objects.all()
    if not viewer.holds(Perm.VIEW_REGISTER):
        rows = rows.filter(pk__in=viewer.grants.get(Perm.VIEW, frozenset()))
    return list(rows)


def _rail(viewer: Viewer, filters: QueueFilters, teams: Iterable[Team]) -> list[Any]:
    team_views = {f"{TEAM}{team.code}": team.label for team in teams}
    titles = {MINE: TITLES[MINE], **team_views, **TITLES}
    numbers = counts(viewer)
    views = [
        _rail_line(name, str(title), numbers.get(name), filters)
        for name, title in titles.items()
    ]
    return [{"title": _("Work"), "views": views}]


def _other_lists(site: Any, request: HttpRequest) -> list[Any]:
    """The other lists this person may open, under the name of their part."""
    groups = []
    for app in site.get_app_list(request):
        views = [
            {"url": model["admin_url"], "name": model["name"], "count": None}
            for model in app["models"]
            if model["admin_url"] and model["object_name"] != "Complaint"
        ]
        if views:
            groups.append({"title": app["name"], "views": views})
    return groups


def _rail_line(
    name: str, title: str, number: int | None, filters: QueueFilters
) -> dict[str, Any]:
    return {
        "url": f"{reverse(QUEUE)}?view={name}",
        "name": title,
        "count": f"{CAP}+" if number == CAP else number,
        "late": name == OVERDUE and bool(number),
        "current": filters.view == name and not filters.text,
    }


def _title(filters: QueueFilters, teams: Iterable[Team]) -> str:
    if filters.text:
        return _("Search")
    for team in teams:
        if filters.view == f"{TEAM}{team.code}":
            return team.label
    return str(TITLES.get(filters.view, TITLES[ALL]))


# Filters ----------------------------------------------------------------------------


def _menus(
    get: QueryDict, filters: QueueFilters, teams: list[Team]
) -> list[FilterMenu]:
    """Values come from closed lists, never from rows of other people."""
    states = [(OPEN, _("open")), *((s.value, s.label) for s in State)]
    categories = [(c.code, c.label) for c in Category.objects.filter(active=True)]
    teams_known = [(team.code, team.label) for team in teams]
    return [
        _menu(get, _("Team"), "team", teams_known),
        _menu(get, _("State"), "state", states),
        _menu(get, _("Severity"), "severity", list(Severity.choices)),
        _menu(get, _("Category"), "category", categories),
        _menu(get, _("Channel"), "channel", list(Channel.choices)),
    ]


def _menu(
    get: QueryDict, title: Words, name: str, choices: list[tuple[str, Any]]
) -> FilterMenu:
    chosen = get.getlist(name)
    lines = [
        {"words": words, "url": _toggled(get, name, value), "chosen": value in chosen}
        for value, words in choices
    ]
    return FilterMenu(title, [line for line in lines if line["chosen"]], lines)


# Rows -------------------------------------------------------------------------------


def _line(case: Complaint, viewer: Viewer) -> Line:
    """Labels come from their enumerations: Django's ``get_…_display`` translates every
    choice of the field to name one, which was a fifth of this page's time."""
    return Line(
        case=case,
        url=reverse(CASE, args=(case.pk,)),
        channel=Channel(case.channel).label,
        state=State(case.state).label,
        age=_age(case.received_at, viewer.at),
        last_reply=_last_reply(case, viewer.at),
        handler=_handler(case, viewer),
        chip=chip(case, viewer.at),
    )


def _age(received_at: datetime, now: datetime) -> str:
    return length(max(now - received_at, timedelta()))


def _last_reply(case: Complaint, now: datetime) -> str:
    """By whom and how long ago: "Customer, 3 h"."""
    if case.last_message_at is None:
        return _("Nobody yet")
    customer = case.last_message_from == "customer"
    who = _("Customer") if customer else _("Us")
    span = length(max(now - case.last_message_at, timedelta()))
    return _("%(who)s, %(span)s") % {"who": who, "span": span}


def _handler(case: Complaint, viewer: Viewer) -> str:
    if case.handler_id is None:
        return _("Nobody")
    return _("You") if case.handler_id == viewer.user.pk else str(case.handler)
