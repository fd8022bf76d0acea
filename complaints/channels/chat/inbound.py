"""Chat in: a transcript becomes a complaint or joins one, whole, once.

The bytes are our own, yet who may do what is asked again here: a killed process may
decide them long after the agent who asked has left.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.channels import cases, pipeline
from complaints.channels.chat import desk, talk, transcript
from complaints.channels.chat.models import Author, Code, Conversation, Line
from complaints.channels.reasons import Reason
from complaints.channels.work import Taken, Verdict, Way, Work, held
from complaints.errors import InvalidInput, NotVisible
from complaints.models import Complaint, Contact, ContactKind, RawMessage
from complaints.permissions import Viewer, customer_self, viewer_of
from complaints.reference_number import normalise
from complaints.services import intake
from complaints.states import Intake
from teams.models import User


def keep(
    conversation: Conversation,
    *,
    join: str = "",
    agent: Viewer | None = None,
    unanswered: bool = False,
) -> Taken:
    """Hand in what was said since the last time; the same part only once.

    join: the reference of a case to which the agent adds it. unanswered: a person
    has to look at it before it counts as a complaint. Raises ``InvalidInput`` where
    nothing was said, ``NotVisible`` for a conversation or case out of sight.
    """
    reference = _case_to_join(conversation, join, agent) if join else ""
    if agent is not None:
        desk.see(conversation, agent)
    conversation.refresh_from_db()
    known = _handed_in(conversation)
    raw = known or transcript.canonical(
        conversation,
        _untold(conversation),
        join=reference,
        agent=agent.user.pk if agent else None,
        unanswered=unanswered,
    )
    return pipeline.take_in(
        raw, provider=transcript.PROVIDER, account=transcript.ACCOUNT
    )


def _case_to_join(conversation: Conversation, join: str, agent: Viewer | None) -> str:
    case = _joined(normalise(join) or "", agent)
    user = conversation.user
    if user is not None and not customer_self(case, viewer_of(user)):
        words = _("This complaint is of another customer.")
        raise InvalidInput(words, field="reference")
    return case.reference


def _joined(reference: str, agent: Viewer | None) -> Complaint:
    """The case as far as the agent may see it. Raises ``NotVisible``."""
    if agent is None:
        raise NotVisible
    rows = Complaint.objects.status_visible_to(agent).select_related("customer")
    case = rows.filter(reference=reference).first()
    if case is None:
        raise NotVisible
    return case


def _handed_in(conversation: Conversation) -> bytes:
    """The bytes of this part where a process stored them and was killed."""
    key = f"{conversation.key}:{conversation.taken_upto}"
    row = RawMessage.objects.filter(
        provider=transcript.PROVIDER, account=transcript.ACCOUNT, external_id=key
    ).first()
    return bytes(row.raw) if row else b""


def _untold(conversation: Conversation) -> list[Line]:
    rows = conversation.lines.filter(private=False, pk__gt=conversation.taken_upto)
    lines = list(rows.select_related("user", "file").defer(*_BYTES).order_by("pk"))
    if not any(line.author == Author.CUSTOMER for line in lines):
        raise InvalidInput(_("Nothing was said since it was last kept."))
    return lines


_BYTES = ("file__content", "file__preview")


# Deciding -----------------------------------------------------------------------------


def decide(work: Work) -> Verdict:
    if not work.inbound.sender.handle:
        return held(Reason.UNREADABLE)
    told = transcript.read(work.inbound.raw)
    row = Conversation.objects.filter(key=told["conversation"])
    if not row.filter(taken_upto=told["since"]).update(taken_upto=told["upto"]):
        # Its lines were kept by other bytes, or its rows are gone by now.
        return held(Reason.INVALID)
    conversation = row.select_related("user", "complaint").get()
    _vouch(conversation)
    if told["unanswered"]:
        return held(Reason.UNANSWERED)
    if told["join"]:
        case: Complaint | None = _joined(told["join"], _agent(told["agent"]))
    else:
        case = conversation.complaint
    if case is None and told["agent"] is None and _filed_enough(conversation, work):
        return held(Reason.TOO_MANY)
    return _settle(work, conversation, case)


def _agent(pk: int | None) -> Viewer | None:
    user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    return desk.staff_viewer(user) if user else None


def _settle(work: Work, conversation: Conversation, case: Complaint | None) -> Verdict:
    verified = conversation.user_id is not None
    if case is not None:
        verdict = cases.append(work, case, verified=verified)
    else:
        party = cases.party_of(work)
        if conversation.email:
            intake.add_contact(party, ContactKind.EMAIL, conversation.email)
        verdict = cases.open_case(work, party, verified=verified)
    _tell(conversation, verdict)
    return verdict


def _tell(conversation: Conversation, verdict: Verdict) -> None:
    """Say in the conversation which complaint it stands in."""
    case = verdict.complaint
    if case is None:
        return
    Conversation.objects.filter(pk=conversation.pk).update(complaint=case)
    joined = verdict.outcome == Intake.APPENDED
    talk.note(conversation, Code.TAKEN_IN, reference=case.reference, joined=joined)


def _vouch(conversation: Conversation) -> None:
    """Whoever talked while signed in proved who they are: letters follow them here."""
    if conversation.user is None:
        return
    Contact.objects.get_or_create(
        party=intake.party_of_user(conversation.user),
        kind=ContactKind.HANDLE,
        provider=transcript.PROVIDER,
        value=conversation.key,
        defaults={"proved_at": timezone.now(), "proof": "account"},
    )


def _filed_enough(conversation: Conversation, work: Work) -> bool:
    """Whether the same customer filed as often by chat today as one may."""
    if conversation.user_id is None:
        return False
    keys = Conversation.objects.filter(user_id=conversation.user_id).values("pk")
    since = work.now - timedelta(hours=24)
    filed = Complaint.objects.filter(chats__in=keys, recorded_at__gt=since)
    return filed.distinct().count() >= cases.OPENED_A_DAY


WAY = Way(
    provider=transcript.PROVIDER,
    external_id=transcript.external_id,
    parse=transcript.parse,
    decide=decide,
)
