"""The files of the one bundle: the whole, and each exhibit by its number."""

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from appeals.arbitration.door import seat_view
from appeals.models import ArbitratorLink
from appeals.seated import SeatViewer
from appeals.services.outside import exhibits
from complaints.errors import NotVisible
from complaints.serving import HEADERS


def _asked(link: ArbitratorLink) -> None:
    """Nothing is read before the arbitrator said that nothing ties them."""
    if link.seat.accepted_at is None:
        raise Http404


@require_safe
@seat_view
def bundle(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponseBase:
    _asked(link)
    try:
        file = exhibits.open_bundle(link, viewer)
    except (NotVisible, FileNotFoundError) as error:
        raise Http404 from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=link.bundle.file_name,
        content_type="application/zip",
        headers=HEADERS,
    )


@require_safe
@seat_view
def exhibit(
    request: HttpRequest,
    link: ArbitratorLink,
    viewer: SeatViewer,
    *,
    token: str,
    number: int,
) -> HttpResponseBase:
    _asked(link)
    try:
        name, file = exhibits.open_exhibit(link, viewer, number)
    except (NotVisible, FileNotFoundError) as error:
        raise Http404 from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type="application/octet-stream",
        headers=HEADERS,
    )
