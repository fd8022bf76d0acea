"""The operations and shapes of the API; made by ``make client``."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, cast

from .transport import Transport, at


class AppealDetailOut(TypedDict):
    """The same with the customer's part of the sealed file."""

    id: int
    version: int
    state: str
    state_label: str
    against: str
    lodged_at: str
    in_time: bool
    statement: str
    desired_outcome: str
    late_reason: str
    due_at: str | None
    explanation: str
    grounds: list[GroundOut]
    ruling: RulingOut | None
    file: list[FiledOut]


class AppealInRequest(TypedDict):
    """``late_reason`` is needed after the window; ``customer_word`` is for
    staff.
    """

    grounds: list[GroundInRequest]
    statement: NotRequired[str]
    desired_outcome: NotRequired[str]
    late_reason: NotRequired[str]
    customer_word: NotRequired[str]


class CaseOut(TypedDict):
    """A case as its customer reads it."""

    reference: str
    version: int
    status: str
    status_label: str
    received_at: str
    next_date: NextDateOut | None
    subject: str
    letters: list[LetterOut]
    channel: str
    language: str
    description: str
    desired_outcome: str
    service_reference: str
    facts_from: str | None
    facts_until: str | None
    loss_description: str
    comments: str
    asset: str
    amount: str
    category: NotRequired[str | None]
    points: list[PointOut]
    identifiers: list[IdentifierOut]
    merged_into: str | None
    decision: DecisionOut | None


class ComplaintPage(TypedDict):
    results: list[ComplaintLine]
    next: str | None


class CustomerMessageInRequest(TypedDict):
    """What the customer writes."""

    text: str


class CustomerOut(TypedDict):
    """Read only, whatever it is given."""

    name: str
    email: str
    account_id: str
    country: str
    language: str


class DecisionOut(TypedDict):
    """The newest decision that was sent."""

    outcome: str
    summary: str
    reasons: str
    what_changes: str
    issued_at: str
    findings: list[FindingOut]
    remedies: list[RemedyOut]


class EvidenceInRequest(TypedDict):
    """One file of a customer."""

    file: bytes


class EvidenceOut(TypedDict):
    """One file as its customer sees it; ``url`` hands it out as an attachment,
    unless ``scan_state`` is ``pending`` or ``quarantined``.
    """

    number: int
    label: str
    name: str
    content_type: str
    size: int
    sha256: str
    added_at: str
    scan_state: str
    url: str


class FieldOut(TypedDict):
    """Read only, whatever it is given."""

    name: str
    label: str
    kind: str
    required: bool
    choices: list[str]
    hint: str


class FiledOut(TypedDict):
    """One document of the sealed file, named by its hash."""

    number: int
    kind: str
    label: str
    dated: str
    sha256: str


class FilingInRequest(TypedDict):
    """A complaint as the app sends it; only the description is required."""

    description: str
    subject: NotRequired[str]
    points: NotRequired[list[str]]
    category: NotRequired[str | None]
    funds_at_risk: NotRequired[bool]
    asset: NotRequired[str]
    amount: NotRequired[str | None]
    desired_outcome: NotRequired[str]
    identifiers: NotRequired[list[IdentifierInRequest]]
    language: NotRequired[LanguageEnum]
    service_reference: NotRequired[str]
    facts_from: NotRequired[str | None]
    facts_until: NotRequired[str | None]
    loss_description: NotRequired[str]
    comments: NotRequired[str]


class FindingOut(TypedDict):
    """What was found on one point, and why."""

    point: int
    outcome: str
    reasons: str
    rule: str


class GroundInRequest(TypedDict):
    """Why it is wrong; ``point`` is the number of a point, none for the whole."""

    kind: GroundInKindEnum
    text: str
    point: NotRequired[int | None]


class GroundOut(TypedDict):
    """One ground; ``accepted`` and ``answer`` once the appeal is ruled."""

    number: int
    kind: str
    point: NotRequired[int]
    text: str
    accepted: bool | None
    answer: str


class IdentifierInRequest(TypedDict):
    """A transaction, order or address that the complaint names."""

    kind: IdentifierInKindEnum
    value: str
    network: NotRequired[str]


class IdentifierOut(TypedDict):
    """Read only, whatever it is given."""

    kind: str
    value: str
    network: str


class LetterOut(TypedDict):
    """A letter that was sent: what and when, never what it says."""

    id: int
    kind: str
    label: str
    written_at: str


