"""The words of the workflow: states, labels and closed lists. Imports nothing of ours.

Values are stored and sent over the API, so they never change; labels are for people.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a complaint stands (design: "States of a complaint")."""

    RECEIVED = "received", _("Received")
    INADMISSIBLE = "inadmissible", _("Inadmissible")
    ASSIGNED = "assigned", _("Assigned to a team")
    INVESTIGATING = "investigating", _("Investigating")
    AWAITING_CUSTOMER = "awaiting_customer", _("Waiting for the customer")
    IN_REVIEW = "in_review", _("Decision in review")
    REMEDYING = "remedying", _("Carrying out the decision")
    ANSWERED = "answered", _("Answered")
    APPEALED = "appealed", _("Under appeal")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")


class PublicLabel(TextChoices):
    """The six words a customer ever sees for a state."""

    RECEIVED = "received", _("Received")
    CHECKING = "checking", _("Checking")
    INVESTIGATING = "investigating", _("Investigating")
    WAITING = "waiting", _("Waiting for you")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed")


PUBLIC_LABELS: dict[str, PublicLabel] = {
    State.RECEIVED: PublicLabel.RECEIVED,
    State.INADMISSIBLE: PublicLabel.DECIDED,
    State.ASSIGNED: PublicLabel.CHECKING,
    State.INVESTIGATING: PublicLabel.INVESTIGATING,
    State.AWAITING_CUSTOMER: PublicLabel.WAITING,
    State.IN_REVIEW: PublicLabel.INVESTIGATING,
    State.REMEDYING: PublicLabel.INVESTIGATING,
    State.ANSWERED: PublicLabel.DECIDED,
    State.APPEALED: PublicLabel.INVESTIGATING,
    State.CLOSED: PublicLabel.CLOSED,
    State.WITHDRAWN: PublicLabel.CLOSED,
    State.MERGED: PublicLabel.CLOSED,
}

FINAL_STATES: frozenset[str] = frozenset({State.CLOSED, State.WITHDRAWN, State.MERGED})
"""States in which nobody works on the case any more."""

DECIDED_STATES: frozenset[str] = frozenset({State.ANSWERED, State.INADMISSIBLE})
"""States in which the customer holds an answer and may appeal."""

OPEN_STATES: frozenset[str] = frozenset(State.values) - FINAL_STATES
WORKING_STATES: frozenset[str] = OPEN_STATES - DECIDED_STATES
"""States in which staff owe the next step; what the queue shows by default."""


class Step(TextChoices):
    """The steps that have a limit; every clock names one."""

    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    ADMIT = "admit", _("Admit")
    FIRST_ANSWER = "first_answer", _("First answer")
    INVESTIGATE = "investigate", _("Investigate")
    DECIDE = "decide", _("Decide")
    ANSWER_QUESTION = "answer_question", _("Answer the customer's question")
    ANSWER_CUSTOMER = "answer_customer", _("Customer's answer")
    EXECUTE_REMEDY = "execute_remedy", _("Carry out the remedy")
    STATUTORY_DECISION = "statutory_decision", _("Decision by law")
    APPEAL_WINDOW = "appeal_window", _("Appeal window")
    APPEAL_ADMIT = "appeal_admit", _("Admit the appeal")
    APPEAL_RULE = "appeal_rule", _("Rule on the appeal")
    PROTECT = "protect", _("Protect the account")
    INTERIM_REVIEW = "interim_review", _("Review the interim measure")
    FOLLOW_UP = "follow_up", _("Read the new message")
    CONSULT = "consult", _("Answer the consultation")
    CONTRIBUTE = "contribute", _("Contribute")
    OUTSIDE = "outside", _("Comply with the arbitrator")
    OUTSIDE_CUSTOMER = "outside_customer", _("Customer's turn before the arbitrator")


ASKED_STEPS: frozenset[str] = frozenset({Step.CONSULT, Step.CONTRIBUTE})
"""Limits of a team that was asked, not of the one that has the case."""

