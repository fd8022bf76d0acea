"""The guided conversation: one question at a time, and no words are lost.

What is said before the bot knows where it belongs is held, so that a person finds it
even when the talk breaks off. As soon as it is known, the held words are taken up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import override

from complaints import outbox
from complaints.channels import cases
from complaints.channels.known import way_of
from complaints.channels.pipeline import Verdict, Work, claim, dropped, held, keep
from complaints.channels.reasons import Reason
from complaints.channels.telegram import words
from complaints.channels.telegram.files import LIMIT
from complaints.channels.telegram.models import Conversation, Step
from complaints.channels.telegram.outbound import BOT, CHANNEL
from complaints.channels.telegram.update import PROVIDER, Update
from complaints.channels.telegram.words import Reply
from complaints.errors import InvalidInput
from complaints.models import Category, Complaint, Outbox, Party, RawMessage
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.services import handles, protect
from complaints.services.handles import CODE_LENGTH, CODE_SIGNS
from complaints.states import OPEN_STATES, Intake, State
from complaints.throttle import Limit

SHORTEST = 12
"""Characters; a greeting is shorter, a complaint longer."""

MOST_WAITING = 20
MOST_LISTED = 10
REPLIES = Limit("telegram-replies", tries=40, seconds=60)
CODES = Limit("telegram-codes", tries=10, seconds=3600)


@dataclass(slots=True)
class Turn:
    """One thing said, by whom, and where the talk stands."""

    work: Work
    told: Update
    talk: Conversation

    @property
    def viewer(self) -> Viewer:
        """The account as a viewer of its own complaints; of none where it has none."""
        mine = handles.speaks_for(PROVIDER, self.told.account)
        only = None if mine else frozenset[int]()
        user = self.work.actor
        return Viewer(user=user, parties=mine, only=only, at=self.work.now)

    def cases(self) -> list[Complaint]:
        rows = Complaint.objects.visible_to(self.viewer)
        rows = rows.exclude(state=State.MERGED).select_related("customer")
        return list(rows.prefetch_related("clocks").order_by("-pk")[:MOST_LISTED])

    def case(self, reference: str) -> Complaint | None:
        rows = Complaint.objects.visible_to(self.viewer).select_related("customer")
        return rows.filter(reference=normalise(reference) or "").first()

    def party(self) -> Party:
        speaker = handles.guest_of(
            PROVIDER,
            self.told.account,
            name=self.told.name,
            language=self.talk.language,
        )
        return speaker.party


Answer = tuple[Verdict, Reply]
STEP_TAKEN = dropped(Reason.DIALOGUE)


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
    return _said(turn)


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


# Words and pictures -------------------------------------------------------------------


def _said(turn: Turn) -> Answer:
    talk = turn.talk
    if talk.step == Step.CODE and _looks_like_code(turn.told.text):
        return _link(turn, turn.told.text)
    if talk.step == Step.WORDS:
        return _open(turn)
    if talk.step in (Step.RISK, Step.DANGER, Step.CATEGORY, Step.CASE):
        return _wait(turn, _asked_again(turn))
    case = _current(turn)
    if case is not None:
        return _append(turn, case)
    several = [case for case in turn.cases() if case.state in OPEN_STATES]
    if several:
        talk.step = Step.CASE
        return _wait(turn, words.ask_case(several))
    if len(turn.told.text) < SHORTEST and not turn.told.files:
        return STEP_TAKEN, words.greeting()
    talk.step = Step.RISK
    return _wait(turn, words.ask_risk())


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


def _wait(turn: Turn, reply: Reply) -> Answer:
    """Hold the words until it is known where they belong."""
    turn.talk.waiting = [*turn.talk.waiting, turn.work.raw.pk][-MOST_WAITING:]
    return held(Reason.UNFINISHED), reply


def _append(turn: Turn, case: Complaint) -> Answer:
    """Pictures that were sent together are answered once."""
    verdict = cases.append(turn.work, case, verified=True)
    turn.talk.case = verdict.complaint
    silent = turn.told.album and _answered_album(turn)
    return verdict, Reply("") if silent else words.added(verdict.complaint or case)


def _answered_album(turn: Turn) -> bool:
    mark = f"album:{turn.told.album}"
    return bool(Limit("telegram-album", tries=1, seconds=600).wait(mark))


# Filing -------------------------------------------------------------------------------


def _file(turn: Turn, _rest: str) -> Answer:
    turn.talk.forget()
    turn.talk.case, turn.talk.step = None, Step.RISK
    return STEP_TAKEN, words.ask_risk()


def _urgent(turn: Turn, _rest: str) -> Answer:
    turn.talk.step = Step.DANGER
    return STEP_TAKEN, words.ask_danger()


def _risk(turn: Turn, value: str) -> Answer:
    if value == "yes":
        return _urgent(turn, "")
    turn.talk.step = Step.CATEGORY
    return STEP_TAKEN, words.ask_category()


def _category(turn: Turn, code: str) -> Answer:
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


def _open(turn: Turn) -> Answer:
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


def _danger(turn: Turn, code: str) -> Answer:
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
    for work in _claimed(turn, waiting):
        keep(work, cases.append(work, case, verified=True))
    return verdict, words.alarmed(case)


# Words that were held -----------------------------------------------------------------


def _claimed(turn: Turn, waiting: list[int]) -> list[Work]:
    """The held messages of this account that nobody decided in the meantime."""
    rows = RawMessage.objects.filter(
        pk__in=waiting, provider=PROVIDER, sender=turn.told.account
    )
    mine = [row for row in rows.order_by("pk") if claim(row, source=Intake.HELD)]
    parse = way_of(PROVIDER).parse
    return [
        Work(row, parse(bytes(row.raw), row.account), turn.work.now) for row in mine
    ]


def _take_up(turn: Turn) -> Answer:
    """The first of the held messages opens the complaint, the others are added."""
    works = _claimed(turn, turn.talk.waiting)
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


def _choose_case(turn: Turn, reference: str) -> Answer:
    """Which complaint the held words are for."""
    case = turn.case(reference)
    if case is None:
        return STEP_TAKEN, words.ask_case(turn.cases())
    waiting = turn.talk.waiting
    turn.talk.forget()
    turn.talk.case = case
    for work in _claimed(turn, waiting):
        keep(work, cases.append(work, case, verified=True))
    return STEP_TAKEN, words.added(case)


# Everything else ----------------------------------------------------------------------


def _do(turn: Turn, value: str) -> Answer:
    if value == "new":  # the words that wait are a complaint of their own
        turn.talk.step, turn.talk.case = Step.RISK, None
        return STEP_TAKEN, words.ask_risk()
    return COMMANDS.get(value, _help)(turn, "")


def _start(turn: Turn, rest: str) -> Answer:
    """With a code behind it when somebody came by the link on our page."""
    return _link(turn, rest) if _looks_like_code(rest) else _help(turn, "")


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


def _looks_like_code(text: str) -> bool:
    plain = [sign for sign in text.upper() if sign.isalnum()]
    return len(plain) == CODE_LENGTH and set(plain) <= set(CODE_SIGNS)


def _ask_link(turn: Turn, rest: str) -> Answer:
    if rest:
        return _link(turn, rest)
    turn.talk.step = Step.CODE
    return STEP_TAKEN, words.ask_code()


def _link(turn: Turn, code: str) -> Answer:
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


def _unlink(turn: Turn, _rest: str) -> Answer:
    was = handles.release(provider=PROVIDER, handle=turn.told.account)
    turn.talk.forget()
    turn.talk.case = None
    return STEP_TAKEN, words.unlinked(was=was)


Act = Callable[[Turn, str], Answer]
COMMANDS: dict[str, Act] = {
    "start": _start,
    "file": _file,
    "urgent": _urgent,
    "status": _status,
    "language": _language,
    "link": _ask_link,
    "unlink": _unlink,
    "cancel": _cancel,
}
BUTTONS: dict[str, Act] = {
    "do": _do,
    "risk": _risk,
    "danger": _danger,
    "cat": _category,
    "case": _choose_case,
    "lang": _language,
}
