"""Filing, the list of complaints, one complaint."""

import hashlib
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.pagination import known_query, page_of
from complaints.api.representations import (
    CaseOut,
    StaffCaseOut,
    StaffSummaryOut,
    StatusDetailOut,
    SummaryOut,
)
from complaints.api.serializers import FilingIn
from complaints.api.sight import own_rows, staff_rows, viewer_for
from complaints.api.views.base import REFERENCE, View, described, detail
from complaints.errors import NotPermitted
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.services.intake import Filing, file_complaint, party_of_user
from complaints.states import PUBLIC_LABELS, Channel, PublicLabel, State
from teams.models import User

LISTED = ("scope", "status", "state", "cursor", "limit")
DETAILS = (
    "service_reference",
    "facts_from",
    "facts_until",
    "loss_description",
    "comments",
)
SCOPES = ("mine", "staff")

_LINES: Any = PolymorphicProxySerializer(
    "ComplaintLine",
    serializers=[SummaryOut, StaffSummaryOut],
    resource_type_field_name=None,
    many=True,
)
_PAGE = inline_serializer(
    "ComplaintPage",
    {
        "next": serializers.URLField(allow_null=True),
        "results": _LINES,
    },
)
_ANY_CASE = PolymorphicProxySerializer(
    "Complaint",
    serializers=[CaseOut, StaffCaseOut, StatusDetailOut],
    resource_type_field_name=None,
)
_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Sent again, it gives the complaint it gave; at most 255 characters.",
)
_QUERY = [
    OpenApiParameter("scope", str, enum=SCOPES),
    OpenApiParameter("status", str, enum=PublicLabel.values),
    OpenApiParameter("state", str, enum=State.values, description="Staff only."),
    OpenApiParameter("cursor", str),
    OpenApiParameter("limit", int),
]


class Complaints(View):
    """The register, as far as it is the caller's."""

    @described(
        "My complaints; for staff those they read in full",
        400,
        403,
        answer={200: _PAGE},
        parameters=_QUERY,
        operation_id="complaints_list",
    )
    def get(self, request: Request) -> Response:
        query = known_query(request.query_params, LISTED)
        viewer = viewer_for(request)
        staff = _is_staff_list(viewer, query.get("scope", ""))
        page = page_of(_rows(viewer, query, staff=staff), query)
        shape = StaffSummaryOut if staff else SummaryOut
        body = {
            "next": page.next_url(request.build_absolute_uri(request.path), query),
            "results": shape(page.rows, many=True).data,
        }
        return Response(body)

    @described(
        "File a complaint",
        400,
        413,
        415,
        422,
        answer={201: SummaryOut},
        request=FilingIn,
        parameters=[_KEY],
    )
    def post(self, request: Request) -> Response:
        form = FilingIn(data=request.data)
        form.is_valid(raise_exception=True)
        case = _file(request.user, form.validated_data, _key(request))  # type: ignore[arg-type]
        response = Response(SummaryOut(case).data, status=201)
        response["Location"] = reverse("api:complaint", args=[case.reference])
        response["ETag"] = f'"{case.version}"'
        return response


class OneComplaint(View):
    """One complaint, in as much detail as the caller may read."""

    @described("One complaint", 404, answer={200: _ANY_CASE}, parameters=[REFERENCE])
    def get(self, request: Request, reference: str) -> Response:
        return detail(self.sight(request, reference))


# The list ----------------------------------------------------------------------------


def _is_staff_list(viewer: Viewer, scope: str) -> bool:
    if scope not in ("", *SCOPES):
        raise ValidationError({"scope": ["mine, staff"]}, code="bad_scope")
    if scope == "staff" and not viewer.is_staff:
        raise NotPermitted
    return viewer.is_staff and scope != "mine"


def _rows(viewer: Viewer, query: dict[str, str], *, staff: bool) -> Any:
    rows = staff_rows(viewer) if staff else own_rows(viewer)
    if query.get("status"):
        rows = rows.filter(state__in=_states_of(query["status"]))
    if query.get("state"):
        rows = rows.filter(state=_state(query["state"], staff=staff))
    return rows.select_related("team", "handler", "category").prefetch_related("clocks")


def _states_of(status: str) -> list[str]:
    states = [state for state, label in PUBLIC_LABELS.items() if label == status]
    if not states:
        raise ValidationError({"status": PublicLabel.values}, code="bad_status")
    return states


def _state(state: str, *, staff: bool) -> str:
    if not staff or state not in State.values:
        raise ValidationError(
            {"state": State.values if staff else []}, code="bad_state"
        )
    return state


# Filing ------------------------------------------------------------------------------


def _key(request: Request) -> str:
    """The caller's key as one word of fixed length, so that none is cut short."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return ""
    if len(key) > 255 or not key.isprintable():
        words = gettext("At most 255 visible characters.")
        raise ValidationError({"Idempotency-Key": [words]}, code="bad_key")
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _file(user: User, data: dict[str, Any], key: str) -> Complaint:
    party = party_of_user(user)
    actor = Viewer(user=user, parties=frozenset({party.pk}))
    filing = Filing(
        customer=party,
        channel=Channel.APP,
        language=data.get("language") or get_language() or "en",
        subject=data["subject"],
        description=data["description"],
        points=tuple(data.get("points", ())),
        category=data["category"],
        funds_at_risk=data["funds_at_risk"],
        asset=data["asset"],
        amount=data["amount"],
        desired_outcome=data["desired_outcome"],
        identifiers=tuple(
            (row["kind"], row["value"], row["network"])
            for row in data.get("identifiers", ())
        ),
        idempotency_key=key,
        exact=True,
        details={name: data[name] for name in DETAILS},
    )
    return file_complaint(filing=filing, actor=actor)
