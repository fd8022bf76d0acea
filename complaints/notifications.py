"""What is announced after which transition: writes outbox rows, sends nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from complaints import letter_copies, letter_facts, letters, outbox, profiles
from complaints.models import Complaint, Letter, Outbox, Remedy
from complaints.outbox import post, staff_notice
from complaints.profiles import Profile
from complaints.registry import Done
from complaints.states import (
    ClosingReason,
    DecisionStatus,
    InterimKind,
    LetterKind,
    State,
    Step,
)

Notice = Callable[[Done], Any]
Facts = Callable[[Complaint, Profile], Mapping[str, Any]]


def announce(done: Done) -> None:
    """Write the notices of a transition; inside its transaction."""
    for write in NOTICES.get((done.obj.OBJECT_TYPE, done.transition), ()):
        write(done)


def notice(object_type: str, *names: str) -> Callable[[Notice], Notice]:
    """Write the decorated notice after these transitions; for apps above this one."""

    def sign_up(function: Notice) -> Notice:
        for name in names:
            known = NOTICES.get((object_type, name), ())
            NOTICES[object_type, name] = (*known, function)
        return function

    return sign_up


def send(
    kind: str,
    done: Done,
    facts: Mapping[str, Any] | Facts,
    beside: Sequence[Outbox] = (),
) -> Letter:
    """Write the letter of ``kind`` and put it into the outbox.

    ``facts`` as a function of complaint and profile is asked while the language of
    the letter is in force, so that labels come out in it. ``beside`` are other
    notices of the same event. Raises ``letters.LetterIncomplete``.
    """
    complaint: Complaint = done.obj.case
    return send_letter(
        kind, complaint, facts, cause=_cause(done), now=done.now, beside=beside
    )


def _cause(done: Done) -> str:
    return f"{done.event.stream}#{done.event.seq}"


def send_letter(
    kind: str,
    complaint: Complaint,
    facts: Mapping[str, Any] | Facts,
    *,
    cause: str,
    now: datetime,
    beside: Sequence[Outbox] = (),
) -> Letter:
    """The same for what is no transition; ``cause`` names its event."""
    profile = profiles.by_key(complaint.profile_key)
    with letters.speaking(letters.language_of(complaint), profile.timezone):
        said = facts(complaint, profile) if callable(facts) else facts
        letter = letters.write(kind, complaint, now=now, **letters.settle(said))
    post(letter, cause=cause, now=now, beside=beside)
    letter_copies.owe(letter, now=now)
    return letter


# What is said after each move -------------------------------------------------------


def receipt(done: Done) -> None:
    """One acknowledgement with all that Art 4(3) asks for; an alarm where money or
    access is at risk."""
    alarms = []
    if done.obj.funds_at_risk:
        alarms.append(outbox.alarm(done.obj, cause=_cause(done), now=done.now))
    send(LetterKind.RECEIPT, done, letter_facts.receipt, beside=alarms)


def admissible(done: Done) -> None:
    def facts(complaint: Complaint, profile: Profile) -> Mapping[str, Any]:
        return {
            "team": complaint.team.label,
            "answer_by": letter_facts.due_day(complaint, Step.FIRST_ANSWER, profile),
            "decide_by": letter_facts.due_day(
                complaint, Step.STATUTORY_DECISION, profile
            ),
        }

    send(LetterKind.ADMISSIBLE, done, facts)


def inadmissible(done: Done) -> None:
    def facts(complaint: Complaint, profile: Profile) -> Mapping[str, Any]:
        return letter_facts.refusal(complaint, profile, done.fields["explanation"])

    send(LetterKind.INADMISSIBLE, done, facts)


def enquiry(done: Done) -> None:
    facts = {
        "explanation": done.fields["explanation"],
        "forwarded_to": done.fields.get("forwarded_to") or "",
        "other_firm": done.obj.closing_reason == ClosingReason.OTHER_FIRM,
    }
    send(LetterKind.ENQUIRY, done, facts)


def question(done: Done) -> None:
    def facts(complaint: Complaint, profile: Profile) -> Mapping[str, Any]:
        by = letter_facts.due_day(complaint, Step.ANSWER_CUSTOMER, profile)
        return {"question": done.fields["question"], "answer_by": by}

    send(LetterKind.QUESTION, done, facts)


def reply(done: Done) -> None:
    send(LetterKind.REPLY, done, {"text": done.fields["message"].text})


def decision(done: Done) -> None:
    """The reasoned decision; refused as a whole where a part of it is missing."""

    def facts(complaint: Complaint, profile: Profile) -> Mapping[str, Any]:
        issued = complaint.current_decision(DecisionStatus.ISSUED)
        if issued is None:
            raise letters.LetterIncomplete(LetterKind.DECISION, ["outcome"])
        return letter_facts.decision(complaint, issued, profile)

    send(LetterKind.DECISION, done, facts)


def remedy_done(done: Done) -> None:
    row: Remedy = done.obj

    def facts(complaint: Complaint, profile: Profile) -> Mapping[str, Any]:
        return {
            "remedy": letter_facts.remedy(row),
            "done_on": done.now,
            "proof": done.fields.get("proof") or "",
            "decision_follows": complaint.state == State.REMEDYING,
        }

    send(LetterKind.REMEDY_DONE, done, facts)


def interim_measure(done: Done) -> None:
    measure = done.fields["measure"]

    def facts(complaint: Complaint, profile: Profile) -> Mapping[str, Any]:
        limit = profile.limit(Step.INTERIM_REVIEW)
        return {
            "kind": measure.kind,
            "measure": InterimKind(measure.kind).label,
            "imposed_at": measure.imposed_at,
            "review_within": profiles.limit_words(limit),
        }

    send(LetterKind.INTERIM_MEASURE, done, facts)


def closed(done: Done) -> None:
    reason = done.obj.closing_reason if done.target == State.CLOSED else done.target
    send(LetterKind.CLOSED, done, {"reason": reason, "closed_on": done.now})


NOTICES: dict[tuple[str, str], tuple[Notice, ...]] = {
    ("complaint", "file"): (receipt,),
    ("complaint", "admit"): (admissible,),
    ("complaint", "refuse_admission"): (inadmissible,),
    ("complaint", "not_a_complaint"): (enquiry,),
    ("complaint", "ask_customer"): (question,),
    ("complaint", "message_out"): (reply,),
    ("complaint", "story_added"): (receipt,),
    ("complaint", "interim_imposed"): (interim_measure,),
    ("complaint", "issue_decision"): (decision,),
    ("complaint", "close"): (closed,),
    ("complaint", "withdraw"): (closed,),
    ("remedy", "complete"): (remedy_done,),
}
"""(object type, transition) -> what is written then. Services announce ``file``,
``story_added``, ``message_in``, ``message_out``, ``note`` and ``interim_imposed`` as
well."""

__all__ = ["NOTICES", "announce", "notice", "send", "send_letter", "staff_notice"]
