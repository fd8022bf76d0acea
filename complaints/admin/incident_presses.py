"""One press on an incident: cases come in and go out, the affected are found and told.

Each takes the request, the incident and who presses, and says what came of it.
"""

from collections.abc import Callable, Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.admin.keys import keys_of
from complaints.models import Complaint, Incident
from complaints.permissions import Viewer
from complaints.selectors.incident_candidates import candidates
from complaints.services import affected, incident_members


def chosen_in(request: HttpRequest) -> list[int]:
    return keys_of(request.POST.getlist("case")[: incident_members.MOST_JOINED])


def _join(request: HttpRequest, incident: Incident, viewer: Viewer) -> str:
    keys = chosen_in(request)
    why = {one.case.pk: list(one.why) for one in candidates(incident, viewer)}
    done = incident_members.add_cases(
        incident=incident, cases=keys, actor=viewer, why=why
    )
    came = ngettext("%(n)s case came in.", "%(n)s cases came in.", done.joined)
    words = came % {"n": done.joined}
    if done.refused:
        said = " ".join(dict.fromkeys(text for _pk, text in done.refused))
        left = _("%(n)s did not: %(why)s") % {"n": len(done.refused), "why": said}
        words = f"{words} {left}"
    return words


def _leave(request: HttpRequest, incident: Incident, viewer: Viewer) -> str:
    keys = chosen_in(request)
    cases = Complaint.objects.visible_to(viewer).filter(pk__in=keys)
    for case in cases:
        incident_members.remove_case(incident=incident, complaint=case, actor=viewer)
    words = ngettext(
        "%(n)s case was taken out.", "%(n)s cases were taken out.", len(cases)
    )
    return words % {"n": len(cases)}


def _search(_request: HttpRequest, incident: Incident, viewer: Viewer) -> str:
    number = affected.search(incident=incident, actor=viewer)
    words = ngettext(
        "The exchange names %(n)s more account.",
        "The exchange names %(n)s more accounts.",
        number,
    )
    return words % {"n": number}


def _tell(_request: HttpRequest, incident: Incident, viewer: Viewer) -> str:
    number = affected.tell(incident=incident, actor=viewer)
    words = ngettext(
        "%(n)s customer is written to.", "%(n)s customers are written to.", number
    )
    return words % {"n": number}


PRESSES: Mapping[str, Callable[[HttpRequest, Incident, Viewer], str]] = {
    "join": _join,
    "leave": _leave,
    "search": _search,
    "tell": _tell,
}
