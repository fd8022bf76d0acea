"""The ways outside as they stand in the rules, and which of their facts wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.work import WorkPages
from appeals.selectors import reads_appeals
from complaints.admin.scoped import viewer_for
from complaints.countries import country_name
from complaints.profiles import PROFILES, Profile, Route
from complaints.transitions import Words

FACTS: tuple[tuple[str, Words], ...] = (
    ("address", _("Address")),
    ("url", _("Page")),
    ("time_limit", _("Time limit")),
    ("language", _("Language")),
    ("conditions", _("Conditions")),
    ("fee", _("Cost")),
)


@dataclass(frozen=True)
class Fact:
    """One thing the rules say of a route, and whether it waits for its check."""

    label: Words
    said: Words
    waits: bool


@dataclass(frozen=True)
class RouteRow:
    """A route of a profile with its facts."""

    profile: Profile
    route: Route
    facts: list[Fact]

    @property
    def cover_waits(self) -> bool:
        """Whether nobody said yet that the body takes cases against this house."""
        return "cover" in self.route.waits

    @property
    def sources(self) -> list[tuple[str, date, str]]:
        """Where facts were seen: the page, the day, and what was compared with it."""
        words = {**dict(FACTS), "name": _("Name")}
        return [
            (one.url, one.on, ", ".join(sorted(str(words[f]) for f in one.facts)))
            for one in self.route.seen
        ]

    @property
    def countries(self) -> str:
        return ", ".join(sorted(map(country_name, self.route.countries)))


def route_rows() -> Iterator[RouteRow]:
    """Every route of every profile, also of those that are off."""
    for profile in PROFILES:
        for route in profile.outside_routes:
            said = ((name, label, getattr(route, name)) for name, label in FACTS)
            waits = route.waits
            facts = [Fact(label, it, name in waits) for name, label, it in said if it]
            yield RouteRow(profile, route, facts)


class RoutePages(WorkPages):
    """A view of ``AppealAdmin``, for those who read appeals."""

    def routes_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        if not reads_appeals(viewer):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ways outside"),
            "rows": list(route_rows()),
            "back_url": reverse("admin:appeals_appeal_changelist"),
        }
        return TemplateResponse(request, "admin/appeals/routes.html", context)
