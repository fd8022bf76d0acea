"""An account is a customer's by a code that they entered, and by nothing else."""

from __future__ import annotations

from complaints.channels.telegram import words
from complaints.channels.telegram.models import Step
from complaints.channels.telegram.turn import STEP_TAKEN, Answer, Turn
from complaints.channels.telegram.update import PROVIDER
from complaints.channels.telegram.words import Reply
from complaints.errors import InvalidInput
from complaints.services import handles
from complaints.services.handles import CODE_LENGTH, CODE_SIGNS
from complaints.throttle import Limit

CODES = Limit("telegram-codes", tries=10, seconds=3600)


def looks_like_code(text: str) -> bool:
    plain = [sign for sign in text.upper() if sign.isalnum()]
    return len(plain) == CODE_LENGTH and set(plain) <= set(CODE_SIGNS)


def ask_link(turn: Turn, rest: str) -> Answer:
    if rest:
        return link(turn, rest)
    turn.talk.step = Step.CODE
    return STEP_TAKEN, words.ask_code()


def link(turn: Turn, code: str) -> Answer:
    if CODES.wait(turn.told.account):
        return STEP_TAKEN, words.slow_down()
    try:
        handles.redeem(
            provider=PROVIDER, handle=turn.told.account, code=code, now=turn.work.now
        )
    except InvalidInput as error:
        turn.talk.step = Step.CODE
        return STEP_TAKEN, Reply(str(error.words))
    turn.talk.forget()
    turn.talk.case = None
    return STEP_TAKEN, words.linked()


def unlink(turn: Turn, _rest: str) -> Answer:
    was = handles.release(provider=PROVIDER, handle=turn.told.account)
    turn.talk.forget()
    turn.talk.case = None
    return STEP_TAKEN, words.unlinked(was=was)
