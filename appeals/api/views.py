"""Appeals by JSON: lodge, read, take back; for staff, the moves of the machine."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from appeals import selectors
from appeals.api.serializers import (
    AppealDetailOut,
    AppealIn,
    StaffAppealOut,
    shape,
)
from appeals.models import Appeal
from appeals.services import lodge
from complaints.api.representations import OffersOut
from complaints.api.sight import Seen, Sight
from complaints.api.views.base import IF_MATCH, REFERENCE, View, described
from complaints.api.views.moves import move, version_of
from complaints.errors import NotVisible
from complaints.workflow import available_transitions, transitions_of

_SHAPES: dict[str, Any] = {"serializers": [AppealDetailOut, StaffAppealOut]}
_NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH)


def _either(name: str, **more: Any) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        name, **_SHAPES, resource_type_field_name=None, **more
    )


def rows_for(sight: Sight) -> list[Appeal]:
    """The appeals of the case that the caller may read, newest first."""
    if sight.is_own:
        return selectors.appeals_of(sight.case, sight.viewer)
    rows = selectors.readable_by_staff(sight.viewer)
    return list(rows.filter(complaint=sight.case))


def one(sight: Sight, number: int) -> Appeal:
    """Raises ``NotVisible``, the same for none and for not theirs."""
    if sight.seen == Seen.STATUS:
        return _by_word(sight, number)
    found = [row for row in rows_for(sight) if row.pk == number]
    if not found:
        raise NotVisible
    return found[0]


def _by_word(sight: Sight, number: int) -> Appeal:
    """What support may move with the customer's word, without reading it."""
    rows = Appeal.objects.status_visible_to(sight.viewer)
    row: Appeal | None = rows.filter(complaint=sight.case, pk=number).first()
    if row is None:
        raise NotVisible
    return row


def answer(sight: Sight, appeal: Appeal, status: int = 200) -> Response:
    """The appeal as its reader may have it; 204 for whoever may not read it."""
    if sight.seen == Seen.STATUS:
        return Response(status=204)
    seen = [row for row in rows_for(sight) if row.pk == appeal.pk]
    if not seen:
        return Response(status=204)
    response = Response(shape(sight.is_own)(seen[0]).data, status=status)
    response["ETag"] = f'"{seen[0].version}"'
    return response


class Appeals(View):
    @described(
        "Appeals, newest first",
        403,
        404,
        answer={200: _either("Appeal", many=True)},
        parameters=[REFERENCE],
    )
    def get(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        sight.ask_content()
        return Response(shape(sight.is_own)(rows_for(sight), many=True).data)

    @described(
        "Appeal",
        400,
        403,
        404,
        409,
        415,
        422,
        answer={201: _either("LodgedAppeal"), 204: None},
        request=AppealIn,
        parameters=[REFERENCE],
    )
    def post(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        form = AppealIn(data=request.data)
        form.is_valid(raise_exception=True)
        data = {**form.validated_data, "grounds": form.new_grounds(sight.case)}
        appeal = lodge(complaint=sight.case, actor=sight.viewer, **data)
        response = answer(sight, appeal, 201)
        response["Location"] = f"{request.path}{appeal.pk}/"
        return response


class OneAppeal(View):
    @described(
        "One appeal",
        403,
        404,
        answer={200: _either("OneAppeal")},
        parameters=[REFERENCE, _NUMBER],
    )
    def get(self, request: Request, reference: str, number: int) -> Response:
        sight = self.sight(request, reference)
        sight.ask_content()
        return answer(sight, one(sight, number))


class WithdrawAppeal(View):
    @described(
        "Withdraw the appeal",
        400,
        403,
        404,
        409,
        415,
        422,
        answer={200: _either("WithdrawnAppeal"), 204: None},
        request=OpenApiTypes.OBJECT,
        parameters=[REFERENCE, _NUMBER, IF_MATCH],
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        sight = self.sight(request, reference)
        appeal = one(sight, number)
        version = version_of(request, required=False)
        move(appeal, "withdraw", request=request, sight=sight, version=version)
        return answer(sight, appeal)


class AppealTransitions(View):
    @described(
        "What I may do to it now",
        404,
        answer={200: OffersOut},
        parameters=[REFERENCE, _NUMBER],
    )
    def get(self, request: Request, reference: str, number: int) -> Response:
        sight = self.sight(request, reference)
        appeal = one(sight, number)
        offers = available_transitions(appeal, sight.viewer)
        out = OffersOut({"version": appeal.version, "transitions": offers})
        response = Response(out.data)
        response["ETag"] = f'"{appeal.version}"'
        return response


class AppealTransition(View):
    """One move by name, with the version that was looked at."""

    @described(
        "Do it",
        400,
        403,
        404,
        409,
        415,
        422,
        428,
        answer={200: _either("MovedAppeal"), 204: None},
        request=OpenApiTypes.OBJECT,
        parameters=[
            REFERENCE,
            _NUMBER,
            IF_MATCH,
            OpenApiParameter("name", str, OpenApiParameter.PATH),
        ],
    )
    def post(
        self, request: Request, reference: str, number: int, name: str
    ) -> Response:
        sight = self.sight(request, reference)
        appeal = one(sight, number)
        if name not in transitions_of(Appeal):
            raise NotVisible
        version = version_of(request, required=True)
        move(appeal, name, request=request, sight=sight, version=version)
        return answer(sight, appeal)
