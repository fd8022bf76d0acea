"""What pages of the desk ask for while they are open: counts, and who else is here.

JSON for a script; without it the pages show what was so when they were opened.
"""

from collections.abc import Mapping
from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.utils.translation import gettext as _

from complaints.admin.keys import keys_of
from complaints.admin.queue_rail import numbers_of
from complaints.admin.scoped import viewer_for
from complaints.models import SavedView, Stream
from complaints.permissions import Viewer
from complaints.selectors.desk import Here, here, views_of
from complaints.selectors.queue import MOST_ROWS, seen
from complaints.selectors.queue_counts import in_words
from complaints.services import presence


def here_words(found: list[Here]) -> str:
    """ "Ann is writing, Bo is looking"; those who write first."""
    writing = [one.name for one in found if one.writing]
    looking = [one.name for one in found if not one.writing]
    parts = []
    if writing:
        parts.append(_("writing: %(names)s") % {"names": ", ".join(writing)})
    if looking:
        parts.append(_("looking: %(names)s") % {"names": ", ".join(looking)})
    return "; ".join(parts)


class PresencePages:
    """Views of ``ComplaintAdmin`` that a script asks every few seconds."""

    _case: Any

    def live_view(self, request: HttpRequest) -> HttpResponse:
        """Counts of the rail; of the cases on the page their version, and who is in
        them. A case that is not there any more, for whatever reason, has no entry."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        keys = keys_of(request.GET.get("cases", "")[:4000].split(","))
        rows = seen(viewer).filter(pk__in=keys[:MOST_ROWS])
        versions = dict(rows.values_list("pk", "version"))
        found = here(list(versions), viewer)
        answer = {
            "counts": _counts(viewer, list(views_of(viewer))),
            "cases": {
                pk: {"version": version, "here": here_words(found.get(pk, []))}
                for pk, version in versions.items()
            },
        }
        return _fresh(answer)

    def here_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """I am in this case (``state``: look, write or gone); who else is, and
        whether something was put on its ledger after ``seq``."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._case(request, pk)
        state = request.POST.get("state", "")
        if state == "gone":
            presence.leave(complaint=case, actor=viewer)
            return HttpResponse(status=204)
        presence.renew(case, viewer, writing=state == "write", now=viewer.at)
        found = here([case.pk], viewer).get(case.pk, [])
        rows = Stream.objects.filter(name=case.stream)
        now = rows.values_list("seq", flat=True).first() or 0
        was = request.POST.get("seq", "")
        changed = was.isdecimal() and len(was) < 19 and int(was) != now
        return _fresh({"here": here_words(found), "changed": changed})


def _counts(viewer: Viewer, views: list[SavedView]) -> dict[str, str]:
    numbers = numbers_of(viewer, views)
    return {key: in_words(number) for key, number in numbers.items()}


def _fresh(answer: Mapping[str, Any]) -> JsonResponse:
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response
