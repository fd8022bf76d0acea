"""Question by question to a complaint; at once where somebody is being robbed."""

from __future__ import annotations

from complaints.channels import cases
from complaints.channels.outcome import keep
from complaints.channels.reasons import Reason
from complaints.channels.telegram import words
from complaints.channels.telegram.models import Step
from complaints.channels.telegram.turn import STEP_TAKEN, Answer, Turn
from complaints.channels.telegram.waiting import claimed
from complaints.channels.work import Verdict, Work, held
from complaints.errors import InvalidInput
from complaints.models import Category, Complaint
from complaints.services import protect


def begin(turn: Turn, _rest: str) -> Answer:
    turn.talk.forget()
    turn.talk.case, turn.talk.step = None, Step.RISK
    return STEP_TAKEN, words.ask_risk()


def urgent(turn: Turn, _rest: str) -> Answer:
    turn.talk.step = Step.DANGER
    return STEP_TAKEN, words.ask_danger()


def risk(turn: Turn, value: str) -> Answer:
    if value == "yes":
        return urgent(turn, "")
    turn.talk.step = Step.CATEGORY
    return STEP_TAKEN, words.ask_category()


def category(turn: Turn, code: str) -> Answer:
    """A branch shows its topics; a topic is kept, and held words are taken up."""
    rows = Category.objects.filter(active=True)
    chosen = rows.filter(code=code).first()
    if chosen is None:
        return STEP_TAKEN, words.ask_category()
    if rows.filter(parent=chosen).exists():
        turn.talk.step = Step.CATEGORY
        return STEP_TAKEN, words.ask_category(chosen.code)
    turn.talk.category, turn.talk.step = chosen.code, Step.WORDS
    return _take_up(turn) if turn.talk.waiting else (STEP_TAKEN, words.ask_words())


def open_told(turn: Turn) -> Answer:
    """The message is the complaint."""
    if cases.opened_today(turn.work) >= cases.OPENED_A_DAY:
        turn.talk.forget()
        return held(Reason.TOO_MANY), words.kept()
    verdict = _opened(turn, turn.work)
    return verdict, words.opened(_begun(turn, verdict))


def _opened(turn: Turn, work: Work, **given: object) -> Verdict:
    category = Category.objects.filter(code=turn.talk.category).first()
    known = {"category": category, "language": turn.talk.language, **given}
    return cases.open_case(work, turn.party(), verified=True, **known)


def _begun(turn: Turn, verdict: Verdict) -> Complaint:
    turn.talk.forget()
    turn.talk.case = verdict.complaint
    if verdict.complaint is None:
        raise InvalidInput("", code="invalid")
    return verdict.complaint


def danger(turn: Turn, code: str) -> Answer:
    """File at once with what is known, and have security protect the account."""
    if code not in words.DANGERS:
        return STEP_TAKEN, words.ask_danger()
    if cases.opened_today(turn.work) >= cases.OPENED_A_DAY:
        return held(Reason.TOO_MANY), words.kept()
    said, waiting = str(words.DANGERS[code]), turn.talk.waiting
    turn.talk.category = words.CATEGORY_OF[code]
    verdict = _opened(
        turn, turn.work, subject=said, description=said, funds_at_risk=True
    )
    case = _begun(turn, verdict)
    viewer = turn.viewer
    protect.ask_protection(
        complaint=case, kind=words.MEASURE_OF[code], actor=viewer, now=turn.work.now
    )
    for work in claimed(turn, waiting):
        keep(work, cases.append(work, case, verified=True))
    return verdict, words.alarmed(case)


# Words that were held -----------------------------------------------------------------


def _take_up(turn: Turn) -> Answer:
    """The first of the held messages opens the complaint, the others are added."""
    works = claimed(turn, turn.talk.waiting)
    if not works:
        turn.talk.waiting = []
        return STEP_TAKEN, words.ask_words()
    case: Complaint | None = None
    for work in works:
        verdict = (
            cases.append(work, case, verified=True) if case else _opened(turn, work)
        )
        case = case or _begun(turn, verdict)
        keep(work, verdict)
    return STEP_TAKEN, words.opened(case) if case else words.ask_words()


def choose_case(turn: Turn, reference: str) -> Answer:
    """Which complaint the held words are for."""
    case = turn.case(reference)
    if case is None:
        return STEP_TAKEN, words.ask_case(turn.cases())
    waiting = turn.talk.waiting
    turn.talk.forget()
    turn.talk.case = case
    for work in claimed(turn, waiting):
        keep(work, cases.append(work, case, verified=True))
    return STEP_TAKEN, words.added(case)
