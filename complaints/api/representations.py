"""What the API says of a case: one form for its customer, one for the inside, one for
whoever reads no more than the public status. Internals stand in the second alone."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.models import Complaint, Decision, RootCause
from complaints.selectors.public_date import public_date
from complaints.states import DecisionStatus, LetterKind
from complaints.transitions import Kind

ISSUED = (DecisionStatus.ISSUED, DecisionStatus.SUPERSEDED)


class Money(serializers.DecimalField):
    """An exact amount as text, without trailing zeros; null where there is none."""

    def __init__(self) -> None:
        super().__init__(
            max_digits=38, decimal_places=18, read_only=True, normalize_output=True
        )


class Out(serializers.Serializer[Any]):
    """Read only, whatever it is given."""


class NextDateOut(Out):
    """The last day of the limit that counts now, and whose step it is."""

    step = serializers.CharField()
    day = serializers.DateField()


class StatusOut(Out):
    """The public status: what the customer sees, and support of every customer."""

    reference = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.SerializerMethodField()
    status_label = serializers.SerializerMethodField()
    received_at = serializers.DateTimeField()
    next_date = serializers.SerializerMethodField()

    def get_status(self, case: Complaint) -> str:
        return case.public_label.value

    def get_status_label(self, case: Complaint) -> str:
        return str(case.public_label.label)

    @extend_schema_field(NextDateOut(allow_null=True))
    def get_next_date(self, case: Complaint) -> Any:
        found = public_date(case)
        return NextDateOut(found).data if found else None


class LetterOut(Out):
    """A letter that was sent: what and when, never what it says."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField(source="get_kind_display")
    written_at = serializers.DateTimeField()


def letters_of(case: Complaint) -> Any:
    """Rows of the letters sent, newest first, without their words."""
    rows = case.letters.exclude(kind=LetterKind.TRACKING_LINK)
    return rows.order_by("-written_at", "-pk").defer("body", "facts")


class StatusDetailOut(StatusOut):
    """What support may tell any customer, and the letters that went out."""

    letters = serializers.SerializerMethodField()

    @extend_schema_field(LetterOut(many=True))
    def get_letters(self, case: Complaint) -> Any:
        return LetterOut(letters_of(case), many=True).data


class SummaryOut(StatusOut):
    """A line of the customer's list, and the answer to a filing."""

    subject = serializers.CharField()


class StaffSummaryOut(SummaryOut):
    """A line of the staff's list."""

    state = serializers.CharField()
    team = serializers.CharField(source="team.code")
    handler = serializers.CharField(
        source="handler.username", default=None, allow_null=True
    )
    category = serializers.CharField(
        source="category.code", default=None, allow_null=True
    )
    severity = serializers.CharField()
    funds_at_risk = serializers.BooleanField()
    next_due_at = serializers.DateTimeField(allow_null=True)
    next_due_step = serializers.CharField()


class PointOut(Out):
    number = serializers.IntegerField()
    text = serializers.CharField()


class IdentifierOut(Out):
    kind = serializers.CharField()
    value = serializers.CharField()
    network = serializers.CharField()


class FindingOut(Out):
    """What was found on one point, and why."""

    point = serializers.IntegerField(source="point.number")
    outcome = serializers.CharField()
    reasons = serializers.CharField()
    rule = serializers.CharField()


class RemedyOut(Out):
    """One remedy; ``state`` is offered while the customer may accept or refuse it."""

    id = serializers.IntegerField()
    version = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField(source="get_kind_display")
    description = serializers.CharField()
    on_acceptance = serializers.BooleanField()
    amount = Money()
    asset = serializers.CharField()
    state = serializers.CharField()


