"""Answers that hand out a bundle: a file to keep, and never a page of ours."""

from collections.abc import Iterable

from django.http import FileResponse, Http404

from appeals.models import Bundle
from appeals.services import bundles
from complaints.errors import NotVisible
from complaints.permissions import Viewer
from complaints.serving import HEADERS


def handed_out(rows: Iterable[Bundle], number: int, viewer: Viewer) -> FileResponse:
    """The bundle of that number, a piece at a time; 404 where it is none of ``rows``,
    not made yet, or gone."""
    row = next((one for one in rows if one.pk == number), None)
    if row is None:
        raise Http404
    try:
        file = bundles.open_bundle(bundle=row, actor=viewer)
    except (NotVisible, FileNotFoundError) as error:
        raise Http404 from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=row.file_name,
        content_type="application/zip",
        headers=HEADERS,
    )
