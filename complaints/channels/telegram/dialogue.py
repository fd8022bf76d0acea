"""The guided conversation: one question at a time, and no words are lost.

What is said before the bot knows where it belongs is held, so that a person finds it
even when the talk breaks off. As soon as it is known, the held words are taken up.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import override

from complaints import outbox
from complaints.channels.telegram import filing, linking, said, words
from complaints.channels.telegram.files import LIMIT
from complaints.channels.telegram.models import Conversation, Step
from complaints.channels.telegram.outbound import BOT, CHANNEL
from complaints.channels.telegram.turn import STEP_TAKEN, Answer, Turn
from complaints.channels.telegram.update import PROVIDER, Update
from complaints.channels.telegram.words import Reply
from complaints.channels.work import Verdict, Work
from complaints.models import Outbox
from complaints.services import handles
from complaints.throttle import Limit

REPLIES = Limit("telegram-replies", tries=40, seconds=60)


def answer(work: Work, told: Update) -> Verdict:
    """What becomes of the message; the bot's reply is put into the outbox with it."""
    talk, _new = Conversation.objects.select_for_update().get_or_create(
        account=told.account, defaults={"language": told.language}
    )
    turn = Turn(work, told, talk)
    with override(talk.language):
        verdict, reply = _heard(turn)
    with override(talk.language):  # it may have changed
        _say(turn, reply)
    talk.save()
    return verdict


def _heard(turn: Turn) -> Answer:
    name, rest = turn.told.command
    if name:
        return COMMANDS.get(name, _help)(turn, rest)
    if turn.told.pressed:
        act, _colon, value = turn.told.pressed.partition(":")
        return BUTTONS.get(act, _help)(turn, value)
    return said.said(turn)


def _say(turn: Turn, reply: Reply) -> None:
    """One reply to one message; an account that floods us is answered no more."""
    if not reply.text or REPLIES.wait(turn.told.account):
        return
    text = reply.text
    if any(file.size > LIMIT for file in turn.told.files):
        text = f"{text}\n\n{words.too_large()}"
    row = Outbox(
        key=f"bot:{PROVIDER}:{turn.work.raw.pk}",
        kind=BOT,
        channel=CHANNEL,
        recipient=turn.told.account,
        recipient_name=turn.told.name,
        subject=f"{reply.keyboard}|{turn.talk.language}",
        body=text,
        due_at=turn.work.now,
        created_at=turn.work.now,
    )
    outbox.put(row)


# Everything but words -----------------------------------------------------------------


def _do(turn: Turn, value: str) -> Answer:
    if value == "new":  # the words that wait are a complaint of their own
        turn.talk.step, turn.talk.case = Step.RISK, None
        return STEP_TAKEN, words.ask_risk()
    return COMMANDS.get(value, _help)(turn, "")


def _start(turn: Turn, rest: str) -> Answer:
    """With a code behind it when somebody came by the link on our page."""
    return (
        linking.link(turn, rest) if linking.looks_like_code(rest) else _help(turn, "")
    )


def _help(_turn: Turn, _rest: str) -> Answer:
    return STEP_TAKEN, words.greeting()


def _status(turn: Turn, _rest: str) -> Answer:
    speaker = handles.speaker_of(PROVIDER, turn.told.account)
    proven = speaker is not None and speaker.proven
    return STEP_TAKEN, words.status(turn.cases(), proven=proven)


def _language(turn: Turn, value: str) -> Answer:
    if value not in ("en", "zh-hans"):
        return STEP_TAKEN, words.ask_language()
    turn.talk.language = value
    with override(value):
        return STEP_TAKEN, words.greeting()


def _cancel(turn: Turn, _rest: str) -> Answer:
    turn.talk.forget()
    return STEP_TAKEN, words.cancelled()


Act = Callable[[Turn, str], Answer]
COMMANDS: dict[str, Act] = {
    "start": _start,
    "file": filing.begin,
    "urgent": filing.urgent,
    "status": _status,
    "language": _language,
    "link": linking.ask_link,
    "unlink": linking.unlink,
    "cancel": _cancel,
}
BUTTONS: dict[str, Act] = {
    "do": _do,
    "risk": filing.risk,
    "danger": filing.danger,
    "cat": filing.category,
    "case": filing.choose_case,
    "lang": _language,
}
