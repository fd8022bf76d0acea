"""The register: one module a family."""

from complaints.models.access import (
    CaseAccess,
    Conflict,
    ConflictKind,
    InterimMeasure,
    ProtectionRequest,
)
from complaints.models.barrier import InformationBarrier
from complaints.models.category import Category
from complaints.models.cause import RootCause, cause_labels
from complaints.models.clock import Clock
from complaints.models.complaint import Complaint, Identifier, Point
from complaints.models.compliance import ComplianceCheck, ComplianceNote, DrawnFor
from complaints.models.conference import Conference
from complaints.models.correspondence import (
    Letter,
    Message,
    Outbox,
    OutboxStatus,
    RawMessage,
)
from complaints.models.decision import (
    Decision,
    PointFinding,
    ResponsibilityShare,
    SignOff,
)
from complaints.models.desk import BulkRun, CaseTag, Presence, SavedView, Tag, Watch
from complaints.models.draft import DRAFT_LIVES, Draft, DraftFile
from complaints.models.evidence import (
    Evidence,
    EvidencePage,
    EvidenceTask,
    EvidenceWork,
)
from complaints.models.feedback import Rating, UnsentText
from complaints.models.identity import MergeBasis, PartyMerge
from complaints.models.improvement import (
    Alarm,
    AlarmKind,
    ImprovementAction,
    Progress,
    Verdict,
)
from complaints.models.incident import (
    AffectedAccount,
    Incident,
    IncidentCase,
    IncidentFinding,
)
from complaints.models.instruction import LIVE_TAKE_BACK, Instruction
from complaints.models.ledger import Event, EventText, Stream
from complaints.models.letter import LetterDispatch, LetterPart, LetterPdf
from complaints.models.mailbox import Mailbox
from complaints.models.party import (
    LINK_ENDED,
    Capacity,
    Contact,
    ContactDetails,
    ContactKind,
    LinkCode,
    Party,
    PartyKind,
    Representative,
)
from complaints.models.person_request import (
    PersonRequest,
    RequestAnswer,
    RequestKind,
)
from complaints.models.policy import PolicySnippet
from complaints.models.quality import QualityCriterion, QualityDraw, QualityReview
from complaints.models.remedy import Payout, Remedy
from complaints.models.retention import LegalHold
from complaints.models.root import LedgerRoot
from complaints.models.search import SearchSource, SearchWords
from complaints.models.triage import LearnedTopics
from complaints.models.work import (
    STAFF_DRAFT_LIVES,
    CareMarker,
    HandOver,
    ReplyTemplate,
    StaffDraft,
    Task,
)

__all__ = [
    "DRAFT_LIVES",
    "LINK_ENDED",
    "LIVE_TAKE_BACK",
    "STAFF_DRAFT_LIVES",
    "AffectedAccount",
    "Alarm",
    "AlarmKind",
    "BulkRun",
    "Capacity",
    "CareMarker",
    "CaseAccess",
    "CaseTag",
    "Category",
    "Clock",
    "Complaint",
    "ComplianceCheck",
    "ComplianceNote",
    "Conference",
    "Conflict",
    "ConflictKind",
    "Contact",
    "ContactDetails",
    "ContactKind",
    "Decision",
    "Draft",
    "DraftFile",
    "DrawnFor",
    "Event",
    "EventText",
    "Evidence",
    "EvidencePage",
    "EvidenceTask",
    "EvidenceWork",
    "HandOver",
    "Identifier",
    "ImprovementAction",
    "Incident",
    "IncidentCase",
    "IncidentFinding",
    "InformationBarrier",
    "Instruction",
    "InterimMeasure",
    "LearnedTopics",
    "LedgerRoot",
    "LegalHold",
    "Letter",
    "LetterDispatch",
    "LetterPart",
    "LetterPdf",
    "LinkCode",
    "Mailbox",
    "MergeBasis",
    "Message",
    "Outbox",
    "OutboxStatus",
    "Party",
    "PartyKind",
    "PartyMerge",
    "Payout",
    "PersonRequest",
    "Point",
    "PointFinding",
    "PolicySnippet",
    "Presence",
    "Progress",
    "ProtectionRequest",
    "QualityCriterion",
    "QualityDraw",
    "QualityReview",
    "Rating",
    "RawMessage",
    "Remedy",
    "ReplyTemplate",
    "Representative",
    "RequestAnswer",
    "RequestKind",
    "ResponsibilityShare",
    "RootCause",
    "SavedView",
    "SearchSource",
    "SearchWords",
    "SignOff",
    "StaffDraft",
    "Stream",
    "Tag",
    "Task",
    "UnsentText",
    "Verdict",
    "Watch",
    "cause_labels",
]
