"""The outside stage by JSON: how it stands, and the customer's word in it."""

from datetime import date, datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from appeals.api.views import one
from appeals.models import ArbitratorQuestion
from appeals.outside_notices import route_name
from appeals.outside_selectors import Stage, put_to_customer, seat_of, stage_for
from appeals.services.outside import hearing, objections
from appeals.services.outside.rows import TEXT_LIMIT
from complaints.api.fields import StrictSerializer
from complaints.api.representations import Money, Out
from complaints.api.sight import Sight
from complaints.api.views.base import REFERENCE, View, described
from complaints.errors import NotVisible

_NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH)
_KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=["question", "order"])
_ITEM = OpenApiParameter("item", int, OpenApiParameter.PATH)
_SEAT = OpenApiParameter("seat", int, OpenApiParameter.PATH)


class WordIn(StrictSerializer):
    """What the customer says to it, read by the arbitrator and the exchange."""

    text = serializers.CharField(max_length=TEXT_LIMIT)


class OutsideQuestionOut(Out):
    """A question; ``side`` is whom it was put to. Both sides read all of them."""

    number = serializers.IntegerField()
    side = serializers.CharField()
    text = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class OutsideOrderOut(Out):
    """An order; ``answer`` is how the side that it was put to carried it out."""

    number = serializers.IntegerField()
    side = serializers.CharField()
    text = serializers.CharField()
    made_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answer = serializers.CharField(source="done_words")
    answered_at = serializers.DateTimeField(source="done_at", allow_null=True)


class OutsideObjectionOut(Out):
    """What a side says against an arbitrator; ``upheld`` is null until decided."""

    side = serializers.CharField()
    reason = serializers.CharField()
    made_at = serializers.DateTimeField()
    upheld = serializers.BooleanField(allow_null=True)
    answer = serializers.CharField()


class OutsideSeatOut(Out):
    """An arbitrator who accepted."""

    seat = serializers.IntegerField()
    name = serializers.CharField(source="arbitrator.full_name")
    chamber = serializers.CharField(source="arbitrator.chamber")
    objections = OutsideObjectionOut(many=True, source="objections.all")


class OutsideFindingOut(Out):
    point = serializers.IntegerField(source="point.number")
    finding = serializers.CharField()
    reasons = serializers.CharField()


class OutsideRemedyOut(Out):
    """What was awarded; ``amount`` is a decimal in text, null where it is no money."""

    kind = serializers.CharField()
    description = serializers.CharField()
    amount = Money()
    asset = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)


class OutsideAwardOut(Out):
    """The award as it was made, with what those wrote who saw it differently."""

    summary = serializers.CharField(source="award.summary")
    reasons = serializers.CharField(source="award.reasons")
    sha256 = serializers.CharField(source="award.sha256")
    points = OutsideFindingOut(many=True)
    remedies = OutsideRemedyOut(many=True, source="owed")
    dissents = serializers.ListField(child=serializers.CharField())


class OutsideOut(Out):
    """Where the outside stage stands; ``award`` is null until there is one."""

    state = serializers.CharField(source="row.state")
    state_label = serializers.CharField(source="row.get_state_display")
    route = serializers.CharField(source="row.route")
    body = serializers.SerializerMethodField()
    referred_at = serializers.DateTimeField(source="row.referred_at")
    consent_version = serializers.CharField(source="row.consent_version")
    next_day = serializers.SerializerMethodField()
    may_answer = serializers.BooleanField()
    may_object = serializers.BooleanField(source="undecided")
    arbitrators = OutsideSeatOut(many=True, source="seats")
    questions = OutsideQuestionOut(many=True)
    orders = OutsideOrderOut(many=True)
    award = serializers.SerializerMethodField()

    def get_body(self, stage: Stage) -> str:
        return str(route_name(stage.row))

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_next_day(self, stage: Stage) -> date | None:
        """The first day by which something is due, whoever owes it."""
        day = stage.next_day
        return day.date() if isinstance(day, datetime) else day

    @extend_schema_field(OutsideAwardOut(allow_null=True))
    def get_award(self, stage: Stage) -> Any:
        return OutsideAwardOut(stage).data if stage.award is not None else None


def _stage(sight: Sight, number: int) -> Stage:
    """Of the caller's own case. Raises ``NotVisible`` for everything else."""
    if not sight.is_own:
        raise NotVisible
    stage = stage_for(sight.case, one(sight, number).pk, sight.viewer)
    if stage is None:
        raise NotVisible
    return stage


class Outside(View):
    @described(
        "The outside stage of an appeal, for its customer",
        403,
        404,
        answer={200: OutsideOut},
        parameters=[REFERENCE, _NUMBER],
    )
    def get(self, request: Request, reference: str, number: int) -> Response:
        return _shown(self.sight(request, reference), number)


def _shown(sight: Sight, number: int) -> Response:
    return Response(OutsideOut(_stage(sight, number)).data)


def _said(request: Request) -> str:
    form = WordIn(data=request.data)
    form.is_valid(raise_exception=True)
    return str(form.validated_data["text"])


class OutsideAnswer(View):
    @described(
        "Answer the arbitrator's question, or say that an order is carried out",
        *(400, 403, 404, 409, 415, 422),
        answer={200: OutsideOut},
        request=WordIn,
        parameters=[REFERENCE, _NUMBER, _KIND, _ITEM],
    )
    def post(
        self, request: Request, reference: str, number: int, kind: str, item: int
    ) -> Response:
        sight = self.sight(request, reference)
        asked = put_to_customer(_stage(sight, number).row, kind, item)
        if asked is None:
            raise NotVisible
        said = _said(request)
        if isinstance(asked, ArbitratorQuestion):
            hearing.answer(question=asked, text=said, actor=sight.viewer)
        else:
            hearing.comply(order=asked, words=said, actor=sight.viewer)
        return _shown(sight, number)


class OutsideObjection(View):
    @described(
        "Object to an arbitrator",
        *(400, 403, 404, 409, 415, 422),
        answer={201: OutsideOut},
        request=WordIn,
        parameters=[REFERENCE, _NUMBER, _SEAT],
    )
    def post(
        self, request: Request, reference: str, number: int, seat: int
    ) -> Response:
        sight = self.sight(request, reference)
        row = _stage(sight, number).row
        found = seat_of(row, seat)
        if found is None:
            raise NotVisible
        objections.object_to(
            referral=row, seat=found, reason=_said(request), actor=sight.viewer
        )
        response = _shown(sight, number)
        response.status_code = 201
        return response