class LetterTextOut(TypedDict):
    """The letter as it stands; it never changes afterwards."""

    id: int
    kind: str
    label: str
    written_at: str
    language: str
    subject: str
    body: str
    sha256: str


class MessageOut(TypedDict):
    """Something said, as the customer reads it: by them or by the desk."""

    id: int
    by: str
    at: str
    text: str
    language: str
    is_question: bool


class NextDateOut(TypedDict):
    """The last day of the limit that counts now, and whose step it is."""

    step: str
    day: str


class OfferOut(TypedDict):
    """A move that somebody may ask for now, and why it would be refused."""

    name: str
    label: str
    grave: bool
    allowed: bool
    reasons: list[ReasonOut]
    fields: list[FieldOut]


class OffersOut(TypedDict):
    """``version`` is what to send back in If-Match."""

    version: int
    transitions: list[OfferOut]


class OutsideAwardOut(TypedDict):
    """The award as it was made, with what those wrote who saw it differently."""

    summary: str
    reasons: str
    sha256: str
    points: list[OutsideFindingOut]
    remedies: list[OutsideRemedyOut]
    dissents: list[str]


class OutsideFindingOut(TypedDict):
    """Read only, whatever it is given."""

    point: int
    finding: str
    reasons: str


class OutsideObjectionOut(TypedDict):
    """What a side says against an arbitrator; ``upheld`` is null until decided."""

    side: str
    reason: str
    made_at: str
    upheld: bool | None
    answer: str


class OutsideOrderOut(TypedDict):
    """An order; ``answer`` is how the side that it was put to carried it out."""

    number: int
    side: str
    text: str
    made_at: str
    due_at: str
    answer: str
    answered_at: str | None


class OutsideOut(TypedDict):
    """Where the outside stage stands; ``award`` is null until there is one."""

    state: str
    state_label: str
    route: str
    body: str
    referred_at: str
    consent_version: str
    next_day: str | None
    may_answer: bool
    may_object: bool
    arbitrators: list[OutsideSeatOut]
    questions: list[OutsideQuestionOut]
    orders: list[OutsideOrderOut]
    award: OutsideAwardOut | None


class OutsideQuestionOut(TypedDict):
    """A question; ``side`` is whom it was put to. Both sides read all of them."""

    number: int
    side: str
    text: str
    asked_at: str
    answer_by: str
    answer: str
    answered_at: str | None


class OutsideRemedyOut(TypedDict):
    """What was awarded; ``amount`` is a decimal in text, null where it is no
    money.
    """

    kind: str
    description: str
    amount: str
    asset: str
    due_on: str | None


class OutsideSeatOut(TypedDict):
    """An arbitrator who accepted."""

    seat: int
    name: str
    chamber: str
    objections: list[OutsideObjectionOut]


class PointOut(TypedDict):
    """Read only, whatever it is given."""

    number: int
    text: str


class ProblemLineOut(TypedDict):
    """Read only, whatever it is given."""

    code: str
    detail: str