DATED_STEPS: frozenset[str] = ASKED_STEPS | {Step.OUTSIDE, Step.OUTSIDE_CUSTOMER}
"""Steps whose end somebody names each time; no profile gives them a limit."""


class ClockKind(TextChoices):
    STATUTORY = "statutory", _("By law")
    INTERNAL = "internal", _("Internal")


class Channel(TextChoices):
    """How a complaint or message reached us."""

    PORTAL = "portal", _("Portal")
    APP = "app", _("App")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Live chat")
    TICKET = "ticket", _("Ticket")
    PHONE = "phone", _("Phone")
    TELEGRAM = "telegram", _("Telegram")
    X = "x", _("X")
    FACEBOOK = "facebook", _("Facebook")
    FORUM = "forum", _("Community forum")
    LETTER = "letter", _("Letter")


class Severity(TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Critical")


SEVERITY_ORDER: tuple[str, ...] = tuple(Severity.values)


class Scale(TextChoices):
    """Complexity and impact in the initial assessment (ISO 10002)."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Barrier(TextChoices):
    """Why a case is hidden from everyone but the few who were let in."""

    NONE = "", _("None")
    INSIDER = "insider", _("About one of our own people")
    PRIVILEGE = "privilege", _("Legal privilege")
    SUSPICION = "suspicion", _("Suspicion report")


class Finding(TextChoices):
    """What was found on one point."""

    UPHELD = "upheld", _("Upheld")
    PARTLY_UPHELD = "partly_upheld", _("Upheld in part")
    NOT_UPHELD = "not_upheld", _("Not upheld")
    UNDETERMINED = "undetermined", _("Cannot be determined")


class Outcome(TextChoices):
    """What was decided on the whole complaint (DISP 1.6.2R, RTS 2025/294 Art 6)."""

    UPHELD = "upheld", _("Upheld")
    PARTLY_UPHELD = "partly_upheld", _("Upheld in part")
    NOT_UPHELD = "not_upheld", _("Not upheld")
    REDRESS_WITHOUT_ACCEPTING = "redress_offered", _("Redress without accepting")


class Responsibility(TextChoices):
    EXCHANGE = "exchange", _("The exchange")
    CUSTOMER = "customer", _("The customer")
    THIRD_PARTY = "third_party", _("A third party")
    OTHER_FIRM = "other_firm", _("Another firm")
    UNDETERMINED = "undetermined", _("Cannot be determined")


class DecisionStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    ISSUED = "issued", _("Issued")
    SUPERSEDED = "superseded", _("Replaced")


class SignOffRole(TextChoices):
    """In which capacity a sign-off is given."""

    LEAD = "lead", _("Team lead")
    APPROVER = "approver", _("Approver")
    LEGAL = "legal", _("Legal")
    COMPLIANCE = "compliance", _("Compliance")

    @property
    def codename(self) -> str:
        """The permission of ``teams.roles`` by which it is given."""
        return f"sign_off_as_{self.value}"


class RemedyKind(TextChoices):
    REFUND = "refund", _("Refund")
    COMPENSATION = "compensation", _("Compensation")
    FEE_WAIVER = "fee_waiver", _("Fee waiver")
    TRADE_CORRECTION = "trade_correction", _("Trade correction")
    ACCOUNT_RECOVERY = "account_recovery", _("Account recovery")
    SECURITY_HARDENING = "security_hardening", _("Account secured")
    APOLOGY = "apology", _("Apology or explanation")
    GOODWILL = "goodwill", _("Goodwill payment")


MONEY_KINDS: frozenset[str] = frozenset(
    {RemedyKind.REFUND, RemedyKind.COMPENSATION, RemedyKind.GOODWILL}
)
"""Remedies that pay out, and so need an amount and leave a payout row."""


class RemedyState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("Lapsed")
    EXECUTING = "executing", _("Being carried out")
    EXECUTED = "executed", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    REVERSED = "reversed", _("Reversed")


class Executor(TextChoices):
    """Who carries a remedy out."""

    MANUAL = "manual", _("A person, with proof")
    HTTP = "http", _("The exchange's ledger")


class OrderKind(TextChoices):
    PAY = "pay", _("Payment")
    TAKE_BACK = "take_back", _("Taking back")


class OrderState(TextChoices):
    """Where one instruction stands; ``asked`` and ``agreed`` are of taking back."""

    ASKED = "asked", _("Waits for a second person")
    AGREED = "agreed", _("To be done by hand")
    WAITING = "waiting", _("With the ledger")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused by the ledger")
    DECLINED = "declined", _("Declined")
    REPLACED = "replaced", _("Carried out by hand instead")


SETTLED_REMEDY_STATES: frozenset[str] = frozenset(
    {
        RemedyState.EXECUTED,
        RemedyState.REFUSED,
        RemedyState.LAPSED,
        RemedyState.CANCELLED,
        RemedyState.REVERSED,
    }
)


class ClosingReason(TextChoices):
    ACCEPTED = "accepted", _("The customer accepted")
    WINDOW_ENDED = "window_ended", _("The appeal window ended")
    ENQUIRY = "enquiry", _("An enquiry, not a complaint")
    OTHER_FIRM = "other_firm", _("Another firm's matter")


class CauseScope(TextChoices):
    """ISO 10002: what kind of problem stands behind the complaint."""

    SINGLE = "single", _("Single incident")
    RECURRING = "recurring", _("Recurring")
    SYSTEMIC = "systemic", _("Systemic")


class Cause(StrEnum):
    """Codes of the root causes that are shipped; the list itself is ``RootCause``."""

    PROCESS_GAP = "process_gap"
    PROCESS_NOT_FOLLOWED = "process_not_followed"
    SOFTWARE_FAULT = "software_fault"
    CAPACITY = "capacity"
    UNCLEAR_INFORMATION = "unclear_information"
    STAFF_ERROR = "staff_error"
    SUPPLIER = "supplier"
    FRAUD_BY_OTHERS = "fraud_by_others"
    CUSTOMER_ERROR = "customer_error"
    NONE_FOUND = "none_found"


class AccessKind(TextChoices):
    """Why a case that is not the team's own may be seen; see CaseAccess."""

    CONSULTATION = "consultation", _("Consultation")
    CONTRIBUTION = "contribution", _("Contribution")
    SIGN_OFF = "sign_off", _("Sign-off")
    EXECUTION = "execution", _("Carrying out a remedy")
    COMPLIANCE = "compliance", _("Compliance review")
    APPEAL = "appeal", _("Appeal")
    BREAK_GLASS = "break_glass", _("Break-glass")
    BARRIER = "barrier", _("Let through the barrier")
    SEAL = "seal", _("Inside a sealed file")
    GUEST_LINK = "guest_link", _("Tracking link")


class Direction(TextChoices):
    INBOUND = "in", _("From the customer")
    OUTBOUND = "out", _("To the customer")
    INTERNAL = "internal", _("Internal note")


class EvidenceKind(TextChoices):
    TRANSACTION = "transaction", _("Transaction record")
    ACCOUNT = "account", _("Account record")
    CHAT_LOG = "chat_log", _("Chat log")
    SYSTEM_LOG = "system_log", _("System log")
    CUSTOMER_FILE = "customer_file", _("Customer's file")
    AUTHORITY = "authority", _("Power of attorney or proof of authority")
    OTHER = "other", _("Other")


class RecordKind(TextChoices):
    """What the exchange's own systems hold of an account."""

    WITHDRAWALS = "withdrawals", _("Withdrawals")
    DEPOSITS = "deposits", _("Deposits")
    TRADES = "trades", _("Trades")
    LOGINS = "logins", _("Log-ins")
    LOGS = "logs", _("System log")


class ScanState(TextChoices):
    NOT_SCANNED = "not_scanned", _("Not checked: no scanner here")
    PENDING = "pending", _("Held until it is checked")
    CLEAN = "clean", _("Checked")
    QUARANTINED = "quarantined", _("Held back: a virus was found")


class LetterKind(TextChoices):
    RECEIPT = "receipt", _("Receipt")
    ADMISSIBLE = "admissible", _("We take up your complaint")
    INADMISSIBLE = "inadmissible", _("We cannot take up your complaint")
    ENQUIRY = "enquiry", _("Answer to your enquiry")
    QUESTION = "question", _("A question for you")
    REPLY = "reply", _("Message")
    DELAY = "delay", _("Delay notice")
    DECISION = "decision", _("Decision")
    REMEDY_DONE = "remedy_done", _("Remedy carried out")
    INTERIM_MEASURE = "interim_measure", _("Your account is protected")
    APPEAL_RECEIVED = "appeal_received", _("Appeal received")
    RULING = "ruling", _("Ruling on your appeal")
    OUTSIDE = "outside", _("News of the outside stage")
    CLOSED = "closed", _("Complaint closed")
    TRACKING_LINK = "tracking_link", _("Your tracking link")


class Intake(TextChoices):
    """What became of one raw message; exactly one of these."""

    OPENED = "opened", _("Opened a complaint")
    APPENDED = "appended", _("Added to a complaint")
    HELD = "held", _("Held for a person")
    DROPPED = "dropped", _("Dropped")


class IdentifierKind(TextChoices):
    TRANSACTION = "transaction", _("Transaction ID")
    ORDER = "order", _("Order ID")
    WALLET = "wallet", _("Wallet address")
    TICKET = "ticket", _("Support ticket")
    SERVICE = "service", _("Service reference")


class InterimKind(TextChoices):
    FREEZE = "freeze", _("Account frozen")
    WITHDRAWAL_LOCK = "withdrawal_lock", _("Withdrawals locked")
    SESSION_KILL = "session_kill", _("All sessions ended")
    KEY_RESET = "key_reset", _("API keys and passkeys reset")


class AppealState(TextChoices):
    LODGED = "lodged", _("Lodged")
    ADMITTED = "admitted", _("Admitted")
    OUT_OF_TIME = "out_of_time", _("Out of time")
    REVIEWING = "reviewing", _("Under review")
    RULED = "ruled", _("Ruled")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REFERRED = "referred", _("Before an outside body")
    AWARDED = "awarded", _("Award received")
    DISCONTINUED = "discontinued", _("Discontinued")
    CLOSED = "closed", _("Closed")


class AppealGroundKind(TextChoices):
    FACTS_WRONG = "facts_wrong", _("The facts are wrong")
    EVIDENCE_NOT_WEIGHED = "evidence_not_weighed", _("Evidence was not weighed")
    RULE_MISAPPLIED = "rule_misapplied", _("A rule was applied wrongly")
    REMEDY_TOO_SMALL = "remedy_too_small", _("The remedy is too small")
    PROCEDURE_UNFAIR = "procedure_unfair", _("The procedure was unfair")
    NEW_EVIDENCE = "new_evidence", _("There is new evidence")
    REFUSAL_WRONG = "refusal_wrong", _("The complaint should have been admitted")


class RulingOutcome(TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    VARIED = "varied", _("Varied")
    OVERTURNED = "overturned", _("Overturned")
    REMITTED = "remitted", _("Sent back")


class TaskOrigin(TextChoices):
    """Where a task on a case comes from."""

    STAFF = "staff", _("Given by a colleague")
    MENTION = "mention", _("Named in a note")
    MESSAGE = "message", _("The customer wrote on a finished case")


class CareKind(TextChoices):
    """Why a customer needs particular care (FCA FG21/1: the four drivers)."""

    HEALTH = "health", _("Health")
    LIFE_EVENT = "life_event", _("Life event, such as a death or a separation")
    RESILIENCE = "resilience", _("Hardly able to bear the loss")
    CAPABILITY = "capability", _("Language, age or little experience")
    OTHER = "other", _("Other")
