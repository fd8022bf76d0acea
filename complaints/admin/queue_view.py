"""The queue page: views at the left, filters in the address, one row a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from complaints.admin.log_view import may_log
from complaints.admin.queue_address import (
    OPEN,
    Toggle,
    changed,
    filters_of,
    kept_query,
)
from complaints.admin.queue_lines import lines
from complaints.admin.queue_rail import TITLES, chosen_view, lists_rail, views_rail
from complaints.admin.rail import supervision, to_do
from complaints.admin.scoped import desk_context, viewer_for
from complaints.errors import InvalidInput
from complaints.models import Category, Complaint, SavedView
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.selectors.desk import Frame, frame_of
from complaints.selectors.queue import ALL, TEAM, QueueFilters
from complaints.selectors.queue_page import Page, queue
from complaints.services import bulk
from complaints.services.desk_order import may_drop
from complaints.states import Channel, Severity, State
from complaints.transitions import Words
from config.memory import remembered
from teams.models import Team
from teams.roles import Perm


@dataclass(frozen=True)
class FilterMenu:
    """One filter: the values chosen, each with a way out, and links to all of them."""

    name: Words
    chosen: list[dict[str, Any]]
    links: str


class QueuePage:
    """The list of ``ComplaintAdmin``; every row comes from ``selectors.queue``."""

    admin_site: Any

    def queue_page(self, request: HttpRequest) -> HttpResponse:
        viewer = viewer_for(request)
        filters, frame = filters_of(request.GET, viewer), frame_of(viewer)
        page = _page(viewer, filters, request.GET.get("after"))
        view, acts = chosen_view(request.GET, frame), _acts(viewer)
        context = {
            **desk_context(self.admin_site, request),
            "title": view.name if view else _title(filters, frame.teams),
            "lines": lines(page, viewer, many=bool(acts)),
            "rail_groups": [
                *views_rail(viewer, filters, frame, view),
                to_do(),
                *supervision(viewer),
                *lists_rail(self.admin_site, request),
            ],
            "menus": _menus(request.GET, frame),
            "filters": filters,
            "elsewhere": _elsewhere(viewer, filters) if not page.rows else None,
            **_ways(request.GET, page),
            **_keeping(request.GET, viewer, filters, frame, view),
            "may_log": may_log(viewer),
            "acts": acts,
            "breaks_glass": request.user.is_superuser,
            "now": viewer.at,
        }
        return TemplateResponse(request, "admin/complaints/queue.html", context)


def _acts(viewer: Viewer) -> list[tuple[str, Words]]:
    """What can be done to many cases at once, by those who work on cases."""
    handles = viewer.holds(Perm.HANDLE)
    return [(name, act.label) for name, act in bulk.ACTS.items()] if handles else []


def _page(viewer: Viewer, filters: QueueFilters, after: str | None) -> Page:
    """The page after that key; a key that never was one starts at the beginning."""
    try:
        return queue(viewer, filters, after)
    except InvalidInput:
        return queue(viewer, filters)


def _ways(get: QueryDict, page: Page) -> dict[str, str]:
    more = page.next_cursor
    return {
        "search_off": changed(get, q=None, saved=None),
        "older_url": changed(get, after=more) if more else "",
        "newer_url": changed(get, after=None) if "after" in get else "",
    }


def _keeping(
    get: QueryDict,
    viewer: Viewer,
    filters: QueueFilters,
    frame: Frame,
    view: SavedView | None,
) -> dict[str, Any]:
    """What is needed to keep these filters under a name, or to drop the saved view."""
    handles = viewer.grants.get(Perm.HANDLE, frozenset())
    return {
        "kept_query": kept_query(get, filters),
        "kept_for": [team for team in frame.teams if team.pk in handles],
        "view": view,
        "may_drop": view is not None and may_drop(view, viewer),
    }


def _elsewhere(viewer: Viewer, filters: QueueFilters) -> Complaint | None:
    """The case of a typed reference of which only the public status may be told."""
    reference = normalise(filters.text) if viewer.holds(Perm.VIEW_STATUS) else None
    if reference is None:
        return None
    rows = Complaint.objects.status_visible_to(viewer)
    return rows.filter(reference=reference).first()


def _title(filters: QueueFilters, teams: Iterable[Team]) -> str:
    if filters.text:
        return _("Search")
    for team in teams:
        if filters.view == f"{TEAM}{team.code}":
            return team.label
    return str(TITLES.get(filters.view, TITLES[ALL]))


# Filters ----------------------------------------------------------------------------


@remembered
def _categories() -> list[Category]:
    return list(Category.objects.filter(active=True))


def _menus(get: QueryDict, frame: Frame) -> list[FilterMenu]:
    """Values come from closed lists, and tags from cases that the viewer sees."""
    states = [(OPEN, _("open")), *((s.value, s.label) for s in State)]
    categories = [(c.code, c.label) for c in _categories()]
    teams_known = [(team.code, team.label) for team in frame.teams]
    toggle = Toggle(get)
    return [
        _menu(toggle, _("Team"), "team", teams_known),
        _menu(toggle, _("State"), "state", states),
        _menu(toggle, _("Severity"), "severity", list(Severity.choices)),
        _menu(toggle, _("Category"), "category", categories),
        _menu(toggle, _("Channel"), "channel", list(Channel.choices)),
        _menu(toggle, _("Tag"), "tag", [(tag.key, tag.name) for tag in frame.tags]),
    ]


def _menu(
    toggle: Toggle, title: Words, name: str, choices: list[tuple[str, Any]]
) -> FilterMenu:
    """The links are drawn here: there are a hundred of them on every page."""
    lines = [(toggle.url(name, value), str(words), value) for value, words in choices]
    chosen = [line for line in lines if toggle.chosen(name, line[2])]
    links = (
        (url, CURRENT if toggle.chosen(name, value) else "", words)
        for url, words, value in lines
    )
    return FilterMenu(
        title,
        [{"url": url, "words": words} for url, words, _value in chosen],
        format_html_join("", '<a href="{}"{}>{}</a>', links),
    )


CURRENT = SafeString(' aria-current="true"')
