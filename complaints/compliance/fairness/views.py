"""``/compliance/fairness/``: for whoever reads the register; every view is noted."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from complaints.compliance.asked import Asked, read_query
from complaints.compliance.boards.base import count, together
from complaints.compliance.fairness.figures import Fairness, Group, Person, read
from complaints.compliance.fairness.pairs import MOST_ALIKE, MOST_OF_A_CASE, Compared
from complaints.compliance.noted import note
from complaints.compliance.views import reviewers_only
from complaints.countries import country_name
from complaints.estimates import Interval
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.profiles.base import REPORTING_CURRENCY
from complaints.states import Channel
from complaints.transitions import Words
from teams.models import User

TITLES: Mapping[str, Words] = {
    "language": gettext_lazy("By language"),
    "country": gettext_lazy("By country"),
    "channel": gettext_lazy("By channel"),
    "tier": gettext_lazy("By account tier"),
}
ALIKE: Mapping[str, Words] = {
    "incident": gettext_lazy("same incident"),
    "named": gettext_lazy("same transaction or address"),
    "words": gettext_lazy("same topic, nearly the same words"),
}


@reviewers_only
def fairness(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Groups with intervals, unlike decisions on like facts, and who stands out."""
    now = timezone.now()
    asked = read_query(request.GET, now)
    found = read(asked, viewer)
    _note(viewer, asked, found)
    context = {
        "asked": asked,
        "now": now,
        "fairness": found,
        "whole": 100 * found.upheld / found.decided if found.decided else 0,
        "tables": [
            {
                "code": code,
                "title": TITLES[code],
                "lines": [_group_line(code, group) for group in groups],
            }
            for code, groups in found.groups.items()
        ],
        "people": _people(found.people),
        "pairs": _pairs(found, viewer),
        "compared": _how_many(found.compared),
        "checksum": found.checksum(),
        "currency": REPORTING_CURRENCY,
    }
    return render(request, "compliance/fairness.html", context)


def _note(viewer: Viewer, asked: Asked, found: Fairness) -> None:
    facts = {
        "door": "fairness",
        "filter": {"from": asked.first, "to": asked.last},
        "checksum": found.checksum(),
        "shown": len(found.compared.pairs),
    }
    note(viewer, timezone.now(), facts)


def _group_line(code: str, group: Group) -> dict[str, Any]:
    line: dict[str, Any] = {"group": group, "name": _name(code, group.name)}
    if group.redress is not None:
        line["redress"] = _percent(group.redress)
    if group.share is not None:
        low, value, high = _percent(group.share)
        line |= {
            "low": low,
            "value": value,
            "high": high,
            "width": round(high - low, 1),
        }
    return line


def _percent(share: Interval) -> list[float]:
    """From, the share itself, to; in per cent with one place."""
    return [round(100 * part, 1) for part in (share.low, share.value, share.high)]


def _name(code: str, name: str) -> str:
    if not name:
        return _("not known")
    if code == "channel":
        return str(dict(Channel.choices).get(name, name))
    if code == "country":
        return country_name(name)
    if code == "language":
        try:
            return str(get_language_info(name)["name_translated"])
        except KeyError:
            return name
    return name


def _people(people: list[Person]) -> list[dict[str, Any]]:
    names = User.objects.in_bulk([one.user for one in people])
    return [
        {
            "person": one,
            "name": names.get(one.user),
            "share": round(100 * one.share),
            "expected": round(100 * one.expected),
            "low": round(100 * one.low),
            "high": round(100 * one.high),
        }
        for one in people
    ]


def _pairs(found: Fairness, viewer: Viewer) -> list[dict[str, Any]]:
    keys = {pk for pair in found.compared.pairs for pk in (pair.one, pair.other)}
    seen = Complaint.objects.visible_to(viewer).filter(pk__in=keys)
    cases = {case.pk: case for case in seen.prefetch_related("decisions")}
    return [
        {
            "pair": pair,
            "why": ALIKE[pair.why],
            "one": _decided(cases[pair.one]),
            "other": _decided(cases[pair.other]),
        }
        for pair in found.compared.pairs
        if pair.one in cases and pair.other in cases
    ]


def _how_many(compared: Compared) -> str:
    """What was held against each other, and what is listed of it, in words."""
    if compared.worded < compared.decided:
        words = _(
            "Of %(all)s decisions of the period the newest %(read)s are held against"
            " each other, %(worded)s of them by their words too."
        )
    else:
        words = ngettext(
            "%(all)s decision of the period is all there is to compare.",
            "All %(all)s decisions of the period are held against each other.",
            compared.decided,
        )
    said = words % {
        "all": count(compared.decided),
        "read": count(compared.read),
        "worded": count(compared.worded),
    }
    listed = _("At most %(n)d pairs are listed, and a case in %(each)d of them.") % {
        "n": MOST_ALIKE,
        "each": MOST_OF_A_CASE,
    }
    return together(said, listed)


def _decided(case: Complaint) -> dict[str, Any]:
    issued = [
        row for row in case.decisions.all() if row.issued_at and not row.on_appeal
    ]
    first = min(issued, key=lambda row: row.number, default=None)
    return {"case": case, "outcome": first.get_outcome_display() if first else ""}
