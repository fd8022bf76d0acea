"""The shape of an appeal as it is sent, and as its readers get it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appeals import selectors
from appeals.models import Appeal, FiledItem, Ground
from appeals.services import NewGround, frozen_items
from appeals.services.lodge import MOST_GROUNDS, TEXT_LIMIT
from complaints.api.fields import StrictSerializer
from complaints.api.representations import Out
from complaints.api.serializers import text
from complaints.models import Complaint
from complaints.states import AppealGroundKind


class GroundIn(StrictSerializer):
    """Why it is wrong; ``point`` is the number of a point, none for the whole."""

    kind = serializers.ChoiceField(AppealGroundKind.choices)
    text = serializers.CharField(max_length=TEXT_LIMIT)
    point = serializers.IntegerField(
        min_value=1, max_value=9_999, required=False, allow_null=True, default=None
    )


class AppealIn(StrictSerializer):
    """``late_reason`` is needed after the window; ``customer_word`` is for staff."""

    grounds = serializers.ListField(
        child=GroundIn(), allow_empty=False, max_length=MOST_GROUNDS
    )
    statement = text(TEXT_LIMIT)
    desired_outcome = text(TEXT_LIMIT)
    late_reason = text(TEXT_LIMIT)
    customer_word = text(2_000)

    def new_grounds(self, case: Complaint) -> list[NewGround]:
        """Grounds with the points they name. Raises ``ValidationError``."""
        points = {point.number: point for point in case.points.all()}
        rows = self.validated_data["grounds"]
        strange = {
            str(place): {"point": [_("There is no such point.")]}
            for place, row in enumerate(rows)
            if row["point"] is not None and row["point"] not in points
        }
        if strange:
            raise serializers.ValidationError({"grounds": strange}, code="unknown")
        return [
            NewGround(kind=r["kind"], text=r["text"], point=points.get(r["point"]))
            for r in rows
        ]


class GroundOut(Out):
    """One ground; ``accepted`` and ``answer`` once the appeal is ruled."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    point = serializers.IntegerField(source="point.number", default=None)
    text = serializers.CharField()
    accepted = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()

    def get_accepted(self, ground: Ground) -> bool | None:
        return ground.accepted if self._told(ground) else None

    def get_answer(self, ground: Ground) -> str:
        return ground.answer if self._told(ground) else ""

    def _told(self, ground: Ground) -> bool:
        return bool(ground.appeal.ruled_at)


class RulingOut(Out):
    """What was ruled and why."""

    outcome = serializers.CharField()
    summary = serializers.CharField(source="ruling_summary")
    reasons = serializers.CharField(source="ruling_reasons")
    ruled_at = serializers.DateTimeField()


class FiledOut(Out):
    """One document of the sealed file, named by its hash."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField()
    dated = serializers.DateTimeField()
    sha256 = serializers.CharField()


class AppealOut(Out):
    """An appeal as its customer reads it. No name of a reviewer, no draft of a word."""

    id = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    state_label = serializers.CharField(source="get_state_display")
    against = serializers.SerializerMethodField()
    lodged_at = serializers.DateTimeField()
    in_time = serializers.BooleanField()
    statement = serializers.CharField()
    desired_outcome = serializers.CharField()
    late_reason = serializers.CharField()
    due_at = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    grounds = GroundOut(many=True)
    ruling = serializers.SerializerMethodField()

    def get_against(self, appeal: Appeal) -> str:
        return "decision" if appeal.decision_id else "refusal"

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_due_at(self, appeal: Appeal) -> datetime | None:
        """By when it is admitted or ruled; null when nothing is open."""
        due = selectors.stand_of(appeal).due
        return due.due_at if due else None

    def get_explanation(self, appeal: Appeal) -> str:
        """Why it was out of time."""
        return selectors.late_explanation(appeal)

    @extend_schema_field(RulingOut(allow_null=True))
    def get_ruling(self, appeal: Appeal) -> Any:
        return RulingOut(appeal).data if appeal.ruled_at else None


class AppealDetailOut(AppealOut):
    """The same with the customer's part of the sealed file."""

    file = serializers.SerializerMethodField()

    @extend_schema_field(FiledOut(many=True))
    def get_file(self, appeal: Appeal) -> Any:
        rows = frozen_items(appeal, for_customer=True)
        return FiledOut(rows, many=True).data


class StaffAppealOut(AppealOut):
    """The same for staff, who see who reviews it and the whole file."""

    reviewer = serializers.CharField(source="reviewer.username", default=None)
    lodged_by = serializers.CharField(source="lodged_by.username")
    file_head = serializers.CharField()
    file_seq = serializers.IntegerField()
    file = serializers.SerializerMethodField()

    @extend_schema_field(FiledOut(many=True))
    def get_file(self, appeal: Appeal) -> Any:
        rows: list[FiledItem] = frozen_items(appeal)
        return FiledOut(rows, many=True).data


def shape(own: bool) -> type[Out]:
    return AppealDetailOut if own else StaffAppealOut
