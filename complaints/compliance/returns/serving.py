"""Answers that hand out a produced file: to keep, and never a page of ours."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404

from complaints.compliance.returns import orders
from complaints.compliance.returns.models import Production
from complaints.errors import NotPermitted, NotVisible
from complaints.permissions import Viewer
from complaints.serving import HEADERS


def handed_out(row: Production, viewer: Viewer) -> FileResponse:
    """A piece at a time; 404 where it is not made or gone, 403 where it is not for
    this viewer."""
    try:
        file = orders.open_file(row=row, actor=viewer)
    except (NotVisible, FileNotFoundError) as error:
        raise Http404 from error
    except NotPermitted as error:
        raise PermissionDenied(str(error.words)) from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=row.offered_name,
        content_type="application/octet-stream",
        headers=HEADERS,
    )
