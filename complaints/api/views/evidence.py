"""Files of a case: the list, one more, and one as it was sealed."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.content import EvidenceOut, StaffEvidenceOut
from complaints.api.errors import TooLarge
from complaints.api.representations import Out
from complaints.api.serializers import EvidenceIn, StaffEvidenceIn
from complaints.api.sight import Seen, Sight
from complaints.api.views.base import REFERENCE, View, described
from complaints.errors import NotVisible
from complaints.models import Evidence
from complaints.services.evidence import (
    FILE_LIMIT,
    Upload,
    add_evidence,
    open_evidence,
)
from complaints.serving import as_attachment
from complaints.states import EvidenceKind

OVERHEAD = 100_000
"""Bytes that a multipart body may hold besides its file."""

_SHAPES: dict[str, Any] = {
    "serializers": [EvidenceOut, StaffEvidenceOut],
    "resource_type_field_name": None,
}

_BRINGING = PolymorphicProxySerializer(
    "Bringing",
    serializers=[EvidenceIn, StaffEvidenceIn],
    resource_type_field_name=None,
)


def files_of(sight: Sight) -> Any:
    """The files of the case that the viewer may read; customers what is shared."""
    rows = Evidence.objects.visible_to(sight.viewer).filter(complaint=sight.case)
    if sight.is_own:
        rows = rows.filter(shared_with_customer=True)
    return rows.select_related("complaint", "added_by").order_by("number")


def _shape(sight: Sight) -> type[Out]:
    return StaffEvidenceOut if sight.seen == Seen.INSIDE else EvidenceOut


class EvidenceList(View):
    parser_classes = [MultiPartParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Turn a body away by its length, before any of it is read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:12]) > FILE_LIMIT + OVERHEAD:
            raise TooLarge
        super().initial(request, *args, **kwargs)

    @described(
        "Files",
        403,
        404,
        answer={200: PolymorphicProxySerializer("Evidence", **_SHAPES, many=True)},
        parameters=[REFERENCE],
    )
    def get(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        sight.ask_content()
        return Response(_shape(sight)(files_of(sight), many=True).data)

    @described(
        "Add a file",
        400,
        403,
        404,
        413,
        415,
        422,
        answer={201: PolymorphicProxySerializer("AddedEvidence", **_SHAPES)},
        request={"multipart/form-data": _BRINGING},
        parameters=[REFERENCE],
    )
    def post(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        sight.ask_content()
        form = (EvidenceIn if sight.is_own else StaffEvidenceIn)(data=request.data)
        form.is_valid(raise_exception=True)
        evidence = _add(sight, form.validated_data)
        return Response(_shape(sight)(evidence).data, status=201)


def _add(sight: Sight, data: dict[str, Any]) -> Evidence:
    file = data["file"]
    upload = Upload(name=file.name, content=file.read(FILE_LIMIT + 1))
    return add_evidence(
        complaint=sight.case,
        upload=upload,
        actor=sight.viewer,
        kind=data.get("kind", EvidenceKind.CUSTOMER_FILE),
        source=data.get("source", ""),
        shared=True if sight.is_own else data["shared_with_customer"],
    )


class _AnyAccept(BaseContentNegotiation):
    """The file is handed out as it is, whatever the caller would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class EvidenceFile(View):
    """One file, always as an attachment; its opening stands on the ledger of reads."""

    content_negotiation_class = _AnyAccept

    @described(
        "One file",
        403,
        404,
        answer={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[REFERENCE, OpenApiParameter("number", int, OpenApiParameter.PATH)],
    )
    def get(self, request: Request, reference: str, number: int) -> FileResponse:
        sight = self.sight(request, reference)
        sight.ask_content()
        evidence = files_of(sight).filter(number=number).first()
        if evidence is None:
            raise NotVisible
        try:
            file = open_evidence(evidence=evidence, actor=sight.viewer)
        except FileNotFoundError:
            raise NotVisible from None
        return as_attachment(file, evidence)