class ProblemOut(TypedDict):
    """Any refusal (RFC 9457); ``code`` is stable, the words are for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: NotRequired[dict[str, Any]]
    reasons: NotRequired[list[ProblemLineOut]]


class ReasonOut(TypedDict):
    """Read only, whatever it is given."""

    code: str
    detail: str


class RemedyOut(TypedDict):
    """One remedy; ``state`` is offered while the customer may accept or refuse
    it.
    """

    id: int
    version: int
    kind: str
    label: str
    description: str
    on_acceptance: bool
    amount: str
    asset: str
    state: str


class RulingOut(TypedDict):
    """What was ruled and why."""

    outcome: str
    summary: str
    reasons: str
    ruled_at: str


class StaffAppealOut(TypedDict):
    """The same for staff, who see who reviews it and the whole file."""

    id: int
    version: int
    state: str
    state_label: str
    against: str
    lodged_at: str
    in_time: bool
    statement: str
    desired_outcome: str
    late_reason: str
    due_at: str | None
    explanation: str
    grounds: list[GroundOut]
    ruling: RulingOut | None
    reviewer: NotRequired[str]
    lodged_by: str
    file_head: str
    file_seq: int
    file: list[FiledOut]


class StaffCaseOut(TypedDict):
    """A case as the staff read it who may read it in full."""

    reference: str
    version: int
    status: str
    status_label: str
    received_at: str
    next_date: NextDateOut | None
    subject: str
    state: str
    team: str
    handler: NotRequired[str | None]
    category: NotRequired[str | None]
    severity: str
    funds_at_risk: bool
    next_due_at: str | None
    next_due_step: str
    letters: list[LetterOut]
    channel: str
    language: str
    description: str
    desired_outcome: str
    service_reference: str
    facts_from: str | None
    facts_until: str | None
    loss_description: str
    comments: str
    asset: str
    amount: str
    points: list[PointOut]
    identifiers: list[IdentifierOut]
    merged_into: str | None
    decision: DecisionOut | None
    customer: CustomerOut
    complexity: str
    impact: str
    immediate_action: bool
    barrier: str
    profile_key: str
    recorded_at: str
    refusal_ground: str
    closing_reason: str
    cause: str
    cause_scope: str
    remedies: list[RemedyOut]


class StaffEvidenceInRequest(TypedDict):
    """One file brought by staff: what it is, whence, and whether it is shown."""

    file: bytes
    kind: NotRequired[StaffEvidenceInKindEnum]
    source: NotRequired[str]
    shared_with_customer: NotRequired[bool]


class StaffEvidenceOut(TypedDict):
    """One file as its customer sees it; ``url`` hands it out as an attachment,
    unless ``scan_state`` is ``pending`` or ``quarantined``.
    """

    number: int
    label: str
    name: str
    content_type: str
    size: int
    sha256: str
    added_at: str
    scan_state: str
    url: str
    kind: str
    source: str
    relevance: str
    shared_with_customer: bool
    added_by: str


class StaffMessageInRequest(TypedDict):
    """``reply`` goes out, ``note`` stays inside, ``heard`` is the customer's
    word as staff heard it.
    """

    text: str
    kind: StaffMessageInKindEnum


class StaffMessageOut(TypedDict):
    """The same for staff, who see notes and names."""

    id: int
    by: str
    at: str
    text: str
    language: str
    is_question: bool
    direction: str
    channel: str
    author: str
    sender_verified: bool


class StaffSummaryOut(TypedDict):
    """A line of the staff's list."""

    reference: str
    version: int
    status: str
    status_label: str
    received_at: str
    next_date: NextDateOut | None
    subject: str
    state: str
    team: str
    handler: NotRequired[str | None]
    category: NotRequired[str | None]
    severity: str
    funds_at_risk: bool
    next_due_at: str | None
    next_due_step: str


class StatusDetailOut(TypedDict):
    """What support may tell any customer, and the letters that went out."""

    reference: str
    version: int
    status: str
    status_label: str
    received_at: str
    next_date: NextDateOut | None
    letters: list[LetterOut]


class SummaryOut(TypedDict):
    """A line of the customer's list, and the answer to a filing."""

    reference: str
    version: int
    status: str
    status_label: str
    received_at: str
    next_date: NextDateOut | None
    subject: str


class TimelineOut(TypedDict):
    """One line of the story; ``at`` is a moment, or a day for what is to come."""

    at: str
    kind: str
    sentence: str
    who: str
    body: str
    language: str
    evidence: int | None
    letter: int | None


class WordInRequest(TypedDict):
    """What the customer says to it, read by the arbitrator and the exchange."""

    text: str


AddedEvidence = EvidenceOut | StaffEvidenceOut


Appeal = AppealDetailOut | StaffAppealOut


BringingRequest = EvidenceInRequest | StaffEvidenceInRequest


Complaint = CaseOut | StaffCaseOut | StatusDetailOut


ComplaintLine = SummaryOut | StaffSummaryOut


Evidence = EvidenceOut | StaffEvidenceOut


GroundInKindEnum = Literal[
    "facts_wrong",
    "evidence_not_weighed",
    "rule_misapplied",
    "remedy_too_small",
    "procedure_unfair",
    "new_evidence",
    "refusal_wrong",
]


IdentifierInKindEnum = Literal["transaction", "order", "wallet", "ticket", "service"]


LanguageEnum = Literal["en", "zh-hans"]


LodgedAppeal = AppealDetailOut | StaffAppealOut


Message = MessageOut | StaffMessageOut


MovedAppeal = AppealDetailOut | StaffAppealOut


OneAppeal = AppealDetailOut | StaffAppealOut


StaffEvidenceInKindEnum = Literal[
    "transaction",
    "account",
    "chat_log",
    "system_log",
    "customer_file",
    "authority",
    "other",
]


StaffMessageInKindEnum = Literal["reply", "note", "heard"]


WithdrawnAppeal = AppealDetailOut | StaffAppealOut


WritingRequest = CustomerMessageInRequest | StaffMessageInRequest