class DecisionOut(Out):
    """The newest decision that was sent."""

    outcome = serializers.CharField()
    summary = serializers.CharField()
    reasons = serializers.CharField()
    what_changes = serializers.CharField()
    issued_at = serializers.DateTimeField()
    findings = serializers.SerializerMethodField()
    remedies = serializers.SerializerMethodField()

    @extend_schema_field(FindingOut(many=True))
    def get_findings(self, decision: Decision) -> Any:
        rows = decision.findings.select_related("point").order_by("point__number")
        return FindingOut(rows, many=True).data

    @extend_schema_field(RemedyOut(many=True))
    def get_remedies(self, decision: Decision) -> Any:
        return RemedyOut(decision.live_remedies(), many=True).data


class CaseOut(SummaryOut, StatusDetailOut):
    """A case as its customer reads it."""

    channel = serializers.CharField()
    language = serializers.CharField()
    description = serializers.CharField()
    desired_outcome = serializers.CharField()
    service_reference = serializers.CharField()
    facts_from = serializers.DateField(allow_null=True)
    facts_until = serializers.DateField(allow_null=True)
    loss_description = serializers.CharField()
    comments = serializers.CharField()
    asset = serializers.CharField()
    amount = Money()
    category = serializers.CharField(
        source="category.code", default=None, allow_null=True
    )
    points = PointOut(many=True)
    identifiers = IdentifierOut(many=True)
    merged_into = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()

    def get_merged_into(self, case: Complaint) -> str | None:
        """Only where it is the same customer's: another's reference is not told."""
        survivor = case.merged_into
        if survivor is None or survivor.customer_id != case.customer_id:
            return None
        return str(survivor.reference)

    @extend_schema_field(DecisionOut(allow_null=True))
    def get_decision(self, case: Complaint) -> Any:
        sent = case.decisions.filter(issued_at__isnull=False, status__in=ISSUED)
        newest = sent.order_by("-number").first()
        return DecisionOut(newest).data if newest else None


class CustomerOut(Out):
    name = serializers.CharField(source="full_name")
    email = serializers.CharField()
    account_id = serializers.CharField()
    country = serializers.CharField()
    language = serializers.CharField()


class StaffCaseOut(StaffSummaryOut, CaseOut):
    """A case as the staff read it who may read it in full."""

    customer = CustomerOut()
    complexity = serializers.CharField()
    impact = serializers.CharField()
    immediate_action = serializers.BooleanField()
    barrier = serializers.CharField()
    profile_key = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    refusal_ground = serializers.CharField()
    closing_reason = serializers.CharField()
    cause = serializers.CharField()
    cause_scope = serializers.CharField()
    remedies = RemedyOut(many=True)

    def get_merged_into(self, case: Complaint) -> str | None:
        return str(case.merged_into.reference) if case.merged_into else None


class ReasonOut(Out):
    code = serializers.CharField()
    detail = serializers.CharField(source="words")


class FieldOut(Out):
    name = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()
    required = serializers.BooleanField()
    choices = serializers.SerializerMethodField()
    hint = serializers.CharField()

    def get_choices(self, field: Any) -> list[str]:
        if field.kind == Kind.CAUSE:
            rows = RootCause.objects.filter(active=True)
            return list(rows.values_list("code", flat=True))
        return list(field.choices.values) if field.choices else []


class OfferOut(Out):
    """A move that somebody may ask for now, and why it would be refused."""

    name = serializers.CharField()
    label = serializers.CharField(source="spec.label")
    grave = serializers.BooleanField(source="spec.grave")
    allowed = serializers.BooleanField()
    reasons = ReasonOut(source="refusals", many=True)

    def get_fields(self) -> dict[str, Any]:
        """``fields`` is a word of the serializer itself, so it is added here."""
        return {**super().get_fields(), "fields": FieldOut(many=True)}


class OffersOut(Out):
    """``version`` is what to send back in If-Match."""

    version = serializers.IntegerField()
    transitions = OfferOut(many=True)


class ProblemLineOut(Out):
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(Out):
    """Any refusal (RFC 9457); ``code`` is stable, the words are for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(
        child=ProblemLineOut(many=True), required=False, help_text="By field."
    )
    reasons = ProblemLineOut(many=True, required=False)
