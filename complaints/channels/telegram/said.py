"""Words and pictures: the answer to a question, or more on a complaint."""

from __future__ import annotations

from collections.abc import Callable

from complaints.channels import cases
from complaints.channels.telegram import filing, linking, words
from complaints.channels.telegram.models import Step
from complaints.channels.telegram.turn import STEP_TAKEN, Answer, Turn
from complaints.channels.telegram.waiting import wait
from complaints.channels.telegram.words import Reply
from complaints.models import Complaint
from complaints.states import OPEN_STATES, State
from complaints.throttle import Limit

SHORTEST = 12
"""Characters; a greeting is shorter, a complaint longer."""


def said(turn: Turn) -> Answer:
    talk = turn.talk
    if talk.step == Step.CODE and linking.looks_like_code(turn.told.text):
        return linking.link(turn, turn.told.text)
    if talk.step == Step.WORDS:
        return filing.open_told(turn)
    if talk.step in (Step.RISK, Step.DANGER, Step.CATEGORY, Step.CASE):
        return wait(turn, _asked_again(turn))
    case = _current(turn)
    if case is not None:
        return _append(turn, case)
    several = [case for case in turn.cases() if case.state in OPEN_STATES]
    if several:
        talk.step = Step.CASE
        return wait(turn, words.ask_case(several))
    if len(turn.told.text) < SHORTEST and not turn.told.files:
        return STEP_TAKEN, words.greeting()
    talk.step = Step.RISK
    return wait(turn, words.ask_risk())


def _current(turn: Turn) -> Complaint | None:
    """The complaint that is talked of, else the only one that is open."""
    if turn.talk.case is not None:
        known = turn.case(turn.talk.case.reference)
        if known is not None and known.state != State.MERGED:
            return known
    rows = [case for case in turn.cases() if case.state in OPEN_STATES]
    turn.talk.case = rows[0] if len(rows) == 1 else None
    return turn.talk.case


def _asked_again(turn: Turn) -> Reply:
    questions: dict[str, Callable[[], Reply]] = {
        Step.RISK: words.ask_risk,
        Step.DANGER: words.ask_danger,
        Step.CATEGORY: words.ask_category,
    }
    asked = questions.get(turn.talk.step)
    return asked() if asked else words.ask_case(turn.cases())


def _append(turn: Turn, case: Complaint) -> Answer:
    """Pictures that were sent together are answered once."""
    verdict = cases.append(turn.work, case, verified=True)
    turn.talk.case = verdict.complaint
    silent = turn.told.album and _answered_album(turn)
    return verdict, Reply("") if silent else words.added(verdict.complaint or case)


def _answered_album(turn: Turn) -> bool:
    mark = f"album:{turn.told.album}"
    return bool(Limit("telegram-album", tries=1, seconds=600).wait(mark))
