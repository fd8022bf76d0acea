"""The left side of the queue: its views with their counts, saved ones, other pages."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.desk_lists import other_lists
from complaints.admin.moves import QUEUE
from complaints.admin.queue_address import filters_of
from complaints.models import SavedView
from complaints.permissions import Viewer
from complaints.selectors.desk import Frame
from complaints.selectors.queue import (
    ALL,
    MINE,
    OVERDUE,
    TEAM,
    TO_SIGN,
    UNASSIGNED,
    WAITING,
    WATCHING,
    QueueFilters,
)
from complaints.selectors.queue_counts import SAVED, counts, in_words
from complaints.transitions import Words

TITLES: Mapping[str, Words] = {
    MINE: gettext_lazy("Mine"),
    UNASSIGNED: gettext_lazy("Unassigned"),
    OVERDUE: gettext_lazy("Overdue"),
    WAITING: gettext_lazy("Waiting for customer"),
    WATCHING: gettext_lazy("Watching"),
    TO_SIGN: gettext_lazy("Needs my sign-off"),
    ALL: gettext_lazy("All I may see"),
}


def numbers_of(viewer: Viewer, views: list[SavedView]) -> dict[str, int]:
    """The count of every line of the rail, in one query."""
    saved = {view.pk: filters_of(QueryDict(view.query), viewer) for view in views}
    return counts(viewer, saved)


def chosen_view(get: QueryDict, frame: Frame) -> SavedView | None:
    """The saved view that an address names, if this viewer may open it."""
    return next((v for v in frame.views if str(v.pk) == get.get("saved")), None)


def views_rail(
    viewer: Viewer, filters: QueueFilters, frame: Frame, chosen: SavedView | None
) -> list[dict[str, Any]]:
    """The queue's own views, then saved ones: the viewer's, and each team's."""
    numbers = numbers_of(viewer, frame.views)
    current = "" if filters.text or chosen else filters.view
    own = {f"{TEAM}{team.code}": team.label for team in frame.teams}
    titles = {MINE: TITLES[MINE], **own, **TITLES}
    lines = [
        _line(name, str(title), f"view={name}", numbers.get(name), name == current)
        for name, title in titles.items()
    ]
    return [{"title": _("Work"), "views": lines}, *_saved(frame, numbers, chosen)]


def _saved(
    frame: Frame, numbers: Mapping[str, int], chosen: SavedView | None
) -> list[dict[str, Any]]:
    labels = {team.pk: team.label for team in frame.teams}
    groups: dict[str, list[dict[str, Any]]] = {}
    for view in sorted(frame.views, key=lambda view: view.team_id or 0):
        title = labels.get(view.team_id or 0) or _("My views")
        key, query = f"{SAVED}{view.pk}", f"{view.query}&saved={view.pk}"
        line = _line(key, view.name, query, numbers.get(key), view == chosen)
        groups.setdefault(title, []).append(line)
    return [{"title": title, "views": views} for title, views in groups.items()]


def _line(
    key: str, title: str, query: str, number: int | None, current: bool
) -> dict[str, Any]:
    return {
        "url": f"{reverse(QUEUE)}?{query}",
        "name": title,
        "key": key,
        "count": None if number is None else in_words(number),
        "late": key == OVERDUE and bool(number),
        "current": current,
    }


def lists_rail(site: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """The other lists this person may open, under the name of their part."""
    return [
        {"title": title, "views": [_plain(*each) for each in lists]}
        for title, lists in other_lists(site, request)
    ]


def _plain(name: str, url: str) -> dict[str, Any]:
    return {"url": url, "name": name, "count": None}
