"""What an event of a case says, once for its customer and once for staff.

Keys are (kind of object, event). What is not in ``FOR_CUSTOMER`` stays inside.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from complaints.models import Event, Remedy
from complaints.states import InterimKind, Step
from complaints.templatetags.look import amount
from complaints.transitions import Words

if TYPE_CHECKING:
    from teams.models import User

Key = tuple[str, str]

BY_CUSTOMER: frozenset[Key] = frozenset(
    {
        ("complaint", "complete"),
        ("complaint", "accept"),
        ("complaint", "withdraw"),
        ("remedy", "accept"),
        ("remedy", "refuse"),
        ("appeal", "withdraw"),
        ("appeal", "refer"),
        ("", "appeal_lodged"),
        ("", "paper_asked"),
        ("", "protection_asked"),
        ("", "story_added"),
        ("", "rated"),
    }
)
"""Events that the customer is the author of, whoever wrote them down."""

FOR_CUSTOMER: dict[Key, Words] = {
    ("", "file"): _("We received your complaint and sent an acknowledgement."),
    ("complaint", "admit"): _(
        "Your complaint was admitted. The %(team)s is looking into it."
    ),
    ("complaint", "refuse_admission"): _("We could not take up your complaint."),
    ("complaint", "not_a_complaint"): _("We answered it as a question."),
    ("complaint", "complete"): _("You added to it, and it is a complaint again."),
    ("complaint", "reroute"): _("The %(team)s took it over."),
    ("complaint", "customer_answered"): _(
        "No answer reached us by the date, so we go on with what we have."
    ),
    ("complaint", "issue_decision"): _("We sent you the decision with reasons."),
    ("complaint", "accept"): _("You accepted the decision."),
    ("complaint", "close"): _("The complaint was closed."),
    ("complaint", "withdraw"): _("You withdrew the complaint."),
    ("complaint", "merge_into"): _(
        "It was joined to another complaint about the same matter."
    ),
    ("complaint", "unmerge"): _("It goes on by itself again."),
    ("complaint", "reopen"): _("The complaint was opened again."),
    ("complaint", "execute_award"): _("We carry out what the outside body awarded."),
    ("remedy", "accept"): _("You accepted: %(remedy)s."),
    ("remedy", "refuse"): _("You refused: %(remedy)s."),
    ("remedy", "lapse"): _("The offer ended without an answer: %(remedy)s."),
    ("remedy", "complete"): _("Carried out: %(remedy)s."),
    ("remedy", "reverse"): _("Taken back: %(remedy)s."),
    ("", "protection_asked"): _("You asked us to protect your account."),
    ("", "protection_seen"): _("The security team is looking at your account."),
    ("", "protection_declined"): _("Security looked and took no measure."),
    ("", "story_added"): _("You told us the rest."),
    ("", "rated"): _("You told us how you found it."),
    ("", "texts_erased"): _("The time to keep it is over: its words were erased."),
    ("", "interim_imposed"): _("To protect your account: %(measure)s."),
    ("", "paper_asked"): _("You asked for a letter on paper."),
    ("", "letter_posted"): _("We sent you a letter by post."),
    ("", "appeal_lodged"): _("You appealed."),
    ("appeal", "admit"): _("Your appeal was admitted."),
    ("appeal", "reject_late"): _("Your appeal came too late to be heard."),
    ("appeal", "withdraw"): _("You withdrew the appeal."),
    ("appeal", "rule"): _("Your appeal was ruled on."),
    ("appeal", "refer"): _("You took it to an outside body."),
    ("appeal", "record_award"): _("The outside body made its award."),
    ("appeal", "discontinue"): _("The outside stage ended without an award."),
    ("referral", "begin_hearing"): _("An independent arbitrator has your case."),
    ("", "arbitrator_asked"): _("The arbitrator asked a question."),
    ("", "arbitrator_answered"): _("A question of the arbitrator was answered."),
    ("", "arbitrator_ordered"): _("The arbitrator made an order."),
    ("", "arbitrator_order_done"): _("An order of the arbitrator was carried out."),
    ("referral", "finish"): _("The award is carried out."),
    ("", "consent_taken_back"): _("You ended your part outside."),
}

FOR_STAFF: dict[Key, Words] = {
    ("", "file"): _("received by %(channel)s"),
    ("", "call_logged"): _("wrote down what the customer said"),
    ("", "texts_erased"): _("erased its words and files: the time to keep it is over"),
    ("", "conference_called"): _("called a case conference"),
    ("", "conference_cancelled"): _("called the case conference off"),
    ("", "conference_written_up"): _("wrote the minutes of the case conference"),
    ("", "legal_hold_set"): _("has it kept for a legal dispute"),
    ("", "legal_hold_lifted"): _("ended the legal hold"),
    ("complaint", "admit"): _("admitted it to the %(team)s"),
    ("complaint", "refuse_admission"): _("refused admission"),
    ("complaint", "not_a_complaint"): _("answered it as a question"),
    ("complaint", "complete"): _("added to it; it is a complaint again"),
    ("complaint", "assign_to"): _("assigned it to %(person)s"),
    ("complaint", "take"): _("took it"),
    ("complaint", "reroute"): _("rerouted it to the %(team)s"),
    ("complaint", "ask_customer"): _(
        "asked the customer one question; internal limits stand still until %(day)s"
    ),
    ("complaint", "customer_answered"): _("went on without an answer"),
    ("complaint", "propose_decision"): _("proposed the decision"),
    ("complaint", "sign_off"): _("signed the decision off"),
    ("complaint", "return_decision"): _("returned the decision"),
    ("complaint", "approve_decision"): _("approved the decision"),
    ("complaint", "issue_decision"): _("sent the decision"),
    ("complaint", "accept"): _("accepted the decision"),
    ("complaint", "close"): _("closed the case"),
    ("complaint", "withdraw"): _("withdrew the complaint"),
    ("complaint", "merge_into"): _("merged it into another complaint"),
    ("complaint", "unmerge"): _("undid the merger"),
    ("complaint", "reopen"): _("reopened the case"),
    ("complaint", "conclude_appeal"): _("concluded the appeal"),
    ("complaint", "execute_award"): _("started to carry out the award"),
    ("remedy", "approve"): _("remedy approved: %(remedy)s"),
    ("remedy", "offer"): _("remedy offered: %(remedy)s"),
    ("remedy", "accept"): _("accepted the remedy: %(remedy)s"),
    ("remedy", "refuse"): _("refused the remedy: %(remedy)s"),
    ("remedy", "lapse"): _("remedy lapsed: %(remedy)s"),
    ("remedy", "start"): _("started the remedy: %(remedy)s"),
    ("remedy", "start_by_hand"): _("carries the remedy out by hand: %(remedy)s"),
    ("remedy", "order_silent"): _("the ledger has not answered so far: %(remedy)s"),
    ("remedy", "take_back_asked"): _("asked to take the remedy back: %(remedy)s"),
    ("remedy", "take_back_agreed"): _("agreed to taking it back: %(remedy)s"),
    ("remedy", "take_back_declined"): _("declined taking it back: %(remedy)s"),
    ("remedy", "take_back_refused"): _("the ledger did not take it back: %(remedy)s"),
    ("remedy", "complete"): _("carried out the remedy: %(remedy)s"),
    ("remedy", "fail"): _("could not carry out the remedy: %(remedy)s"),
    ("remedy", "cancel"): _("remedy cancelled: %(remedy)s"),
    ("remedy", "reverse"): _("reversed the remedy: %(remedy)s"),
    ("", "evidence"): _("added %(evidence)s"),
    ("", "evidence_copied"): _("made %(evidence)s, a copy of %(original)s"),
    ("", "evidence_infected"): _("%(evidence)s is held back: a virus was found"),
    ("", "point_added"): _("wrote down point %(point)s"),
    ("", "protection_asked"): _("asked us to protect the account"),
    ("", "protection_seen"): _("took the request for protection on"),
    ("", "protection_declined"): _("declined the protection that was asked for"),
    ("", "story_added"): _("told the rest of the story"),
    ("", "rated"): _("rated how the case was handled"),
    ("", "interim_imposed"): _("imposed an interim measure: %(measure)s"),
    ("", "interim_reviewed"): _("reviewed the interim measure"),
    ("", "conflict"): _("recorded a conflict of interest"),
    ("", "break_glass"): _("opened the case with break-glass"),
    ("", "breach"): _("limit missed: %(step)s"),
    ("", "hand_over_read"): _("read the hand-over note"),
    ("", "alarm_unseen"): _("nobody had looked at it in time; the leads were told"),
    ("", "task_given"): _("gave a task to %(doer)s"),
    ("", "task_done"): _("did a task"),
    ("", "tagged"): _("put a tag on it"),
    ("", "untagged"): _("took a tag off"),
    ("", "consulted"): _("consulted the %(team)s"),
    ("", "consultation_answered"): _("answered the consultation"),
    ("", "consultation_ended"): _("ended the consultation"),
    ("", "work_asked"): _("brought the %(team)s in"),
    ("", "work_done"): _("did its part"),
    ("", "work_ended"): _("took the work back"),
    ("", "appeal_lodged"): _("lodged the appeal"),
    ("", "appeal_decision_returned"): _("returned the decision on the appeal"),
    ("", "reviewer_chosen"): _("the reviewer was chosen"),
    ("", "panel_called"): _("called a panel of three"),
    ("", "panel_member_chosen"): _("a member of the panel was chosen"),
    ("", "no_panel_member"): _("nobody independent is left for the panel"),
    ("", "panel_voted"): _("voted on the ruling"),
    ("", "panel_member_left"): _("left the panel"),
    ("", "independence_violated"): _("the reviewer was found not to be independent"),
    ("", "no_reviewer"): _("nobody independent is left to review the appeal"),
    ("", "incident_joined"): _("joined it to an incident"),
    ("", "incident_left"): _("took it out of an incident"),
    ("", "compliance_drawn"): _("is looked at again by compliance"),
    ("", "compliance_advised"): _("gave the advice of compliance"),
    ("", "violation_marked"): _("marked a potential violation"),
    ("", "compliance_checked"): _("ended the compliance review"),
    ("", "no_signer"): _("nobody independent is left for a sign-off"),
    ("", "ground_answered"): _("answered a ground of the appeal"),
    ("", "ruling_written"): _("wrote the ruling"),
    ("", "letter_sent"): _("the letter was sent"),
    ("", "letter_posted"): _("posted a letter on paper"),
    ("", "paper_asked"): _("asked for a letter on paper"),
    ("", "acknowledged"): _("receipt was acknowledged"),
    ("", "notice_returned"): _("a message of ours came back: %(returned)s"),
    ("", "notice_resent"): _("sent the message again"),
    ("", "link_asked"): _("asked for a tracking link"),
    ("", "customers_merged"): _("joined two records of the customer"),
    ("", "customers_parted"): _("parted two records of the customer"),
    ("", "post_deleted"): _("the post was deleted there; the case keeps what it said"),
    ("appeal", "admit"): _("admitted the appeal"),
    ("appeal", "reject_late"): _("rejected the appeal as late"),
    ("appeal", "start_review"): _("started the review"),
    ("appeal", "recuse"): _("recused themselves from the appeal"),
    ("appeal", "rule"): _("ruled on the appeal"),
    ("appeal", "withdraw"): _("withdrew the appeal"),
    ("appeal", "refer"): _("took it to an outside body"),
    ("appeal", "record_award"): _("recorded the award"),
    ("appeal", "discontinue"): _("outside stage discontinued"),
    ("appeal", "close"): _("closed the appeal"),
    ("", "consent_recorded"): _("the customer's agreement was recorded"),
    ("", "referral_terms"): _("entered seat and fee of the outside stage"),
    ("", "arbitrator_appointed"): _("an arbitrator was appointed"),
    ("", "no_arbitrator"): _("no independent arbitrator is left"),
    ("", "arbitrator_link_sent"): _("an arbitrator's link was sent"),
    ("", "arbitrator_link_revoked"): _("took an arbitrator's link back"),
    ("", "arbitrator_link_guessed"): _("an arbitrator's link was shut: wrong codes"),
    ("", "arbitrator_accepted"): _("declared that nothing ties them to the case"),
    ("", "arbitrator_objected"): _("a side objected to an arbitrator"),
    ("", "objection_passed_on"): _(
        "an objection to an arbitrator was passed on to whoever may decide it"
    ),
    ("", "arbitrator_objection_decided"): _(
        "an objection to an arbitrator was decided"
    ),
    ("", "objection_decided_by_tied"): _(
        "an objection to an arbitrator was found to be decided by somebody tied"
    ),
    ("", "arbitrator_left"): _("an arbitrator left the seat"),
    ("", "arbitrator_asked"): _("asked a question"),
    ("", "arbitrator_answered"): _("answered the arbitrator"),
    ("", "arbitrator_ordered"): _("made an order"),
    ("", "arbitrator_order_done"): _("said that the order is carried out"),
    ("", "arbitrator_ended_it"): _("ended it without an award"),
    ("", "consent_taken_back"): _("ended their part outside"),
    ("", "award_written"): _("wrote the draft of the award"),
    ("", "award_entered"): _("entered the findings of the award"),
    ("", "award_voted"): _("voted on the award"),
    ("", "award_prepared"): _("prepared what the award asks for"),
    ("", "award_put_back"): _("put back what was prepared"),
    ("", "award_signed"): _("signed what the award asks for"),
    ("", "publication_written"): _("wrote the award without names"),
    ("", "award_published"): _("published the award without names"),
    ("referral", "begin_hearing"): _("the hearing began"),
    ("referral", "make_award"): _("made the award"),
    ("referral", "note_award"): _("the award came from outside"),
    ("referral", "carry_out"): _("had the award carried out"),
    ("referral", "finish"): _("the award is carried out"),
    ("referral", "end"): _("the outside stage ended"),
}

SHOWN_OTHERWISE: frozenset[str] = frozenset(
    {
        *("message_in", "message_out", "note", "lodge_appeal"),
        "evidence_checked",
        *("mentioned", "reading_owed"),
        *("care_set", "care_changed", "care_lifted"),
    }
)
"""Events whose message, appeal or file is the entry; and what few may know of."""


class Names(Mapping[str, str]):
    """What the gaps of a sentence hold, looked up only for the gaps it has."""

    def __init__(self, event: Event, book: "Book") -> None:
        self.event, self.book = event, book

    def __getitem__(self, name: str) -> str:
        return str(_GAPS[name](self.event, self.book))

    def __iter__(self) -> Iterator[str]:
        return iter(_GAPS)

    def __len__(self) -> int:
        return len(_GAPS)


class Book:
    """Teams, people and remedies by primary key, as read for one case."""

    def __init__(
        self,
        teams: Mapping[int, Any],
        people: Mapping[int, "User"],
        remedies: Mapping[int, Remedy],
        channel: str,
    ) -> None:
        self.teams, self.people, self.remedies = teams, people, remedies
        self.channel = channel


def says(event: Event, book: Book, words: Mapping[Key, Words]) -> str | None:
    """The sentence of ``event`` in the language in force, None where it has none."""
    template = words.get((event.object_type, event.what))
    return None if template is None else str(template) % Names(event, book)


def day_of(at: datetime) -> str:
    return date_format(localtime(at), pgettext("date format", "j M"))


def moment_of(at: datetime) -> str:
    return date_format(localtime(at), pgettext("date format", "j M Y, H:i"))


def _team(event: Event, book: Book) -> str:
    team = book.teams.get(event.payload.get("team", 0))
    return team.label if team else gettext("team")


def _person(event: Event, book: Book) -> str:
    person = book.people.get(event.payload.get("handler", 0))
    return str(person) if person else gettext("somebody")


def _doer(event: Event, book: Book) -> str:
    given = event.payload.get("handler") is not None
    return _person(event, book) if given else gettext("the team's leads")


def _remedy(event: Event, book: Book) -> str:
    remedy = book.remedies.get(event.object_id or 0)
    if remedy is None:
        return gettext("remedy")
    words = str(remedy.get_kind_display())
    if remedy.amount is None:
        return words
    return f"{words}, {amount(remedy.amount)}\u00a0{remedy.asset}"


def _day(event: Event, _book: Book) -> str:
    at = parse_datetime(str(event.payload.get("answer_by", "")))
    return day_of(at) if at else ""


def _step(event: Event, _book: Book) -> str:
    return str(dict(Step.choices).get(event.payload.get("step", ""), ""))


def _measure(event: Event, _book: Book) -> str:
    return str(dict(InterimKind.choices).get(event.payload.get("kind", ""), ""))


def _returned(event: Event, _book: Book) -> str:
    """What the server that sent it back says, with its code (RFC 3463)."""
    action, status = event.payload.get("action", ""), event.payload.get("status", "")
    words = {
        "failed": gettext("not delivered"),
        "delayed": gettext("not delivered so far"),
        "delivered": gettext("delivered"),
    }.get(action, gettext("fate unknown"))
    return f"{words} ({status})" if status else words


_GAPS: dict[str, Callable[[Event, Book], str]] = {
    "team": _team,
    "person": _person,
    "doer": _doer,
    "remedy": _remedy,
    "day": _day,
    "step": _step,
    "measure": _measure,
    "returned": _returned,
    "channel": lambda _event, book: book.channel,
    "evidence": lambda event, _book: event.payload.get("evidence", ""),
    "original": lambda event, _book: event.payload.get("original", ""),
    "point": lambda event, _book: event.payload.get("point", ""),
}
