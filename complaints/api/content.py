"""What the API says of the content of a case: messages, files, the story."""

from typing import Any

from rest_framework import serializers

from complaints.api.representations import Out
from complaints.models import Evidence, Message
from complaints.states import Direction


class MessageOut(Out):
    """Something said, as the customer reads it: by them or by the desk."""

    id = serializers.IntegerField()
    by = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    text = serializers.CharField()
    language = serializers.CharField()
    is_question = serializers.BooleanField()

    def get_by(self, message: Message) -> str:
        return "customer" if message.direction == Direction.INBOUND else "desk"


class StaffMessageOut(MessageOut):
    """The same for staff, who see notes and names."""

    direction = serializers.CharField()
    channel = serializers.CharField()
    author = serializers.CharField(source="author.username")
    sender_verified = serializers.BooleanField()


class EvidenceOut(Out):
    """One file as its customer sees it; ``url`` hands it out as an attachment, unless
    ``scan_state`` is ``pending`` or ``quarantined``."""

    number = serializers.IntegerField()
    label = serializers.CharField()
    name = serializers.CharField(source="original_name")
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    added_at = serializers.DateTimeField()
    scan_state = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, row: Evidence) -> str:
        reference = row.complaint.reference
        return f"/api/v1/complaints/{reference}/evidence/{row.number}/"


class StaffEvidenceOut(EvidenceOut):
    kind = serializers.CharField()
    source = serializers.CharField()
    relevance = serializers.CharField()
    shared_with_customer = serializers.BooleanField()
    added_by = serializers.CharField(source="added_by.username")


class TimelineOut(Out):
    """One line of the story; ``at`` is a moment, or a day for what is to come."""

    at = serializers.SerializerMethodField()
    kind = serializers.CharField()
    sentence = serializers.CharField()
    who = serializers.CharField()
    body = serializers.CharField()
    language = serializers.CharField(source="lang")
    evidence = serializers.SerializerMethodField()
    letter = serializers.SerializerMethodField()

    def get_at(self, entry: Any) -> str:
        return str(entry.at.isoformat())

    def get_evidence(self, entry: Any) -> int | None:
        numbers: dict[int, int] = self.context["numbers"]
        return numbers.get(entry.url_id) if entry.url_kind == "evidence" else None

    def get_letter(self, entry: Any) -> int | None:
        return entry.url_id if entry.url_kind == "letter" else None