WrittenMessage = MessageOut | StaffMessageOut


class Client(Transport):
    """One method an operation; each raises ``Problem``."""

    def complaints_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        scope: Literal["mine", "staff"] | None = None,
        state: Literal[
            "answered",
            "appealed",
            "assigned",
            "awaiting_customer",
            "closed",
            "in_review",
            "inadmissible",
            "investigating",
            "merged",
            "received",
            "remedying",
            "withdrawn",
        ]
        | None = None,
        status: Literal[
            "checking", "closed", "decided", "investigating", "received", "waiting"
        ]
        | None = None,
    ) -> ComplaintPage:
        """My complaints; for staff those they read in full."""

        return cast(
            "ComplaintPage",
            self._call(
                "GET",
                at("/api/v1/complaints/"),
                headers={},
                query={
                    "cursor": cursor,
                    "limit": limit,
                    "scope": scope,
                    "state": state,
                    "status": status,
                },
            ),
        )

    def complaints_create(
        self, body: FilingInRequest, *, idempotency_key: str | None = None
    ) -> SummaryOut:
        """File a complaint."""

        return cast(
            "SummaryOut",
            self._call(
                "POST",
                at("/api/v1/complaints/"),
                headers={"Idempotency-Key": idempotency_key},
                json=body,
                query={},
            ),
        )

    def complaints_retrieve(self, reference: str) -> Complaint:
        """One complaint."""

        return cast(
            "Complaint",
            self._call(
                "GET", at("/api/v1/complaints/{}/", reference), headers={}, query={}
            ),
        )

    def complaints_accept_create(
        self,
        reference: str,
        body: dict[str, Any] | None = None,
        *,
        if_match: str | None = None,
    ) -> StatusDetailOut | None:
        """Accept the decision."""

        return cast(
            "StatusDetailOut | None",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/accept/", reference),
                headers={"If-Match": if_match},
                json=body or {},
                query={},
            ),
        )

    def complaints_appeals_list(self, reference: str) -> list[Appeal]:
        """Appeals, newest first."""

        return cast(
            "list[Appeal]",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/appeals/", reference),
                headers={},
                query={},
            ),
        )

    def complaints_appeals_create(
        self, reference: str, body: AppealInRequest
    ) -> LodgedAppeal | None:
        """Appeal."""

        return cast(
            "LodgedAppeal | None",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/appeals/", reference),
                headers={},
                json=body,
                query={},
            ),
        )

    def complaints_appeals_retrieve(self, reference: str, number: int) -> OneAppeal:
        """One appeal."""

        return cast(
            "OneAppeal",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/appeals/{}/", reference, number),
                headers={},
                query={},
            ),
        )

    def complaints_appeals_outside_retrieve(
        self, reference: str, number: int
    ) -> OutsideOut:
        """The outside stage of an appeal, for its customer."""

        return cast(
            "OutsideOut",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/appeals/{}/outside/", reference, number),
                headers={},
                query={},
            ),
        )

    def complaints_appeals_outside_answer_create(
        self,
        reference: str,
        number: int,
        kind: Literal["order", "question"],
        item: int,
        body: WordInRequest,
    ) -> OutsideOut:
        """Answer the arbitrator's question, or say that an order is carried out."""

        return cast(
            "OutsideOut",
            self._call(
                "POST",
                at(
                    "/api/v1/complaints/{}/appeals/{}/outside/{}/{}/answer/",
                    reference,
                    number,
                    kind,
                    item,
                ),
                headers={},
                json=body,
                query={},
            ),
        )

    def complaints_appeals_outside_seats_object_create(
        self, reference: str, number: int, seat: int, body: WordInRequest
    ) -> OutsideOut:
        """Object to an arbitrator."""

        return cast(
            "OutsideOut",
            self._call(
                "POST",
                at(
                    "/api/v1/complaints/{}/appeals/{}/outside/seats/{}/object/",
                    reference,
                    number,
                    seat,
                ),
                headers={},
                json=body,
                query={},
            ),
        )

    def complaints_appeals_transitions_retrieve(
        self, reference: str, number: int
    ) -> OffersOut:
        """What I may do to it now."""

        return cast(
            "OffersOut",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/appeals/{}/transitions/", reference, number),
                headers={},
                query={},
            ),
        )

    def complaints_appeals_transitions_create(
        self,
        reference: str,
        number: int,
        name: str,
        body: dict[str, Any] | None = None,
        *,
        if_match: str | None = None,
    ) -> MovedAppeal | None:
        """Do it."""

        return cast(
            "MovedAppeal | None",
            self._call(
                "POST",
                at(
                    "/api/v1/complaints/{}/appeals/{}/transitions/{}/",
                    reference,
                    number,
                    name,
                ),
                headers={"If-Match": if_match},
                json=body or {},
                query={},
            ),
        )

    def complaints_appeals_withdraw_create(
        self,
        reference: str,
        number: int,
        body: dict[str, Any] | None = None,
        *,
        if_match: str | None = None,
    ) -> WithdrawnAppeal | None:
        """Withdraw the appeal."""

        return cast(
            "WithdrawnAppeal | None",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/appeals/{}/withdraw/", reference, number),
                headers={"If-Match": if_match},
                json=body or {},
                query={},
            ),
        )

    def complaints_evidence_list(self, reference: str) -> list[Evidence]:
        """Files."""

        return cast(
            "list[Evidence]",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/evidence/", reference),
                headers={},
                query={},
            ),
        )

    def complaints_evidence_create(
        self, reference: str, file: tuple[str, bytes]
    ) -> AddedEvidence:
        """Add a file."""

        return cast(
            "AddedEvidence",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/evidence/", reference),
                headers={},
                files={"file": file},
                query={},
            ),
        )

    def complaints_evidence_retrieve(self, reference: str, number: int) -> bytes:
        """One file."""

        return self._bytes(
            "GET",
            at("/api/v1/complaints/{}/evidence/{}/", reference, number),
            headers={},
        )

    def complaints_letters_retrieve(self, reference: str, number: int) -> LetterTextOut:
        """One letter, whole."""

        return cast(
            "LetterTextOut",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/letters/{}/", reference, number),
                headers={},
                query={},
            ),
        )

    def complaints_messages_list(self, reference: str) -> list[Message]:
        """Messages, oldest first."""

        return cast(
            "list[Message]",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/messages/", reference),
                headers={},
                query={},
            ),
        )

    def complaints_messages_create(
        self, reference: str, body: WritingRequest | None = None
    ) -> WrittenMessage:
        """Write a message."""

        return cast(
            "WrittenMessage",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/messages/", reference),
                headers={},
                json=body or {},
                query={},
            ),
        )

    def complaints_remedies_accept_create(
        self,
        reference: str,
        number: int,
        body: dict[str, Any] | None = None,
        *,
        if_match: str | None = None,
    ) -> StatusDetailOut | None:
        """Accept one remedy."""

        return cast(
            "StatusDetailOut | None",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/remedies/{}/accept/", reference, number),
                headers={"If-Match": if_match},
                json=body or {},
                query={},
            ),
        )

    def complaints_remedies_refuse_create(
        self,
        reference: str,
        number: int,
        body: dict[str, Any] | None = None,
        *,
        if_match: str | None = None,
    ) -> StatusDetailOut | None:
        """Refuse one remedy."""

        return cast(
            "StatusDetailOut | None",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/remedies/{}/refuse/", reference, number),
                headers={"If-Match": if_match},
                json=body or {},
                query={},
            ),
        )

    def complaints_timeline_list(self, reference: str) -> list[TimelineOut]:
        """The story, newest first."""

        return cast(
            "list[TimelineOut]",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/timeline/", reference),
                headers={},
                query={},
            ),
        )

    def complaints_transitions_retrieve(self, reference: str) -> OffersOut:
        """What I may do now."""

        return cast(
            "OffersOut",
            self._call(
                "GET",
                at("/api/v1/complaints/{}/transitions/", reference),
                headers={},
                query={},
            ),
        )

    def complaints_transitions_create(
        self,
        reference: str,
        name: str,
        body: dict[str, Any] | None = None,
        *,
        if_match: str | None = None,
    ) -> StatusDetailOut | None:
        """Do it."""

        return cast(
            "StatusDetailOut | None",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/transitions/{}/", reference, name),
                headers={"If-Match": if_match},
                json=body or {},
                query={},
            ),
        )

    def complaints_withdraw_create(
        self,
        reference: str,
        body: dict[str, Any] | None = None,
        *,
        if_match: str | None = None,
    ) -> StatusDetailOut | None:
        """Withdraw the complaint."""

        return cast(
            "StatusDetailOut | None",
            self._call(
                "POST",
                at("/api/v1/complaints/{}/withdraw/", reference),
                headers={"If-Match": if_match},
                json=body or {},
                query={},
            ),
        )
