"""Who looks at the portal, and the one way its views come by a complaint."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from complaints.models import Complaint
from complaints.permissions import Viewer, customer_of, customer_self
from complaints.reference_number import normalise
from complaints.services.access import viewer_for_session, visitor

if TYPE_CHECKING:
    from complaints.models.complaint import ComplaintQuerySet


Response = TypeVar("Response", bound=HttpResponseBase)
CaseView = Callable[..., HttpResponseBase]
"""A view that is given the request, the complaint and who looks at it."""


def viewer_for(request: HttpRequest) -> Viewer:
    """The customer this request comes from, made once a request.

    Rights that somebody has as staff do not count here: at this door everyone is a
    customer, with their own complaints and no others.
    """
    known: Viewer | None = getattr(request, "portal_viewer", None)
    if known is None:
        known = _viewer(request)
        request.portal_viewer = known  # type: ignore[attr-defined]
    return known


def _viewer(request: HttpRequest) -> Viewer:
    if request.user.is_authenticated:
        return customer_of(request.user)
    return viewer_for_session(request.session) or visitor()


def own_complaints(viewer: Viewer) -> "ComplaintQuerySet":
    """The complaints this customer may read, without what is shared with staff."""
    rows = Complaint.objects.visible_to(viewer)
    if viewer.user.is_staff:
        return rows.filter(customer_id__in=viewer.parties)
    return rows


def find_case(request: HttpRequest, reference: str) -> tuple[Complaint, Viewer]:
    """The complaint and who looks at it. Raises ``Http404`` for anything else.

    A signed-in customer may hold a link to another complaint of theirs besides.
    """
    viewers = [viewer_for(request)]
    if request.user.is_authenticated:
        linked = viewer_for_session(request.session)
        viewers += [linked] if linked else []
    for viewer in viewers:
        rows = Complaint.objects.visible_to(viewer).select_related(
            "customer", "team", "category", "handler", "merged_into"
        )
        case = rows.filter(reference=reference).first()
        if case is not None and customer_self(case, viewer):
            return case, viewer
    raise Http404


def case_view(view: CaseView) -> CaseView:
    """Give the view its complaint; nothing of the answer is kept by any cache.

    A reference spelled otherwise leads to its one spelling. Whoever showed neither
    account nor link is asked for one, whether or not there is such a complaint.
    """

    @wraps(view)
    def wrapped(
        request: HttpRequest, reference: str, **kwargs: Any
    ) -> HttpResponseBase:
        spelled = normalise(reference)
        if spelled is None:
            raise Http404
        if spelled != reference:
            return _to_spelling(request, spelled, kwargs)
        if not request.user.is_authenticated and not viewer_for(request).only:
            return _ask_who(request, spelled)
        case, viewer = find_case(request, spelled)
        return no_store(view(request, case, viewer, **kwargs))

    return wrapped


def _to_spelling(
    request: HttpRequest, reference: str, kwargs: dict[str, Any]
) -> HttpResponse:
    match = request.resolver_match
    name = match.view_name if match else "portal:case"
    return redirect(reverse(name, kwargs={"reference": reference, **kwargs}))


def _ask_who(request: HttpRequest, reference: str) -> HttpResponse:
    query = urlencode({"reference": reference, "next": request.path})
    return no_store(redirect(f"{reverse('portal:track')}?{query}"))


def no_store(response: Response) -> Response:
    """What stands on a complaint's page is kept by nobody on the way."""
    response["Cache-Control"] = "no-store, private"
    return response
